"""Plain text: the file's text as it stands, with a mark a line."""

from __future__ import annotations

import re

from index.parsing.text.builder import Parsed
from index.parsing.text.cleaning import clean
from index.parsing.text.decoding import decode
from index.parsing.text.layout import blocks_by_layout
from index.types import Line


def parse_text(data: bytes) -> Parsed:
    """Parse plain text: the text is the file's own; its blocks are found by their layout."""
    text = clean(decode(data))
    lines = [Line(1, 0)]
    lines += (Line(number, match.end()) for number, match in enumerate(re.finditer("\n", text), start=2))
    return Parsed(text, lines=tuple(lines), blocks=blocks_by_layout(text, with_code=True))
