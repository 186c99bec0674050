"""Read the pages of a PDF with PDFium."""
