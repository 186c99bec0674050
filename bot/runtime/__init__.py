"""Build the parts and keep them running: the live index, re-indexing, health."""
