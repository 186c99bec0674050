"""Write and read published generations: Chroma collections and the tantivy index."""
