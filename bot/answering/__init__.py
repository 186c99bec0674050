"""Turn a question and its passages into a cited answer."""
