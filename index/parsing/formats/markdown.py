"""Markdown → reading text with blocks, and the line of the file that each stretch of it stands at."""

from __future__ import annotations

from collections.abc import Mapping

from index.parsing.markdown.dialects.comments import without_comments
from index.parsing.markdown.tokens import markdown_tokens
from index.parsing.markdown.walk import MarkdownWalk
from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import clean
from index.parsing.text.decoding import decode
from index.parsing.text.front_matter import split_front_matter, stated
from index.parsing.text.inline import InlineText
from index.parsing.text.writer import BlockWriter

FEWEST_WORDS = 5  # of a description that says more than a title


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
    writer = BlockWriter(builder)
    writer.paragraph(_description(metadata, source, body))
    MarkdownWalk(writer, first_line=lines_before + 1).walk(markdown_tokens(without_comments(body), is_jsx=is_jsx))
    return stated(builder.build(title=metadata.get("title") or builder.first_heading(level=1)), metadata)


def _description(metadata: Mapping[str, str], source: str, body: str) -> InlineText:
    """The description in the front matter, unless it is a few words or the page begins with the same ones."""
    inline = InlineText()
    description = metadata.get("description", "")
    if len(description.split()) >= FEWEST_WORDS and _letters(description) not in _letters(body[:3_000]):
        inline.begin_line(source.count("\n", 0, max(source.find("\ndescription:"), 0) + 1) + 1)
        inline.add(description)
    return inline


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
