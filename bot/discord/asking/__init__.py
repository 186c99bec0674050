"""Turn a message or a command into a question, and its answer into a reply."""
