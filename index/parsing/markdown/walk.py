"""Write the tokens of a Markdown file as text with blocks, marks, headings and line numbers."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from index.parsing.text.builder import TextBuilder
from index.parsing.text.cleaning import clean, one_line
from index.parsing.text.inline import InlineText
from index.types import BlockKind

if TYPE_CHECKING:
    from markdown_it.token import Token

_HTML_UNSEEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)|</?[A-Za-z!?][^>]*>", re.DOTALL | re.IGNORECASE
)
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_LANGUAGE = re.compile(r"[{.\s]*([\w+#.-]+)")


class MarkdownWalk:
    """Writes the blocks of a token stream, which is flat: openings and closings with what lies between.

    Blocks are separated by blank lines; the items of a list and the rows of a table stand on a line each.
    `first_line` is the line of the file that the tokens' line 0 stands at.
    """

    def __init__(self, builder: TextBuilder, *, first_line: int) -> None:
        self._builder = builder
        self._first_line = first_line
        self._lists: list[int | None] = []  # of the lists we are in, the next item's number; None in bulleted ones
        self._prefix = ""  # what the next block begins with: the mark of its list item
        self._heading: int | None = None  # the level of the heading we are in
        self._row: list[Token] | None = None  # the cells of the table row we are in
        self._in_header = False
        self._in_item_line = False  # the next block belongs to a list or table that has begun: no blank line before it

    def walk(self, tokens: list[Token]) -> None:
        """Write all of `tokens`."""
        for token in tokens:
            match token.type:
                case "inline" if self._row is not None:
                    self._row.append(token)
                case "inline":
                    inline = InlineText()
                    self._add_inline(inline, token)
                    self._write_block("paragraph" if self._heading is None else "heading", inline)
                case "fence" | "code_block":
                    self._write_code(token)
                case "html_block":
                    self._write_html(token)
                case _:
                    self._open_or_close(token)

    def _open_or_close(self, token: Token) -> None:
        match token.type:
            case "heading_open":
                self._heading = int(token.tag[1:])
            case "heading_close":
                self._heading = None
            case "blockquote_open":
                self._builder.open("quote")
            case "bullet_list_open" | "ordered_list_open":
                self._lists.append(int(token.attrs.get("start", 1)) if token.tag == "ol" else None)
                self._builder.open("list")
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
                self._in_item_line = bool(self._lists)
                self._prefix = ""
                self._builder.close()
            case "list_item_open":
                self._open_item()
            case "blockquote_close" | "list_item_close":
                self._builder.close()
            case "table_open" | "thead_open" | "tr_open" | "tr_close" | "thead_close" | "table_close":
                self._open_or_close_table(token.type)

    def _open_or_close_table(self, token_type: str) -> None:
        match token_type:
            case "table_open":
                self._builder.open("table")
            case "thead_open" | "thead_close":
                self._in_header = token_type == "thead_open"
            case "tr_open":
                self._row = []
            case "tr_close":
                self._write_row()
            case "table_close":
                self._builder.close()
                self._in_item_line = bool(self._lists)

    def _open_item(self) -> None:
        number = self._lists[-1]
        mark = "-" if number is None else f"{number}."
        self._prefix = "  " * (len(self._lists) - 1) + mark + " "
        if number is not None:
            self._lists[-1] = number + 1
        self._builder.open("item", mark)

    def _write_row(self) -> None:
        """A row of a table on a line of its own; a blank line only before the first."""
        cells, self._row = self._row or [], None
        inline = InlineText()
        for position, cell in enumerate(cells):
            if position:
                inline.add_separator(" | ")
            self._add_inline(inline, cell, break_with=" ")
        inline.rstrip()
        if inline.text.strip(" |"):
            self._write_block("row", inline, "header" if self._in_header else "")
            self._in_item_line = True

    def _write_block(self, kind: BlockKind, inline: InlineText, label: str = "") -> None:
        text = inline.text
        if not text.strip():
            return
        builder = self._builder
        builder.separate("\n" if self._in_item_line else "\n\n")
        if kind == "heading":
            builder.mark_heading(self._heading or 1, one_line(text))
        builder.mark_line(inline.lines[0][1])
        builder.write(self._prefix)
        self._prefix = "  " * len(self._lists)  # of further blocks in the same item
        self._in_item_line = bool(self._lists)
        with builder.block(kind, label):
            builder.write_inline(inline)

    def _add_inline(self, inline: InlineText, token: Token, break_with: str = "\n") -> None:
        """Add the text of an inline token; a soft break becomes a space, a hard one `break_with`."""
        first = self._first_line + (token.map[0] if token.map else 0)
        for child in token.children or []:
            match child.type:
                case "link_open":
                    inline.open("link", str(child.attrs.get("href", "")))
                case "strong_open":
                    inline.open("strong")
                case "link_close":
                    inline.close("link")
                case "strong_close":
                    inline.close("strong")
                case "code_inline":
                    inline.begin_line(first + child.meta["line"])
                    inline.add_code(child.content)
                case _:
                    text = _text_of(child, break_with)
                    if text:
                        inline.begin_line(first + child.meta["line"])
                        inline.add(text)

    def _write_code(self, token: Token) -> None:
        """Code as it stands in the file, line by line."""
        first = self._first_line + (token.map[0] if token.map else 0) + (token.type == "fence")
        lines = token.content.rstrip("\n").split("\n")
        language = _LANGUAGE.match(token.info)
        self._write_lines("code", enumerate(lines, first), language[1] if language else "")

    def _write_html(self, token: Token) -> None:
        """The words between the tags; a tag over several lines leaves its line ends, so that the count stays right."""
        first = self._first_line + (token.map[0] if token.map else 0)
        text = _HTML_UNSEEN.sub(lambda match: "\n" * match[0].count("\n"), token.content)
        lines = ((number, one_line(html.unescape(line))) for number, line in enumerate(text.split("\n"), first))
        self._write_lines("paragraph", ((number, line) for number, line in lines if line), "")

    def _write_lines(self, kind: BlockKind, numbered: Iterator[tuple[int, str]], label: str) -> None:
        """Write a block of whole lines with their numbers."""
        lines = list(numbered)
        if not any(line.strip() for _, line in lines):
            return
        builder = self._builder
        builder.separate("\n" if self._in_item_line else "\n\n")
        builder.mark_line(lines[0][0])
        builder.write(self._prefix)
        self._prefix = "  " * len(self._lists)
        self._in_item_line = bool(self._lists)
        with builder.block(kind, label):
            for position, (number, line) in enumerate(lines):
                builder.mark_line(number)
                builder.write(clean(line) + "\n" * (position < len(lines) - 1))


def _text_of(child: Token, break_with: str) -> str:
    """What a reader sees of an inline token."""
    if child.type == "softbreak":
        return " "
    if child.type == "hardbreak" or (child.type == "html_inline" and _LINE_BREAK.match(child.content)):
        return break_with
    return child.content if child.type in ("text", "text_special") else ""
