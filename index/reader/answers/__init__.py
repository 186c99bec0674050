"""Score which words of a passage answer a question."""
