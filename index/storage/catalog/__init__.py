"""Store documents, chunks and vectors in SQLite, the source of truth."""
