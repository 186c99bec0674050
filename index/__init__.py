"""From a folder of documents to the passages that bear on a question."""
