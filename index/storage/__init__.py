"""Store the index, on disk and on a Chroma server."""
