"""YAML → a section for each key that its file explains, by a comment above it or by a description; the rest is code."""

from __future__ import annotations

from index.parsing.formats.data.keys import KeysWalk
from index.parsing.formats.text import parse_text
from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import clean
from index.parsing.text.decoding import decode
from index.parsing.text.writer import BlockWriter


def parse_yaml(data: bytes) -> Parsed:
    """Parse a YAML file: dotted key paths as headings, descriptions and comments as text, values as code.

    What is no valid YAML is read as plain text.
    """
    import yaml

    source = clean(decode(data))
    try:
        roots = list(yaml.compose_all(source, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except (yaml.YAMLError, ValueError):
        return parse_text(data)
    builder = TextBuilder()
    walk = KeysWalk(BlockWriter(builder), source.split("\n"), language="yaml")
    for root in roots:
        walk.write_document(root)
    return builder.build()
