"""What PDFium finds on a page."""
