"""Score whether a passage supports or contradicts a claim."""
