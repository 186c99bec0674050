"""Hold everything that knows English: words, names, numbers, dates, negations."""
