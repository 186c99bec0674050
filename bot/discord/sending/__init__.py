"""Send, edit and page messages, with their buttons."""
