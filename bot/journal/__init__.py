"""Keep questions, answers, feedback and server settings in SQLite."""
