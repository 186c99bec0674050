"""AsciiDoc → reading text with blocks, and the line of the file that each stretch of it stands at."""

from __future__ import annotations

from dataclasses import replace

from index.parsing.adoc.walk import AdocWalk
from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import clean
from index.parsing.text.decoding import decode
from index.parsing.text.front_matter import split_front_matter, stated
from index.parsing.text.writer import BlockWriter


def parse_adoc(data: bytes) -> Parsed:
    """Parse AsciiDoc: its text without the marks of its syntax. No file is included, and no condition is evaluated."""
    metadata, body, lines_before = split_front_matter(clean(decode(data)))
    builder = TextBuilder()
    walk = AdocWalk(BlockWriter(builder), "\n" * lines_before + body)
    walk.walk()
    parsed = builder.build(title=metadata.get("title") or walk.title or builder.first_heading(level=1))
    parsed = stated(parsed, metadata)
    return replace(parsed, date=parsed.date or walk.attributes.get("revdate"))
