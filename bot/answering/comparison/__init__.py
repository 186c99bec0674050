"""Compare what two documents answer to the same question."""
