"""Read settings and prompts."""
