"""Parse reStructuredText with docutils; what only Sphinx knows degrades to its content."""
