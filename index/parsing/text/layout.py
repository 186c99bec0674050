"""Find the blocks of running text by its layout: blank lines, list marks, cells between bars, commands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.parsing.text.builder import TextBuilder, nested_blocks
from index.types import Block, BlockKind, Heading

_ITEM = re.compile(r"([ \t]*)([-*•‣◦▪●■·–]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])[ \t]+(?=\S)")
_BULLETS = frozenset("-*•‣◦▪●■·–")
_RULE = re.compile(r"[\s|:+=-]+")
_COMMAND = re.compile(r"[ \t]*\$ \S")
_INDENTED = re.compile(r"(?: {4}|\t)[ \t]*\S")
_LOOKS_LIKE_CODE = re.compile(
    r"[{}\\;]|\w\(|[\w\])]\s?=\s?\S|(?:^|\s)--?[a-z][\w-]*\b|</?\w+|^\s*(?:\$|#!|//|sudo|pip|npm|npx|git|cd|docker|curl)\b"
)
_FENCE = re.compile(r"[ \t]*(```+|~~~+)\s*([\w+#.-]*)\s*$")

_LONGEST_ITEM = 30  # lines between a numbered item and the next one
_MOST_LEVELS = 20  # lists inside lists


@dataclass(slots=True)
class _Span:
    """A block whose end moves on while its lines are collected."""

    kind: BlockKind
    start: int
    end: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the text; `start` and `end` are offsets, the line end not included."""

    start: int
    end: int
    text: str

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip())


@dataclass(slots=True)
class _Level:
    """A list that is open, its last item, and that item's last paragraph; `indent` of its marks, in characters."""

    indent: int
    list: _Span
    item: _Span
    paragraph: _Span


def blocks_by_layout(text: str, headings: Sequence[Heading] = (), *, with_code: bool = False) -> tuple[Block, ...]:
    """Return the blocks of `text`: paragraphs, lists, tables, the lines of `headings`, and code if `with_code`."""
    lines = [_Line(found.start(), found.end(), found[0]) for found in re.finditer(r"[^\n]+|(?<=\n)(?=\n)", text)]
    names = {heading.start: heading.text for heading in headings}
    spans = _Layout(lines, names, with_code=with_code).spans()
    return nested_blocks(text, ((span.kind, span.start, span.end, span.label) for span in spans))


def write_by_layout(builder: TextBuilder, text: str) -> None:
    """Append clean `text` as it stands, with the blocks that its layout shows."""
    written = 0
    ends: list[int] = []  # of the open blocks
    for block in [*blocks_by_layout(text), None]:
        while ends and (block is None or ends[-1] <= block.start):
            builder.write(text[written : ends[-1]])
            written = ends.pop()
            builder.close()
        start = len(text) if block is None else block.start
        builder.write(text[written:start])
        written = start
        if block is not None:
            builder.open(block.kind, block.label)
            ends.append(block.end)


