"""Share an index between machines over a Chroma server."""
