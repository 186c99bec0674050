"""Markdown → reading text with blocks, and the line of the file that each stretch of it stands at."""

from __future__ import annotations

from index.parsing.markdown.front_matter import split_front_matter
from index.parsing.markdown.tokens import markdown_parser
from index.parsing.markdown.walk import MarkdownWalk
from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import clean
from index.parsing.text.decoding import decode

_ADDRESS_KEYS = ("url", "link", "canonical_url")


def parse_markdown(data: bytes) -> Parsed:
    """Parse Markdown (CommonMark and tables): its text without the marks of its syntax."""
    source = clean(decode(data))
    metadata, body, lines_before = split_front_matter(source)
    builder = TextBuilder()
    MarkdownWalk(builder, first_line=lines_before + 1).walk(markdown_parser().parse(body, {}))
    url = next((metadata[key] for key in _ADDRESS_KEYS if key in metadata), None)
    return builder.build(title=metadata.get("title") or builder.first_heading(level=1), url=url)
