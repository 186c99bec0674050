"""Make sections of questions and answers: a bold line, `Q:`, a summary or a defined term that asks becomes a heading.

This is one pass over the blocks of any format. It changes no character of the text but a space between a question and
its answer, which becomes a line end.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from index.parsing.text.builder import Parsed, nested_blocks, trimmed
from index.parsing.text.cleaning import one_line
from index.types import Block, BlockKind, Heading

# Labels that parsers give to paragraphs for this pass; no document keeps them.
QUESTION = "question"  # the title of what follows
LABEL = "label"  # names what follows, but what follows it goes on after that

LONGEST_QUESTION = 200  # characters
LONGEST_BOLD_HEADING = 80  # characters
MOST_WORDS = 12  # of a bold heading

_LOWEST_LEVEL = 6
_LEVEL_WITHOUT_HEADINGS = 2
_Q = re.compile(r"(?:Q|Question)\s?\d{0,3}\s?[:.)]\s+")
_A = re.compile(r"(?:A|Answer)\s?\d{0,3}\s?[:.)]\s+")
_ASKS = re.compile(
    r"(?:how|what|why|when|where|who|which|can|could|do|does|did|is|are|will|would|should|may|must|has|have)\b",
    re.IGNORECASE,
)
_INTRODUCES = re.compile(  # bold lines that belong to what follows and name nothing
    r"(?:notes?|warnings?|tips?|important|caution|attention|examples?|info|hint|output|results?|update|disclaimer|"
    r"todo|see also|tl;?dr)\W*",
    re.IGNORECASE,
)

_Span = tuple[BlockKind, int, int, str]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a paragraph: a question or what follows it. `start` leaves a leading "Q:" or "A:" out."""

    start: int
    end: int
    is_question: bool
    line_start: int


def with_question_sections(parsed: Parsed) -> Parsed:
    """Return `parsed` with a heading, one level below the current one, for each line that asks or names what follows.

    `Heading.start` is where the line begins, `Heading.text` leaves out a leading "Q:" and a colon at the end.
    """
    return _Pass(parsed).run()


