"""Build a document's text from front to back, with the blocks, marks, headings, pages and lines that point into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from index.parsing.text.inline import InlineText
from index.types import Block, BlockKind, Heading, Line, Mark, Page


@dataclass(frozen=True, slots=True)
class StatedAddress:
    """What a file says of its place on its web site, unchecked; None where it does not say.

    `permalink` is a path or an address, `slug` a part of the path, `alias` the first path of `redirect_from`, `page_id`
    a name in place of the file's.
    """

    permalink: str | None = None
    slug: str | None = None
    alias: str | None = None
    page_id: str | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parser returns: clean text with everything that points into it, and what the file says of itself.

    `title`, `url`, `date` and `superseded_by` are as the file has them, unchecked; None where it does not say.
    `property_date` is the date that a program left in the file's properties.
    """

    text: str
    title: str | None = None
    url: str | None = None
    pages: tuple[Page, ...] = ()
    headings: tuple[Heading, ...] = ()
    lines: tuple[Line, ...] = ()
    blocks: tuple[Block, ...] = ()
    marks: tuple[Mark, ...] = ()
    date: str | None = None
    property_date: str | None = None
    superseded_by: str | None = None
    address: StatedAddress = StatedAddress()


@dataclass(slots=True)
class _Begun:
    """A block whose ends are not trimmed yet; `end` is None while it is open."""

    kind: BlockKind
    label: str
    start: int
    end: int | None = None


@dataclass(slots=True)
class TextBuilder:
    """A text that grows at its end, and the blocks and marks set on the way.

    What is written must be clean, and must not begin with a combining character: so that the whole is NFC as well.
    """

    length: int = 0
    _parts: list[str] = field(default_factory=list)
    _pages: list[Page] = field(default_factory=list)
    _headings: list[Heading] = field(default_factory=list)
    _lines: list[Line] = field(default_factory=list)
    _blocks: list[_Begun] = field(default_factory=list)
    _open: list[_Begun] = field(default_factory=list)
    _marks: list[Mark] = field(default_factory=list)

    def write(self, text: str) -> None:
        """Append `text`."""
        self._parts.append(text)
        self.length += len(text)

    def write_inline(self, inline: InlineText) -> None:
        """Append a paragraph's text with its marks and lines."""
        start = self.length
        self.write(inline.text)
        for offset, number in inline.lines:
            self._mark_line_at(number, start + offset)
        for mark in inline.marks:
            end = min(mark.end, inline.length)  # white space at the end may have been dropped
            self._marks.append(Mark(mark.kind, start + mark.start, start + end, mark.target))

    def separate(self, gap: str = "\n\n") -> None:
        """Append `gap`, unless nothing stands before it."""
        if self.length:
            self.write(gap)

    def open(self, kind: BlockKind, label: str = "") -> None:
        """Begin a block; what is written until the matching `close` is inside it."""
        begun = _Begun(kind, label, self.length)
        self._blocks.append(begun)
        self._open.append(begun)

    def close(self) -> None:
        """End the innermost open block. A block in which nothing was written is dropped."""
        self._open.pop().end = self.length

    @contextmanager
    def block(self, kind: BlockKind, label: str = "") -> Iterator[None]:
        """Put what is written inside the context into a block."""
        self.open(kind, label)
        yield
        self.close()

    def mark_page(self, number: int) -> None:
        """Note that what is written next stands on page `number`."""
        self._pages.append(Page(number, self.length))

    def mark_line(self, number: int) -> None:
        """Note that what is written next stands at line `number` of the file."""
        self._mark_line_at(number, self.length)

    def mark_heading(self, level: int, text: str, *, anchor: str = "") -> None:
        """Note that what is written next, beginning with the heading itself, stands under the heading `text`."""
        self._headings.append(Heading(self.length, min(max(level, 1), 6), text, anchor))

    def first_heading(self, *, level: int = 6) -> str | None:
        """Return the first heading of that level or higher; None if there is none."""
        return next((heading.text for heading in self._headings if heading.level <= level), None)

    def write_heading(self, level: int, text: str) -> None:
        """Append a heading as a block of its own, and mark it."""
        self.separate()
        self.mark_heading(level, text)
        with self.block("heading"):
            self.write(text)

    def build(self, *, title: str | None = None, url: str | None = None) -> Parsed:
        """Return the text as it stands, with everything that points into it."""
        text = "".join(self._parts)
        return Parsed(
            text,
            title,
            url,
            tuple(self._pages),
            tuple(self._headings),
            tuple(self._lines),
            nested_blocks(text, ((one.kind, one.start, one.end or len(text), one.label) for one in self._blocks)),
            _trimmed_marks(text, self._marks),
        )

    def _mark_line_at(self, number: int, start: int) -> None:
        if not self._lines or self._lines[-1].number != number:
            self._lines.append(Line(number, start))


def nested_blocks(text: str, spans: Iterable[tuple[BlockKind, int, int, str]]) -> tuple[Block, ...]:
    """Return (kind, start, end, label) as blocks: without white space at their ends, empty ones dropped, with depths.

    The spans must nest and come in the order of their starts, outer ones before those inside.
    """
    blocks: list[Block] = []
    ends: list[int] = []  # of the blocks around
    for kind, whole_start, whole_end, label in spans:
        start, end = trimmed(text, whole_start, whole_end)
        if start == end:
            continue
        while ends and ends[-1] <= start:
            ends.pop()
        blocks.append(Block(kind, start, end, len(ends), label))
        ends.append(end)
    return tuple(blocks)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without the white space at its ends; an empty one if there is nothing else in it."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _trimmed_marks(text: str, marks: Iterable[Mark]) -> tuple[Mark, ...]:
    found = []
    for mark in marks:
        start, end = trimmed(text, mark.start, min(mark.end, len(text)))
        if start < end:
            found.append(Mark(mark.kind, start, end, mark.target))
    return tuple(sorted(found, key=lambda mark: (mark.start, -mark.end)))
