"""A section of a document as the pieces it can be cut into without breaking a sentence, a row or a step. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from index.types import Block, BlockKind, Document

PROSE: frozenset[BlockKind] = frozenset({"paragraph", "quote"})
CONTAINERS: frozenset[BlockKind] = frozenset({"list", "table", "quote", "definition"})
_ANNOUNCES = re.compile(r":\s*\Z")
LONGEST_TITLE = 100  # characters of a line in bold that is the title of what follows


@dataclass(frozen=True, slots=True)
class Piece:
    """The smallest part of a document that is shown whole or not at all.

    `start` and `end` are offsets into the document's text. `kind` and `label` are those of its block; a paragraph
    of a quote is of the kind "quote", and only the first has the quote's label; the term of a definition is of the kind
    "definition", what is said of it is a paragraph. `group` is the
    offset of the outermost list, table or quote that it lies in, None outside: the steps of one list share it. `depth`
    is how many lists are around it: 0 outside of any and for the items of the outermost, 1 for what belongs to them.
    """

    kind: BlockKind
    start: int
    end: int
    label: str = ""
    group: int | None = None
    depth: int = 0

    @property
    def length(self) -> int:
        """Return the number of characters."""
        return self.end - self.start

    @property
    def is_header(self) -> bool:
        """True for the header row of a table."""
        return self.kind == "row" and self.label == "header"


def pieces_of(document: Document, start: int, end: int) -> list[Piece]:
    """Return the pieces between two offsets, in order; headings among them.

    A document without blocks is one paragraph between blank lines after another.
    """
    blocks = document.blocks or _paragraphs(document.text)
    first = bisect_left(blocks, start, key=lambda block: block.start)
    last = bisect_left(blocks, end, lo=first, key=lambda block: block.start)
    pieces: list[Piece] = []
    around: list[Block] = []
    for number in range(first, last):
        block = blocks[number]
        while around and around[-1].end <= block.start:
            around.pop()
        if block.kind not in CONTAINERS:
            pieces += _own_text(document, blocks, number, around)
        if number + 1 < last and blocks[number + 1].start < block.end:
            around.append(block)
    return pieces


def _own_text(document: Document, blocks: Sequence[Block], number: int, around: Sequence[Block]) -> list[Piece]:
    """The text of a block without that of the blocks inside it; nothing where they are all of it."""
    block = blocks[number]
    following = blocks[number + 1] if number + 1 < len(blocks) else None
    inside = following is not None and following.start < block.end
    end = block.end
    if inside and following is not None:
        if block.kind == "item" and following.kind == "paragraph":  # its first paragraph carries the item's mark
            return []
        end = following.start
    label, kind, start = block.label, block.kind, block.start
    if block.kind == "paragraph" and around and around[-1].kind == "quote":
        kind, label = "quote", around[-1].label if start == around[-1].start else ""
    elif block.kind == "paragraph" and around and around[-1].kind == "definition" and start == around[-1].start:
        kind, label = "definition", ""
    elif block.kind == "paragraph" and around and around[-1].kind == "item":
        item = around[-1]
        if not document.text[item.start : block.start].strip(" \t\n" + item.label):
            kind, label, start = "item", item.label, item.start
    if not document.text[start:end].strip():
        return []
    end = start + len(document.text[start:end].rstrip())
    outer = next((one.start for one in around if one.kind in CONTAINERS), None)
    lists = sum(one.kind == "list" for one in around)
    depth = max(0, lists - 1) if kind == "item" else lists
    return [Piece(kind, start, end, label, outer, depth)]


def _paragraphs(text: str) -> tuple[Block, ...]:
    return tuple(Block("paragraph", found.start(), found.end()) for found in re.finditer(r"\S(?:.|\n(?!\s*\n))*", text))


@dataclass(frozen=True, slots=True)
class Section:
    """The text under one heading, down to the next: its pieces, without the heading itself.

    `heading` is the heading's own text, empty above the first. `start` and `end` are document offsets of its body.
    """

    document: Document
    heading: str
    level: int
    start: int
    end: int
    pieces: tuple[Piece, ...]

    def text_of(self, piece: Piece) -> str:
        """Return the words of a piece."""
        return self.document.text[piece.start : piece.end]

    def place_of(self, start: int, end: int) -> int | None:
        """Return the index of the piece that shares most with a span of the document; None where none does."""
        shared = [min(piece.end, end) - max(piece.start, start) for piece in self.pieces]
        best = max(range(len(shared)), key=shared.__getitem__, default=None)
        return best if best is not None and shared[best] > 0 else None

    def announces(self, place: int) -> bool:
        """True where a piece only says that something follows: it ends with a colon, or is a title in bold."""
        piece = self.pieces[place]
        return _ANNOUNCES.search(self.text_of(piece)) is not None or self._is_title(piece)

    def _is_title(self, piece: Piece) -> bool:
        if piece.kind not in ("item", "paragraph") or piece.length > LONGEST_TITLE:
            return False
        marks = self.document.marks
        first = bisect_left(marks, piece.start, key=lambda mark: mark.start)
        bold = (mark for mark in marks[first:] if mark.kind == "strong")
        found = next(bold, None)
        if found is None or not piece.start <= found.start < found.end <= piece.end:
            return False
        text = self.document.text
        before, behind = text[piece.start : found.start], text[found.end : piece.end]
        return not before.strip().removeprefix(piece.label).strip() and not behind.strip(" .:")


def section_at(document: Document, offset: int, *, nested: bool = False) -> Section:
    """Return the section that an offset lies in; with `nested`, together with the sections below its own."""
    headings = document.headings
    found = bisect_right(headings, offset, key=lambda heading: heading.start)
    heading = headings[found - 1] if found else None
    end = headings[found].start if found < len(headings) else len(document.text)
    if nested and heading is not None:
        after = (one.start for one in headings[found:] if one.level <= heading.level)
        end = next(after, len(document.text))
    if nested and heading is None:  # what stands above the title leads into the page
        end = len(document.text)
    start = 0
    if heading is not None:
        line_end = document.text.find("\n", heading.start, end)
        start = end if line_end < 0 else line_end
    pieces = [piece for piece in pieces_of(document, start, end) if piece.kind != "heading" or nested]
    return Section(
        document, heading.text if heading else "", heading.level if heading else 0, start, end, tuple(pieces)
    )
