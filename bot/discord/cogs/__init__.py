"""One file a feature of the Discord bot."""
