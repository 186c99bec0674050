"""Evidence to an answer: the section it stands in, the form that the question calls for, blocks and citations. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.answering.citations import citation_of
from bot.answering.composing.excerpt import LONGEST, Excerpt
from bot.answering.composing.forms import FORMS, Asked, form_of, from_the_top, is_about_somebody, past_echo
from bot.answering.composing.links import AddressesOf, address_of_link, no_addresses
from bot.answering.composing.pieces import Piece, section_at
from bot.blocks import AnswerBlock, Link
from bot.types import Citation, Form, More
from index.types import BlockKind, Document, Evidence, Span

COUNTED: frozenset[BlockKind] = frozenset({"item", "row", "code"})  # kinds of which it is said how many are left out
MOST_FACTS = 2  # places of documents in an answer that is a fact
MOST_FACTS_ABOUT = 3  # … to "tell me about NAME"

# A further fact is shown when it is at least this sure, measured by the first one: an answer says what it knows best
# and what adds to it, not all that touches the subject.
SECOND_BEST = 0.8


@dataclass(frozen=True, slots=True)
class Composed:
    """The blocks and citations that an answer shows."""

    form: Form
    blocks: tuple[AnswerBlock, ...]
    citations: tuple[Citation, ...]
    more: More | None


def compose(
    question: str,
    evidence: Sequence[Evidence],
    documents: Mapping[str, Document],
    *,
    besides: Sequence[Evidence] = (),
    addresses_of: AddressesOf = no_addresses,
) -> Composed:
    """Compose the answer to a question from ranked `evidence`, of which a few places are shown.

    `besides` is shown after it, whatever the form: what other documents say differently. `documents` holds, by path,
    those that the evidence is from, `addresses_of` returns those of documents that they link to.
    """
    first = past_echo(from_the_top(asked_of(question, evidence[0], documents)))
    form = form_of(first)
    shown = [(FORMS[form](first), evidence[0])]
    if form == "fact":
        further = [one for one in evidence[1:] if one.probability >= SECOND_BEST * evidence[0].probability]
        shown = _apart([*shown, *((FORMS["fact"](asked_of(question, one, documents)), one) for one in further)])
        shown = shown[: MOST_FACTS_ABOUT if is_about_somebody(question) else MOST_FACTS]
    shown += [(FORMS["fact"](asked_of(question, one, documents)), one) for one in besides]
    blocks: list[AnswerBlock] = []
    citations: list[Citation] = []
    for excerpt, one in _apart(shown):
        for pieces in _spans(excerpt):
            number = len(citations) + 1
            document = excerpt.section.document
            citations.append(citation_of(number, document, pieces[0].start, pieces[-1].end, one.probability))
            blocks += [block_of(document, piece, number, one.spans, addresses_of=addresses_of) for piece in pieces]
    return Composed(form, tuple(blocks), tuple(citations), _more(shown[0][0]))


def asked_of(question: str, evidence: Evidence, documents: Mapping[str, Document]) -> Asked:
    """Return the question with the section that the evidence's best sentence stands in."""
    span = evidence.spans[-1]
    document = documents[evidence.passage.document]
    section = section_at(document, span.start, nested=True)
    if not section.pieces:  # a heading with nothing below it, which is all that there is to show
        section = replace(section, pieces=(Piece("heading", span.start, span.end),))
    anchor = section.place_of(span.start, span.end) or 0
    return Asked(question, section, anchor, Span(evidence.spans[0].start, span.end))


def _apart(shown: Iterable[tuple[Excerpt, Evidence]]) -> list[tuple[Excerpt, Evidence]]:
    """Return what is shown, without what stands in an earlier excerpt already."""
    kept: list[tuple[Excerpt, Evidence]] = []
    for excerpt, evidence in shown:
        path = excerpt.section.document.path
        taken = [piece for other, _ in kept if other.section.document.path == path for piece in other.pieces]
        if not any(piece.start < other.end and other.start < piece.end for piece in excerpt.pieces for other in taken):
            kept.append((excerpt, evidence))
    return kept


def _spans(excerpt: Excerpt) -> list[list[Piece]]:
    """The pieces of an excerpt in groups of which each is one citation: together unless far apart in the document."""
    groups: list[list[Piece]] = []
    for piece in excerpt.pieces:
        if groups and piece.end - groups[-1][0].start <= max(2 * LONGEST, excerpt.length + LONGEST):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def block_of(
    document: Document,
    piece: Piece,
    citation: int,
    answering: Sequence[Span] = (),
    *,
    addresses_of: AddressesOf = no_addresses,
) -> AnswerBlock:
    """Return a piece of a document as a block of an answer; `answering` are the spans to be set strong."""
    start = piece.start
    if piece.kind == "item" and piece.label and document.text.startswith(piece.label, start):
        start += len(piece.label)
        while start < piece.end and document.text[start].isspace():
            start += 1
    marks = [mark for mark in document.marks if start <= mark.start and mark.end <= piece.end]
    inside = [(max(span.start, start), min(span.end, piece.end)) for span in answering]
    return AnswerBlock(
        kind=piece.kind,
        text=document.text[start : piece.end],
        citation=citation,
        label=piece.label,
        depth=piece.depth,
        strong=tuple((first - start, last - start) for first, last in inside if first < last),
        code=tuple((mark.start - start, mark.end - start) for mark in marks if mark.kind == "code"),
        links=tuple(
            Link(mark.start - start, mark.end - start, url)
            for mark in marks
            if (url := address_of_link(document, mark, addresses_of))
        ),
    )


def _more(excerpt: Excerpt) -> More | None:
    """Count the steps or rows left out, not counting those inside them; else pieces of the kind that follows."""
    left_out = excerpt.left_out
    if not left_out or left_out[0].kind not in COUNTED:
        return None
    listed = [piece for piece in left_out if piece.kind in ("item", "row")] if left_out[0].group is not None else []
    counted = listed or [piece for piece in left_out if piece.kind == left_out[0].kind]
    depth = min(piece.depth for piece in counted)
    return More(counted[0].kind, sum(piece.depth == depth for piece in counted))
