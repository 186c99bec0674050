"""`footnote index` and its subcommands."""
