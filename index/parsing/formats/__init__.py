"""Parse one file format a module."""
