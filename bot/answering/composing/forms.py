"""The forms of an answer: which of them a question and its evidence call for, and what each shows. Pure.

fact      the sentence that says it
row       the rows of a table that answer, under its header
steps     the list, from its first step
code      the code, with the sentence that introduces it
entry     what stands below a heading that asks or names the thing
overview  the beginning of a page or section
passage   the section, or the part of it around what answers
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.answering.composing.excerpt import LONGEST, Excerpt, own_pieces, whole_or_window, window
from bot.answering.composing.pieces import PROSE, Piece, Section, section_at
from bot.types import Form
from index.embedding.sentences import runs
from index.english.questions import kind_of, name_stems
from index.english.stemming import stems, telling_stems
from index.reader.answers.coverage import QuestionWords
from index.reader.answers.naming import introduced, subject_stems
from index.types import Span

LONGEST_FACT = 350  # characters of a paragraph that is shown whole around the sentence that answers
MOST_ROWS = 3
ECHO = 0.8  # share of a piece's words in the question from which it says nothing new
NAMED = 0.75  # share of a heading's words in the question (and the other way round) from which it names the thing

_FACTS = frozenset({"number", "date", "person", "place"})
_PROCEDURE = re.compile(
    r"\bhow (?:do|can|should|would|to|did|might|does one)\b|\bsteps? (?:to|for)\b|\bset(?:ting)? ?up\b|\binstall|"
    r"\bways? to\b|\binstructions?\b",
    re.IGNORECASE,
)
_ERROR = re.compile(
    r"\berr(?:or)?\b|exception|\bfail|(?:permission|access) denied|refused|invalid|\bunable\b|\bcan(?:no|')?t\b|"
    r"could not|not found|warning|fatal|traceback|panic|timed? ?out|\b[A-Z]{1,5}[-_]?\d{2,}\b",
    re.IGNORECASE,
)
_YES_OR_NO = re.compile(
    r"\W*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|must)\b", re.IGNORECASE
)
_ABOUT = re.compile(r"\b(?:tell me (?:more )?about|(?:do|can) (?:you|we) (?:know|say) about)\b", re.IGNORECASE)
_OVERVIEW = re.compile(
    r"\b(?:what(?:'s| is| are|s)|who(?:'s| is| are|s)|tell me (?:more )?about|summar\w+|explain|describe|overview)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the best sentence that evidence has for it, with its place in its section.

    `sentence` are document offsets, `anchor` is the index of the piece that it lies in. `after_echo` is true where the
    best sentence only repeated the question, and this is what follows it.
    """

    question: str
    section: Section
    anchor: int
    sentence: Span
    after_echo: bool = False

    @property
    def piece(self) -> Piece:
        """Return the piece that the best sentence lies in."""
        return self.section.pieces[self.anchor]

    @property
    def is_heading(self) -> bool:
        """True where the best sentence is the section's heading, which is answered by what stands below it."""
        return self.sentence.end <= self.piece.start or self.piece.end <= self.sentence.start


def form_of(asked: Asked) -> Form:
    """Return the form that the question and the evidence's blocks call for."""
    piece, question = asked.piece, asked.question
    kind = kind_of(question)
    if piece.kind == "row":
        return "row"
    if (asked.after_echo and piece.kind in PROSE) or _defines(asked):
        return "fact"
    if _is_named_definition(asked):
        return "entry"
    if _PROCEDURE.search(question) and kind not in ("number", "date"):
        return _procedure(asked)
    if asked.is_heading or names_the_thing(question, asked.section.heading):
        return "entry"
    if piece.kind == "code":
        return "code"
    if piece.kind in PROSE and (kind in _FACTS or _is_prose(asked) or is_about_somebody(question)):
        return "fact"
    if _OVERVIEW.search(question) and asked.anchor == 0:
        return "overview"
    return "passage"


def _defines(asked: Asked) -> bool:
    """True if the best sentence is an item that begins with the name of what is asked: "PIV - Personal …"."""
    sentence = asked.section.document.text[asked.sentence.start : asked.sentence.end]
    return asked.piece.kind in ("item", "definition") and introduced(QuestionWords.of(asked.question), [sentence]) == 1


