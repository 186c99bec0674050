"""Start the Discord bot, log in, and resume a session."""
