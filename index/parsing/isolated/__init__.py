"""Parse files in a process of its own: what kills or starves it harms no other file."""
