"""Read the open sets that training learns from."""
