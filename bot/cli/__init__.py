"""Define the commands of `footnote`."""
