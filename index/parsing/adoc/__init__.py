"""Parse AsciiDoc line by line."""
