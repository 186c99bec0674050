"""Fit the small models that turn the encoders' scores into probabilities."""
