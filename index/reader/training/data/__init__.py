"""Load and prepare the training sets."""