def _definition(asked: Asked) -> tuple[Piece, ...]:
    """Return the term of the definition that the best sentence lies in, with what is said of it; empty outside."""
    group = asked.piece.group
    pieces = tuple(piece for piece in asked.section.pieces if group is not None and piece.group == group)
    is_one = pieces and pieces[0].kind == "definition" and all(piece.kind != "definition" for piece in pieces[1:])
    return pieces if is_one else ()


def _is_named_definition(asked: Asked) -> bool:
    pieces = _definition(asked)
    return bool(pieces) and names_the_thing(asked.question, asked.section.text_of(pieces[0]))


def _is_prose(asked: Asked) -> bool:
    """True if the best sentence stands in a long text without headings, of which a window would be arbitrary."""
    own = asked.section.pieces[: own_pieces(asked.section)]
    return sum(piece.length for piece in own) > LONGEST and all(piece.kind in PROSE for piece in own)


def is_about_somebody(question: str) -> bool:
    """True for "tell me about NAME": what a text says of somebody stands in several places of it."""
    return _ABOUT.search(question) is not None and bool(name_stems(question))


def _procedure(asked: Asked) -> Form:
    own = asked.section.pieces[: own_pieces(asked.section)]
    if any(piece.kind == "item" and piece.label[:1].isdigit() for piece in own) or asked.piece.kind == "item":
        return "steps"
    return "code" if any(piece.kind == "code" for piece in own) else "passage"


def from_the_top(asked: Asked) -> Asked:
    """Return the question with the beginning of the page, where the question asks what the page's heading names."""
    document = asked.section.document
    heading = document.headings[0] if document.headings else None
    if heading is None or not (_OVERVIEW.search(asked.question) and names_the_thing(asked.question, heading.text)):
        return asked
    section = section_at(document, heading.start, nested=True)
    if not section.pieces:
        return asked
    return replace(asked, section=section, anchor=0, sentence=Span(section.pieces[0].start, section.pieces[0].end))


def past_echo(asked: Asked) -> Asked:
    """Return the question with the piece after the best one, where that only repeats the question or asks it as well.

    What explains an error stands below it, and so does the answer to what somebody has asked in a chat.
    """
    following = asked.anchor + 1
    if following >= own_pieces(asked.section) or not (_echoes(asked) or _asks_too(asked)):
        return asked
    piece = asked.section.pieces[following]
    return replace(asked, anchor=following, sentence=Span(piece.start, piece.end), after_echo=True)


def _echoes(asked: Asked) -> bool:
    """True if the best piece is an error that the question quotes.

    Other sentences that repeat a question decide it: "Is the shop closed on Sunday?", "The shop is closed on Sunday."
    """
    text = asked.section.text_of(asked.piece)
    wanted, said = set(telling_stems(asked.question)), telling_stems(text)
    if len(said) < 2 or sum(stem in wanted for stem in said) < ECHO * len(said):
        return False
    if asked.piece.kind == "code":
        return True
    if asked.piece.kind not in PROSE or _YES_OR_NO.match(asked.question):
        return False
    return " ".join(stems(text)) in " ".join(stems(asked.question)) and _ERROR.search(text) is not None


def _asks_too(asked: Asked) -> bool:
    """True if the best sentence is a question that ends its piece, and no other question follows."""
    text, piece = asked.section.document.text, asked.piece
    following = asked.section.text_of(asked.section.pieces[asked.anchor + 1])
    ends_piece = asked.sentence.end >= len(text[: piece.end].rstrip())
    return piece.kind in PROSE and ends_piece and _is_question(text[: piece.end]) and not _is_question(following)


def _is_question(text: str) -> bool:
    return text.rstrip("\"'”’)*_ \n").endswith("?")


def names_the_thing(question: str, heading: str) -> bool:
    """True where a heading asks the question, or names what is asked about and little else."""
    asked, named = set(subject_stems(question)), set(telling_stems(heading)) if heading else set()
    if not asked or not named:
        return False
    shared = len(asked & named)
    return shared >= NAMED * len(named) and shared >= NAMED * len(asked)


