"""Write a tree of HTML elements block by block."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from index.parsing.html.preparing import take_label
from index.parsing.text.builder import TextBuilder
from index.parsing.text.cleaning import clean_layout, one_line
from index.parsing.text.inline import InlineText
from index.parsing.text.writer import BlockWriter
from index.types import BlockKind, MarkKind

Element = Any  # an element of lxml, which ships no types

UNSEEN = frozenset("script style noscript template head svg iframe select button dialog".split())

SCRIPTS = frozenset(("sup", "sub"))
_BLOCKS = frozenset(
    "address article aside blockquote body caption dd details div dl dt fieldset figcaption figure footer form header "
    "html legend main nav ol p section summary table tbody td tfoot th thead ul".split()
)
_BLOCKS_IN_CELLS = "p|div|ul|ol|table|h1|h2|h3|h4|h5|h6|pre|blockquote"
_CONTAINERS: dict[str, BlockKind] = {"table": "table", "blockquote": "quote"}
_MARKS: dict[str, MarkKind] = {
    "a": "link",
    "strong": "strong",
    "b": "strong",
    "code": "code",
    "kbd": "code",
    "samp": "code",
    "tt": "code",
}
_LANGUAGE = re.compile(r"\b(?:lang(?:uage)?|highlight(?:-source)?|brush)[-:] ?([\w+#-]+)")
_HEADING = re.compile(r"h([1-6])")
_WHITE_SPACE = re.compile(r"\s+")


class HtmlWalk:
    """Writes a tree of elements block by block; inline text is collected until a block ends.

    Elements for which `is_left_out` holds are not written. `first_line` is the line of the file at which the parsed
    source begins; None where no lines are noted.
    """

    def __init__(
        self,
        writer: BlockWriter | None = None,
        *,
        is_left_out: Callable[[Element], bool] = lambda _: False,
        first_line: int | None = None,
    ) -> None:
        self.writer = writer or BlockWriter(TextBuilder())
        self._is_left_out = is_left_out
        self._first_line = first_line
        self._line: int | None = first_line
        self._inline = InlineText()
        self._lists = 0

    def walk(self, element: Element) -> None:
        """Write all of an element, without its tail."""
        self._walk(element)
        self._flush()

    def _walk(self, element: Element) -> None:
        tag = element.tag
        if not isinstance(tag, str) or tag in UNSEEN or self._is_left_out(element):
            return
        if self._first_line is not None and element.sourceline:
            self._line = self._first_line + element.sourceline - 1
        if heading := _HEADING.fullmatch(tag):
            self._flush()
            self.writer.heading(int(heading[1]), self._one_line_of(element), anchor=element.get("id", ""))
        elif tag == "pre":
            self._write_code(element)
        elif tag == "tr" and not element.xpath(f"./*/*[self::{_BLOCKS_IN_CELLS.replace('|', ' or self::')}]"):
            self._write_row(element)
        elif tag in ("ul", "ol", "li", "dl"):
            self._write_list_or_item(element)
        elif tag == "br":
            self._inline.break_line()
        elif tag in _BLOCKS:
            self._write_container(element)
        else:
            self._walk_inline(element)

    def _walk_inline(self, element: Element) -> None:
        kind = _MARKS.get(element.tag)
        if kind:
            self._inline.open(kind, element.get("href") or "")
        if element.tag in SCRIPTS:
            self._inline.open_script(is_raised=element.tag == "sup")
        self._walk_inside(element)
        if element.tag in SCRIPTS:
            self._inline.close_script()
        if kind:
            self._inline.close(kind)

    def _walk_inside(self, element: Element) -> None:
        self._add(element.text)
        for child in element:
            self._walk(child)
            self._add(child.tail)

    def _add(self, text: str | None) -> None:
        spaced = clean_layout(_WHITE_SPACE.sub(" ", text or ""))
        if self._line is not None and spaced.strip():
            self._inline.begin_line(self._line)
        self._inline.add(spaced)

    def _one_line_of(self, element: Element) -> InlineText:
        """The words of a heading or a cell in one line, without the sign that links to a heading."""
        inline = InlineText()
        if self._line is not None:
            inline.begin_line(self._line)
        _add_words(inline, element)
        inline.strip()
        if inline.text.endswith("¶"):
            inline.cut(inline.length - 1)
        return inline

    def _write_container(self, element: Element) -> None:
        """An element of blocks; tables and quotations are blocks themselves."""
        self._flush()
        if element.tag == "table":
            self.writer.open_table()
            self._walk_inside(element)
            self._flush()
            self.writer.close_table()
        elif element.tag == "blockquote":
            with self.writer.builder.block("quote", take_label(element)):
                self._walk_inside(element)
                self._flush()
        else:
            self._walk_inside(element)
            self._flush("question" if element.tag == "summary" else "")

    def _write_code(self, element: Element) -> None:
        self._flush()
        names = " ".join(one.get("class", "") for one in (element, *element.iter("code")))
        language = _LANGUAGE.search(names)
        lines = clean_layout("".join(element.itertext())).strip("\n").split("\n")
        self.writer.code(lines, language=language[1] if language else "", first_line=self._line)

    def _write_row(self, element: Element) -> None:
        self._flush()
        cells = [cell for cell in element if isinstance(cell.tag, str)]
        is_header = all(cell.tag == "th" or cell.get("role") == "head" for cell in cells)
        self.writer.row([self._one_line_of(cell) for cell in cells], is_header=is_header)

    def _write_list_or_item(self, element: Element) -> None:
        self._flush()
        if element.tag == "dl":
            self._write_definitions(element)
        elif element.tag != "li":
            self._lists += 1
            self.writer.open_list(_start_of(element))
            self._walk_inside(element)
            self._flush()
            self.writer.close_list()
            self._lists -= 1
        elif self._lists:
            self.writer.open_item()
            self._walk_inside(element)
            self._flush()
            self.writer.close_item()
        else:
            self._walk_inside(element)
            self._flush()

    def _write_definitions(self, element: Element) -> None:
        """The terms of a list of definitions, each with what is said of it."""
        is_open = False
        for child in element.xpath("./dt | ./dd | ./div/dt | ./div/dd"):
            if child.tag == "dt":
                if is_open:
                    self.writer.builder.close()
                self.writer.builder.open("definition", words_of(child))
                is_open = True
            self._walk_inside(child)
            self._flush("question" if child.tag == "dt" else "")
        if is_open:
            self.writer.builder.close()

    def _flush(self, label: str = "") -> None:
        """Write the inline text collected so far as a block."""
        inline, self._inline = self._inline, InlineText()
        self.writer.paragraph(inline, label=label)


def _add_words(inline: InlineText, element: Element) -> None:
    """Add all text of an element, with blocks and line breaks made spaces."""
    kind = _MARKS.get(element.tag) if isinstance(element.tag, str) else None
    if kind:
        inline.open(kind, element.get("href") or "")
    if element.tag in _BLOCKS or element.tag in ("br", "li"):
        inline.add(" ")
    if element.tag in SCRIPTS:
        inline.open_script(is_raised=element.tag == "sup")
    if isinstance(element.tag, str) and element.tag not in UNSEEN:
        inline.add(clean_layout(_WHITE_SPACE.sub(" ", element.text or "")))
    for child in element:
        _add_words(inline, child)
        inline.add(clean_layout(_WHITE_SPACE.sub(" ", child.tail or "")))
    if element.tag in SCRIPTS:
        inline.close_script()
    if element.tag in _BLOCKS:
        inline.add(" ")
    if kind:
        inline.close(kind)


def words_of(element: Element) -> str:
    """Return all words of an element in one line, without the sign that links to a heading."""
    return one_line(" ".join(element.itertext())).removesuffix("¶").strip()


def _start_of(element: Element) -> int | None:
    """The number of a list's first item; None for a bulleted list."""
    if element.tag == "ul":
        return None
    start = element.get("start") or ""
    return int(start) if start.isdecimal() and len(start) < 10 else 1
