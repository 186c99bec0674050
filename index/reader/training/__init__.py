"""Training of the reader and of the support score. Nothing of it is imported when questions are asked."""
