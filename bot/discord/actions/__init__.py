"""React to the buttons under an answer."""
