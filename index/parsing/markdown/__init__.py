"""Parse Markdown in the dialects of documentation tools."""
