"""Turn Footnote's text into Discord's Markdown and incoming messages into questions."""
