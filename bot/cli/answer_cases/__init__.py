"""`footnote test`: read answer cases, run them and report the results."""
