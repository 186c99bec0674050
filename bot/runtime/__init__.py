"""Wire the parts together and keep them running: the live index, re-indexing, health."""
