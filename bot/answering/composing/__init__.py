"""Choose what of a document is shown, in the shape it has: steps, code, a table's row, an entry, a passage, a fact."""
