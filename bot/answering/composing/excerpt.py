"""Which consecutive pieces of a section are shown: complete where it is short, else a window around what answers. Pure.

Nothing is cut but between pieces, no line is left that only announces what follows, and what is announced brings the
line that announces it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.answering.composing.pieces import PROSE, Piece, Section

LONGEST = 900  # characters of a first message's answer
# A section that is only a few lines leads into those below it: they are shown with it as far as there is room.
SHORT_LEAD = 250


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The pieces of a section that are shown. `left_out` counts those of the section that would follow."""

    section: Section
    pieces: tuple[Piece, ...]
    left_out: tuple[Piece, ...] = ()

    @property
    def length(self) -> int:
        """Return the number of characters shown."""
        return sum(piece.length for piece in self.pieces)


def whole_or_window(section: Section, anchor: int, *, within: int | None = None, limit: int = LONGEST) -> Excerpt:
    """Return the section's own pieces where they fit into `limit` characters, else those around the one at `anchor`.

    `within` is as for `window`.
    """
    pieces = section.pieces
    own = own_pieces(section)
    if anchor < own and sum(piece.length for piece in pieces) <= limit:
        return Excerpt(section, pieces)
    length = sum(piece.length for piece in pieces[:own])
    if anchor < own and length <= limit and (length >= SHORT_LEAD or own == len(pieces)):
        return Excerpt(section, pieces[:own])
    if anchor < own and length < SHORT_LEAD:
        return window(section, 0, limit=limit)
    return window(section, anchor, within=within, limit=limit)


def own_pieces(section: Section) -> int:
    """Return how many pieces stand before the first subsection."""
    return next((place for place, piece in enumerate(section.pieces) if piece.kind == "heading"), len(section.pieces))


def window(section: Section, first: int, *, within: int | None = None, limit: int = LONGEST) -> Excerpt:
    """Return the pieces from `first` on as far as they fit, with the line that announces the first.

    A list, table or quote begins at its beginning where that leaves the piece at `first` inside. Of a piece that is
    longer than the limit, the part is shown in which the sentence at the document offset `within` stands.
    """
    pieces = section.pieces
    anchor = first
    if pieces[anchor].length > limit:
        return _cut(section, anchor, within, limit)
    first = _beginning(pieces, first, limit)
    while first > 0 and _needs_lead_in(section, first) and _length(pieces, first - 1, anchor + 1) <= limit:
        first -= 1
    last = first
    while last < len(pieces) and (last <= anchor or _length(pieces, first, last + 1) <= limit):
        last += 1
    while last - 1 > anchor and _dangles(section, last):
        last -= 1
    if last == anchor + 1 and _dangles(section, last) and pieces[last].length > limit - pieces[anchor].length:
        return _cut(section, last, None, limit)  # the beginning of what is announced
    shown = pieces[first:last]
    return Excerpt(section, tuple(shown), tuple(_rest(pieces, last, shown[-1])))


def _beginning(pieces: Sequence[Piece], place: int, limit: int) -> int:
    """The first piece of the list, table or quote that a piece lies in, if both fit; else the piece itself."""
    group = pieces[place].group
    if group is None:
        return place
    first = next(number for number, piece in enumerate(pieces) if piece.group == group)
    return first if _length(pieces, first, place + 1) <= limit else place


def _needs_lead_in(section: Section, place: int) -> bool:
    """True if a piece is announced by the one before it, or makes no sense without it."""
    piece, before = section.pieces[place], section.pieces[place - 1]
    if before.kind == "heading":
        return False
    if section.announces(place - 1):
        return True
    begins_group = piece.group is not None and piece.group != before.group
    return before.kind in PROSE and (piece.kind == "code" or begins_group)


def _dangles(section: Section, last: int) -> bool:
    """True if the piece before `last` only announces what is not shown: a heading, a label, or a line with a colon."""
    piece = section.pieces[last - 1]
    if last == len(section.pieces):
        return False
    is_title = piece.kind == "heading" or (piece.kind == "paragraph" and piece.label == "label")
    return is_title or (piece.kind != "code" and section.announces(last - 1))


def _rest(pieces: Sequence[Piece], last: int, shown: Piece) -> Sequence[Piece]:
    """Return what is left out of the same list or table; of the same section where the last piece shown is in none."""
    if shown.group is not None and last < len(pieces) and pieces[last].group == shown.group:
        end = next((n for n in range(last, len(pieces)) if pieces[n].group != shown.group), len(pieces))
        return pieces[last:end]
    end = next((n for n in range(last, len(pieces)) if pieces[n].kind == "heading"), len(pieces))
    return pieces[last:end]


def _cut(section: Section, place: int, within: int | None, limit: int) -> Excerpt:
    """A single piece that is longer than the limit, after the line that announces it: whole code lines or sentences."""
    piece = section.pieces[place]
    lead: tuple[Piece, ...] = ()
    if place > 0 and _needs_lead_in(section, place) and section.pieces[place - 1].length <= limit // 2:
        lead = (section.pieces[place - 1],)
    room = limit - sum(one.length for one in lead)
    parts = _lines(section, piece) if piece.kind == "code" else _sentences(section, piece)
    start = piece.start
    if within is not None and any(first <= within < last and last > start + room for first, last in parts):
        begins = [first for first, _ in parts if first <= within]
        start = max(begins)
        if piece.kind == "code":  # a line that is not indented begins something
            text = section.document.text
            start = max(
                (first for first in begins if not text[first].isspace() and start - first <= room // 2), default=start
            )
        lead = ()
    end = max((last for _, last in parts if start < last <= start + room), default=start + room)
    shown = replace(
        piece, start=start, end=end, label=piece.label if start == piece.start or piece.kind == "code" else ""
    )
    rest = (replace(piece, start=end),) if end < piece.end else ()
    return Excerpt(section, (*lead, shown), rest)


def _lines(section: Section, piece: Piece) -> list[tuple[int, int]]:
    text = section.document.text
    breaks = [piece.start - 1, *(n for n in range(piece.start, piece.end) if text[n] == "\n"), piece.end]
    return [(first + 1, last) for first, last in pairwise(breaks)]


def _sentences(section: Section, piece: Piece) -> list[tuple[int, int]]:
    from index.embedding.sentences import runs

    return [(span.start, span.end) for run in runs(section.document, piece.start, piece.end) for span in run]


def _length(pieces: Sequence[Piece], first: int, last: int) -> int:
    return sum(piece.length for piece in pieces[first:last])