class _Layout:
    """Walks over the lines of a text once; every method takes the position of a line and returns the next one."""

    def __init__(self, lines: list[_Line], headings: dict[int, str], *, with_code: bool) -> None:
        self._lines = lines
        self._headings = headings
        self._with_code = with_code
        self._spans: list[_Span] = []

    def spans(self) -> list[_Span]:
        """Return the blocks in order, outer ones first."""
        position = 0
        while position < len(self._lines):
            if self._lines[position].is_blank:
                position += 1
            else:
                position = self._block_at(position)
        return self._spans

    def _block_at(self, position: int) -> int:
        line = self._lines[position]
        if self._is_heading(line):
            self._begin("heading", line.start, line.end)
            return position + 1
        if self._with_code and (after := self._code_at(position)):
            return after
        if _is_row(line) and position + 1 < len(self._lines) and _is_row(self._lines[position + 1]):
            return self._table_at(position)
        if self._begins_list(position):
            return self._list_at(position)
        after = position + 1
        while after < len(self._lines) and not self._ends_paragraph(after):
            after += 1
        self._begin("paragraph", line.start, self._lines[after - 1].end)
        return after

    def _ends_paragraph(self, position: int) -> bool:
        line = self._lines[position]
        return (
            line.is_blank
            or self._is_heading(line)
            or self._begins_list(position)
            or (self._with_code and bool(_COMMAND.match(line.text) or _FENCE.match(line.text)))
        )

    def _is_heading(self, line: _Line) -> bool:
        name = self._headings.get(line.start)
        return name is not None and _letters(name)[:40] == _letters(line.text)[:40]

    def _code_at(self, position: int) -> int | None:
        """Return the position after the code that begins there; None if none does."""
        line = self._lines[position]
        if fence := _FENCE.match(line.text):
            after = position + 1
            while after < len(self._lines) and not self._lines[after].text.strip().startswith(fence[1]):
                after += 1
            if after < len(self._lines) and after > position + 1:
                self._begin("code", self._lines[position + 1].start, self._lines[after - 1].end, fence[2])
                return after + 1
            return None
        pattern = _COMMAND if _COMMAND.match(line.text) else _INDENTED
        after = position
        while after < len(self._lines) and pattern.match(self._lines[after].text):
            after += 1
        if pattern is _INDENTED and not any(_LOOKS_LIKE_CODE.search(one.text) for one in self._lines[position:after]):
            return None
        if after > position:
            self._begin("code", line.start, self._lines[after - 1].end)
        return after if after > position else None

    def _table_at(self, position: int) -> int:
        after = position
        while after < len(self._lines) and _is_row(self._lines[after]):
            after += 1
        rows = self._lines[position:after]
        self._begin("table", rows[0].start, rows[-1].end)
        ruled = bool(_RULE.fullmatch(rows[1].text))
        for number, row in enumerate(rows):
            if not _RULE.fullmatch(row.text):
                is_header = number == 0 and (ruled or not any(map(str.isdigit, row.text)))
                self._begin("row", row.start, row.end, "header" if is_header else "")
        return after

    def _begins_list(self, position: int) -> bool:
        """True for a bullet, and for a number or letter whose successor begins one of the next lines."""
        found = _ITEM.match(self._lines[position].text)
        if not found or found[2] in _BULLETS:
            return bool(found)
        others = (_ITEM.match(line.text) for line in self._lines[position + 1 : position + 1 + _LONGEST_ITEM])
        return any(other and _follows(other[2], found[2]) for other in others)

    def _list_at(self, position: int) -> int:
        """Collect items, nested by their indentation, until a line that belongs to none."""
        levels: list[_Level] = []
        after_blank = False
        while position < len(self._lines):
            line = self._lines[position]
            if line.is_blank:
                after_blank = True
            elif not self._add_line(levels, position, after_blank=after_blank):
                break
            else:
                after_blank = False
                for level in levels:
                    level.list.end = level.item.end = line.end
            position += 1
        return position

    def _add_line(self, levels: list[_Level], position: int, *, after_blank: bool) -> bool:
        """Add a line to the list that is open; False if it belongs to none of its items."""
        line = self._lines[position]
        found = _ITEM.match(line.text)
        if found and self._is_item(levels, position, found):
            return self._add_item(levels, line, found, after_blank=after_blank)
        if self._is_heading(line) or (after_blank and line.indent <= levels[0].indent):
            return False
        if after_blank:
            while levels[-1].indent >= line.indent:
                levels.pop()
            levels[-1].paragraph = self._begin("paragraph", line.start, line.end)
        levels[-1].paragraph.end = line.end
        return True

    def _is_item(self, levels: list[_Level], position: int, found: re.Match[str]) -> bool:
        follows = any(_follows(found[2], level.item.label) for level in levels)
        return follows or self._begins_list(position)

    def _add_item(self, levels: list[_Level], line: _Line, found: re.Match[str], *, after_blank: bool) -> bool:
        indent, mark = len(found[1]), found[2]
        while len(levels) > 1 and levels[-1].indent > indent:
            levels.pop()
        if levels and levels[-1].indent >= indent:
            level = levels[-1]
            if after_blank and (mark in _BULLETS) != (level.item.label in _BULLETS):  # another list
                return False
            level.item = self._begin("item", line.start, line.end, mark)
        elif len(levels) == _MOST_LEVELS:
            return False
        else:
            new_list = self._begin("list", line.start, line.end)
            item = self._begin("item", line.start, line.end, mark)
            levels.append(_Level(indent, new_list, item, item))
        levels[-1].paragraph = self._begin("paragraph", line.start + found.end(), line.end)
        return True

    def _begin(self, kind: BlockKind, start: int, end: int, label: str = "") -> _Span:
        span = _Span(kind, start, end, label)
        self._spans.append(span)
        return span


def _follows(label: str, before: str) -> bool:
    """True if `label` is the number or letter after `before`, written the same way."""
    if _punctuation(label) != _punctuation(before):
        return False
    later, earlier = label.strip("().").lower(), before.strip("().").lower()
    if later.isdigit() and earlier.isdigit():
        return int(later) == int(earlier) + 1
    return later.isalpha() and earlier.isalpha() and ord(later) == ord(earlier) + 1


def _punctuation(label: str) -> str:
    return "".join(character for character in label if not character.isalnum())


def _is_row(line: _Line) -> bool:
    return " | " in line.text


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