class _Pass:
    def __init__(self, parsed: Parsed) -> None:
        self._parsed = parsed
        self._text = parsed.text
        self._strong = [mark for mark in parsed.marks if mark.kind == "strong"]
        self._strong_starts = [mark.start for mark in self._strong]
        self._links = {(mark.start, mark.end) for mark in parsed.marks if mark.kind == "link"}
        self._line_starts = [line.start for line in parsed.lines]
        self._heading_starts = [heading.start for heading in parsed.headings]
        self._added: list[Heading] = []
        self._renamed: dict[int, str] = {}  # headings by their place in `parsed.headings`
        self._breaks: set[int] = set()  # spaces that become line ends
        self._answer_may_follow = False

    def run(self) -> Parsed:
        """Return the document with its new headings and blocks."""
        spans = list(self._spans())
        text = self._text
        if self._breaks:
            characters = list(text)
            for offset in self._breaks:
                characters[offset] = "\n"
            text = "".join(characters)
        own = [
            replace(heading, text=self._renamed.get(place, heading.text))
            for place, heading in enumerate(self._parsed.headings)
        ]
        headings = sorted([*own, *self._added], key=lambda heading: heading.start)
        return replace(self._parsed, text=text, headings=tuple(headings), blocks=nested_blocks(text, spans))

    def _spans(self) -> Iterator[_Span]:
        blocks = self._parsed.blocks
        asked_definition_end = -1
        for place, block in enumerate(blocks):
            if block.kind == "definition" and block.depth == 0 and _asks(block.label):
                asked_definition_end = block.end
                continue
            is_top = block.depth == 0 or block.end <= asked_definition_end
            if block.kind == "heading":
                yield self._heading(block)
            elif block.kind == "paragraph" and is_top and block.label != LABEL:
                following = next((other for other in blocks[place + 1 : place + 2] if other.depth <= block.depth), None)
                yield from self._paragraph(block, following)
            else:
                label = "" if block.kind == "paragraph" else block.label
                yield block.kind, block.start, block.end, label
            if block.kind not in ("paragraph", "heading"):
                self._answer_may_follow = False

    def _heading(self, block: Block) -> _Span:
        """A heading of the document; a leading "Q:" is left out of it."""
        asks = self._text[block.end - 1] == "?"
        found = _Q.match(self._text, block.start, block.end) if asks else None
        self._answer_may_follow = found is not None
        if not found:
            return "heading", block.start, block.end, block.label
        place = bisect_right(self._heading_starts, block.start) - 1
        if place >= 0:
            self._renamed[place] = one_line(self._text[found.end() : block.end])
        return "heading", found.end(), block.end, block.label

    def _paragraph(self, block: Block, following: Block | None) -> Iterator[_Span]:
        pieces = self._pieces(block, following)
        for piece in pieces:
            if piece.is_question:
                self._added.append(
                    Heading(
                        piece.line_start,
                        self._level_at(piece.line_start),
                        one_line(self._text[piece.start : piece.end]).rstrip(": ") or "?",
                    )
                )
            if piece.line_start > block.start and self._text[piece.line_start - 1] == " ":
                self._breaks.add(piece.line_start - 1)
            yield "heading" if piece.is_question else "paragraph", piece.start, piece.end, ""
        self._answer_may_follow = bool(pieces) and pieces[-1].is_question

    def _pieces(self, block: Block, following: Block | None) -> list[_Piece]:
        """The questions and answers that a paragraph consists of; itself where it is neither."""
        if pieces := self._marked_pieces(block, following):
            return pieces
        whole = self._text[block.start : block.end]
        if block.label == QUESTION and len(whole) <= LONGEST_QUESTION and following is not None:
            return [_Piece(block.start, block.end, True, block.start)]
        bold_end = self._bold_end(block)
        if bold_end is not None:
            title = self._text[block.start : bold_end]
            rest = self._text[bold_end : block.end].strip()
            if rest in ("", ":", "?") and following is not None and self._names_what_follows(title + rest, following):
                return [_Piece(block.start, block.end, True, block.start)]
            if len(rest) > 1 and title.endswith("?") and len(title) <= LONGEST_QUESTION:
                start, end = trimmed(self._text, bold_end, block.end)
                return [_Piece(block.start, bold_end, True, block.start), self._answer(start, end, start)]
        start = block.start
        if self._answer_may_follow:
            return [self._answer(start, block.end, start)]
        return [_Piece(start, block.end, False, start)]

    def _answer(self, start: int, end: int, line_start: int) -> _Piece:
        found = _A.match(self._text, start, end)
        return _Piece(found.end() if found and found.end() < end else start, end, False, line_start)

    def _marked_pieces(self, block: Block, following: Block | None) -> list[_Piece]:
        """The pieces of a paragraph that begins with "Q:", cut at each "Q:" and "A:" that begins a line."""
        if not _Q.match(self._text, block.start, block.end):
            return []
        cuts = [
            place for place in self._line_starts_in(block) if _Q.match(self._text, place) or _A.match(self._text, place)
        ]
        pieces = []
        for place, after in zip(cuts, [*cuts[1:], block.end], strict=True):
            start, end = trimmed(self._text, place, after)
            found = _Q.match(self._text, start, end)
            if found and found.end() < end:
                pieces.append(_Piece(found.end(), end, True, start))
            else:
                pieces.append(self._answer(start, end, start))
        asks = all("?" in self._text[piece.start : piece.end] for piece in pieces if piece.is_question)
        begins = following is not None and bool(_A.match(self._text, following.start, following.end))
        answered = any(not piece.is_question for piece in pieces) or begins
        short = all(piece.end - piece.start <= LONGEST_QUESTION for piece in pieces if piece.is_question)
        return pieces if short and pieces[0].is_question and (answered or asks) else []

    def _line_starts_in(self, block: Block) -> list[int]:
        """Where the lines of a block begin, in the file or in the text, the first one included."""
        first = bisect_right(self._line_starts, block.start)
        last = bisect_left(self._line_starts, block.end)
        starts = {block.start, *self._line_starts[first:last]}
        starts.update(found.end() for found in re.compile("\n").finditer(self._text, block.start, block.end))
        return sorted(starts)

    def _bold_end(self, block: Block) -> int | None:
        """Where the bold words end that a paragraph begins with; None if it begins otherwise."""
        place = bisect_left(self._strong_starts, block.start)
        if place == len(self._strong) or self._strong_starts[place] != block.start:
            return None
        mark = self._strong[place]
        return None if mark.end > block.end or (mark.start, mark.end) in self._links else mark.end

    def _names_what_follows(self, title: str, following: Block) -> bool:
        """True for a bold line that reads as a question or as a heading of what follows."""
        if following.kind == "heading" or "\n" in title or self._bold_end(following) == following.end:
            return title.endswith("?") and len(title) <= LONGEST_QUESTION
        if title.endswith("?"):
            return len(title) <= LONGEST_QUESTION
        first = next(filter(str.isalnum, title), "")
        return (
            len(title) <= LONGEST_BOLD_HEADING
            and len(title.split()) <= MOST_WORDS
            and bool(first)
            and not first.islower()
            and title[-1] not in ".,;!…"
            and not _INTRODUCES.fullmatch(title)
        )

    def _level_at(self, offset: int) -> int:
        """One below the heading that the document itself has above `offset`."""
        place = bisect_right(self._heading_starts, offset) - 1
        if place < 0:
            return _LEVEL_WITHOUT_HEADINGS
        return min(self._parsed.headings[place].level + 1, _LOWEST_LEVEL)


def _asks(term: str) -> bool:
    return term.rstrip().endswith("?") or (_ASKS.match(term) is not None and len(term.split()) > 2)
