"""Addresses of documents on the web site that a folder is published as, and anchors of their headings."""
