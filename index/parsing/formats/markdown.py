"""Markdown → reading text with blocks, and the line of the file that each stretch of it stands at."""

from __future__ import annotations

from index.parsing.markdown.tokens import markdown_tokens
from index.parsing.markdown.walk import MarkdownWalk
from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import clean
from index.parsing.text.decoding import decode
from index.parsing.text.front_matter import split_front_matter
from index.parsing.text.writer import BlockWriter

_ADDRESS_KEYS = ("url", "link", "canonical_url")


def parse_markdown(data: bytes) -> Parsed:
    """Parse Markdown (CommonMark and tables): its text without the marks of its syntax or of documentation tools."""
    return _parse(data, is_jsx=False)


def parse_mdx(data: bytes) -> Parsed:
    """Parse MDX: Markdown with components, imports and expressions of JSX."""
    return _parse(data, is_jsx=True)


def _parse(data: bytes, *, is_jsx: bool) -> Parsed:
    source = clean(decode(data))
    metadata, body, lines_before = split_front_matter(source)
    builder = TextBuilder()
    MarkdownWalk(BlockWriter(builder), first_line=lines_before + 1).walk(markdown_tokens(body, is_jsx=is_jsx))
    url = next((metadata[key] for key in _ADDRESS_KEYS if key in metadata), None)
    return builder.build(title=metadata.get("title") or builder.first_heading(level=1), url=url)
