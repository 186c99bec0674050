"""Read what documentation tools add to Markdown: containers, shortcodes, elements of JSX."""
