"""Reading passages against a question: which of their sentences answer it, and how surely."""
