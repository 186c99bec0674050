"""Write the text of OpenDocument: paragraphs, headings, lists, tables, and notes below the paragraph they belong to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from index.parsing.text.cleaning import clean_layout, one_line
from index.parsing.text.inline import InlineText
from index.parsing.text.writer import BlockWriter

Element = Any  # an element of lxml, which ships no types

NAMES = {
    **{
        prefix: f"urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"
        for prefix, space in (
            ("office", "office"),
            ("text", "text"),
            ("table", "table"),
            ("style", "style"),
            ("fo", "xsl-fo-compatible"),
            ("draw", "drawing"),
            ("presentation", "presentation"),
        )
    },
    "xlink": "http://www.w3.org/1999/xlink",
    "dc": "http://purl.org/dc/elements/1.1/",
}
_WHITE_SPACE = re.compile(r"\s+")


def name(prefixed: str) -> str:
    """Return a name such as "text:p" as lxml writes it."""
    prefix, _, local = prefixed.partition(":")
    return f"{{{NAMES[prefix]}}}{local}"


_SKIPPED = frozenset(
    map(
        name,
        "text:tracked-changes text:table-of-content text:alphabetical-index text:illustration-index text:table-index "
        "text:user-index text:sequence-decls text:ruby-text office:annotation office:forms".split(),
    )
)
_PARAGRAPHS = (name("text:p"), name("text:h"))
_TABLE_PARTS = tuple(map(name, ("table:table-header-rows", "table:table-rows", "table:table-row-group")))


class TextWalk:
    """Writes blocks with `writer`; `trees` hold the styles. `title` is the first paragraph in the style for titles."""

    def __init__(self, writer: BlockWriter, trees: Sequence[Element]) -> None:
        self.writer = writer
        self.title = ""
        self._styles: dict[str, Element] = {
            style.get(name("style:name"), ""): style
            for tree in trees
            for style in tree.iter(name("style:style"), name("text:list-style"))
        }
        self._numbers: defaultdict[str, int] = defaultdict(int)  # the last one of a list, by its style
        self._notes: list[Element] = []  # of the paragraph that is being written
        self._boxes: list[Element] = []  # that hang on it

    def sets(self, element: Element, attribute: str, switch: str, value: str) -> bool:
        """True if the style that `attribute` names sets a `switch` to `value`."""
        style = self._styles.get(element.get(name(attribute), ""))
        return style is not None and any(one.get(name(switch)) == value for one in style.iter())

    def _position(self, element: Element) -> str:
        """Return where text stands that is not on the line, such as "super 58%"; empty for other text."""
        style = self._styles.get(element.get(name("text:style-name"), ""))
        positions = () if style is None else (one.get(name("style:text-position"), "") for one in style.iter())
        return next((one for one in positions if one and not one.startswith("0%")), "")

    def write_blocks(self, parent: Element) -> None:
        """Write what is inside an element."""
        for child in parent.iterchildren():
            if child.tag in _SKIPPED:
                continue
            if child.tag in _PARAGRAPHS:
                self._write_paragraph(child)
            elif child.tag == name("text:list"):
                self._write_list(child, 1, child.get(name("text:style-name"), ""))
            elif child.tag == name("table:table"):
                self._write_table(child)
            else:  # sections, frames, shapes and groups of them
                self.write_blocks(child)

    def _write_paragraph(self, paragraph: Element) -> None:
        inline = InlineText()
        self._add(inline, paragraph)
        inline.strip()
        level = self._level(paragraph)
        if level:
            self.writer.heading(level, inline)
        else:
            self.writer.paragraph(inline)
        notes, self._notes = self._notes, []
        boxes, self._boxes = self._boxes, []
        for note in notes:
            mark = words_of(note.find("text:note-citation", NAMES))
            body = " ".join(map(words_of, note.iterfind("text:note-body//text:p", NAMES)))
            text = InlineText()
            text.add(f"[{mark}] {body}")
            self.writer.paragraph(text)
        for box in boxes:
            self.write_blocks(box)

    def _level(self, paragraph: Element) -> int:
        """The level of a heading; 0 for other paragraphs."""
        style = paragraph.get(name("text:style-name"), "")
        parent = self._styles.get(style)
        if "Title" in (style, None if parent is None else parent.get(name("style:parent-style-name"))):
            self.title = self.title or words_of(paragraph)
            return 1
        level = paragraph.get(name("text:outline-level"), "1")
        return int(level) if paragraph.tag == name("text:h") and level.isdecimal() else 0

    def _write_list(self, element: Element, depth: int, style: str) -> None:
        """Write a list; one of headings, which are numbered that way, is none."""
        if element.find(".//text:h", NAMES) is not None:
            for item in element.iterchildren():
                self.write_blocks(item)
            return
        key = f"{style} {depth}"
        goes_on = element.get(name("text:continue-numbering")) == "true" or element.get(name("text:continue-list"))
        start = self._numbers[key] + 1 if goes_on else self._start(style, depth)
        self.writer.open_list(start)
        for number, item in enumerate(element.iterchildren(name("text:list-item")), start or 1):
            self._numbers[key] = number
            self.writer.open_item()
            for child in item.iterchildren():
                if child.tag == name("text:list"):
                    self._write_list(child, depth + 1, child.get(name("text:style-name"), style))
                elif child.tag in _PARAGRAPHS:
                    self._write_paragraph(child)
            self.writer.close_item()
        self.writer.close_list()

    def _start(self, style: str, depth: int) -> int | None:
        """The first number of a list; None for one with bullets."""
        known = self._styles.get(style)
        levels = [] if known is None else known.iterfind("text:list-level-style-number", NAMES)
        for level in levels:
            if level.get(name("text:level")) == str(depth) and level.get(name("style:num-format")):
                start = level.get(name("text:start-value"), "1")
                return int(start) if start.isdecimal() else 1
        return None

    def _write_table(self, table: Element) -> None:
        """Write a table; its first row is the header."""
        self.writer.open_table()
        for number, row in enumerate(_rows(table)):
            cells = []
            for cell in row.iterchildren(name("table:table-cell"), name("table:covered-table-cell")):
                inline = InlineText()
                for paragraph in cell.iter(*_PARAGRAPHS):
                    inline.add(" ")
                    self._add(inline, paragraph)
                cells.append(inline)
            self.writer.row(cells, is_header=number == 0)
        self.writer.close_table()
        self._notes.clear()
        self._boxes.clear()

    def _add(self, inline: InlineText, element: Element) -> None:
        """Add the text inside an element; notes and text boxes are kept for later."""
        inline.add(_spaced(element.text))
        for child in element:
            self._add_child(inline, child)
            inline.add(_spaced(child.tail))

    def _add_child(self, inline: InlineText, child: Element) -> None:
        if not isinstance(child.tag, str) or child.tag in _SKIPPED:
            return
        if child.tag in (name("text:s"), name("text:tab")):
            inline.add(" ")
        elif child.tag == name("text:line-break"):
            inline.break_line()
        elif child.tag == name("text:note"):
            inline.add(f"[{words_of(child.find('text:note-citation', NAMES))}]")
            self._notes.append(child)
        elif child.tag in (name("draw:frame"), name("draw:custom-shape"), name("draw:g")):
            self._boxes.append(child)
        elif child.tag == name("text:a"):
            inline.open("link", child.get(name("xlink:href"), ""))
            self._add(inline, child)
            inline.close("link")
        elif position := self._position(child):
            inline.open_script(is_raised=not position.startswith(("sub", "-")))
            self._add(inline, child)
            inline.close_script()
        elif self.sets(child, "text:style-name", "fo:font-weight", "bold"):
            inline.open("strong")
            self._add(inline, child)
            inline.close("strong")
        else:
            self._add(inline, child)


def words_of(element: Element | None) -> str:
    """Return all words of an element in one line."""
    if element is None:
        return ""
    pieces = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _SKIPPED:
            is_space = child.tag in (name("text:s"), name("text:tab"), name("text:line-break"))
            pieces.append(" " if is_space else words_of(child))
        pieces.append(child.tail or "")
    return one_line("".join(pieces)) if element.tag in _PARAGRAPHS else "".join(pieces)


def _rows(table: Element) -> Iterator[Element]:
    """Yield the rows of a table, not those of tables inside it."""
    for child in table.iterchildren():
        if child.tag == name("table:table-row"):
            yield child
        elif child.tag in _TABLE_PARTS:
            yield from _rows(child)


def _spaced(text: str | None) -> str:
    return clean_layout(_WHITE_SPACE.sub(" ", text or ""))
