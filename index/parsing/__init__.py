"""Parse files into documents."""
