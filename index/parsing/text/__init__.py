"""Build a document's text: decode bytes, clean characters, write blocks and marks with their offsets."""