def fact(asked: Asked) -> Excerpt:
    """Show the paragraph that the sentence stands in where it is short, else the sentence."""
    piece = asked.piece
    if asked.after_echo and piece.group is not None:
        return Excerpt(asked.section, _answers(asked))
    if piece.length <= LONGEST_FACT:
        before = asked.section.pieces[asked.anchor - 1 : asked.anchor]
        is_term = bool(before) and before[0].kind == "definition" and before[0].group == piece.group
        return Excerpt(asked.section, (*before, piece) if is_term else (piece,))
    if asked.is_heading:
        return passage(asked)
    start, end = max(piece.start, asked.sentence.start), min(piece.end, asked.sentence.end)
    for run in runs(asked.section.document, piece.start, piece.end):
        inside = [span for span in run if span.start < end and span.end > start]
        if inside:
            start, end = min(start, inside[0].start), max(end, inside[-1].end)
    return Excerpt(asked.section, (Piece(piece.kind, start, end, piece.label, piece.group, piece.depth),))


def _answers(asked: Asked) -> tuple[Piece, ...]:
    """Return the items below what asks, as far as they are short."""
    shown: list[Piece] = []
    for piece in asked.section.pieces[asked.anchor : own_pieces(asked.section)]:
        if piece.group != asked.piece.group or (shown and sum(one.length for one in (*shown, piece)) > LONGEST_FACT):
            break
        shown.append(piece)
    return tuple(shown)


def row(asked: Asked) -> Excerpt:
    """Show the rows that share most with the question, under the header of their table."""
    pieces = asked.section.pieces
    table = [piece for piece in pieces if piece.group == asked.piece.group and piece.kind == "row"]
    header = [piece for piece in table if piece.is_header][:1]
    rows = [piece for piece in table if not piece.is_header]
    if asked.piece.is_header or sum(piece.length for piece in table) <= LONGEST_FACT:
        return whole_table(asked, header, rows)
    wanted = set(telling_stems(asked.question))
    shares = {piece: len(wanted & set(stems(asked.section.text_of(piece)))) for piece in rows}
    most = max(shares.values(), default=0)
    others = [piece for piece in rows if piece != asked.piece and most and shares[piece] == most]
    best = [asked.piece]
    for piece in others[: MOST_ROWS - 1]:
        if sum(one.length for one in (*header, *best, piece)) <= LONGEST:
            best.append(piece)
    return Excerpt(asked.section, (*header, *sorted(best, key=lambda piece: piece.start)))


def whole_table(asked: Asked, header: Sequence[Piece], rows: Sequence[Piece]) -> Excerpt:
    """Show a table from its first row on, as far as there is room."""
    shown, length = list(header), sum(piece.length for piece in header)
    for piece in rows:
        length += piece.length
        if length > LONGEST and len(shown) > len(header):
            break
        shown.append(piece)
    return Excerpt(asked.section, tuple(shown), tuple(rows[len(shown) - len(header) :]))


def steps(asked: Asked) -> Excerpt:
    """Show the section whole, or its list from the first step on with the line that announces it."""
    section = asked.section
    if sum(piece.length for piece in section.pieces[: own_pieces(section)]) <= LONGEST:
        return whole_or_window(section, asked.anchor)
    if asked.piece.group is None:
        groups = [n for n in range(asked.anchor, own_pieces(section)) if section.pieces[n].group is not None]
        if groups and groups[0] - asked.anchor <= 2:
            return window(section, groups[0])
    return window(section, asked.anchor, within=asked.sentence.start)


def code(asked: Asked) -> Excerpt:
    """Show the section whole, or the code with the paragraph that introduces it."""
    section = asked.section
    if sum(piece.length for piece in section.pieces[: own_pieces(section)]) <= LONGEST:
        return whole_or_window(section, asked.anchor)
    after = range(asked.anchor, min(asked.anchor + 3, own_pieces(section)))
    first = next((n for n in after if section.pieces[n].kind == "code"), asked.anchor)
    return window(section, first, within=asked.sentence.start if first == asked.anchor else None)


def entry(asked: Asked) -> Excerpt:
    """Show what stands below the heading, from its beginning; of definitions the one that is asked for."""
    pieces = _definition(asked)
    if _is_named_definition(asked) and sum(piece.length for piece in pieces) <= LONGEST:
        return Excerpt(asked.section, pieces)
    return whole_or_window(asked.section, 0) if asked.section.pieces else passage(asked)


def passage(asked: Asked) -> Excerpt:
    """Show the section whole where it is short, else the part around the best sentence."""
    return whole_or_window(asked.section, asked.anchor, within=asked.sentence.start)


FORMS: Mapping[Form, Callable[[Asked], Excerpt]] = MappingProxyType(
    {"fact": fact, "row": row, "steps": steps, "code": code, "entry": entry, "overview": entry, "passage": passage}
)
