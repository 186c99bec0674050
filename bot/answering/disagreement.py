"""Where documents disagree: evidence that answers the same question with another number, date or name. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from bot.answering.comparability import Statement, asked_words, canonical, is_same_matter, shared
from index.english.names import Name, is_named, names
from index.english.quantities.extract import quantities
from index.english.quantities.quantity import Kind, Quantity, compared, of_one_thing
from index.english.questions import kind_of
from index.english.words import content_words, words_of
from index.reader.claims.conflict import stems_near
from index.types import Evidence

MOST_OTHERS = 2  # further documents whose other value is shown
ROUNDED_WITHIN = 0.05  # how far a number may lie from a round one, of which it may be the exact one
CONVERTED_WITHIN = 0.1  # … from one in another unit: "5 miles", "8 km"
NEARLY_ALL = 0.75  # share of words in common from which names in the same place answer the same

_DATED: tuple[Kind, ...] = ("date", "time", "weekday")
_SEVERAL = re.compile(
    r"\b(?:and|or|with|together|jointly|among|one of|including|also|both|co-?\w+|first|late[rst]*)\b", re.IGNORECASE
)
_BY = "by"
_ROUND = re.compile(r"\d[\d,]*00(?!\d)|\b(?:hundred|thousand|k|million|mn|billion|bn|dozen)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Differing:
    """Two pieces of evidence from different documents, and the values that they answer with, as written."""

    best: Evidence
    other: Evidence
    values: tuple[str, str]


def disagreeing(question: str, evidence: Sequence[Evidence], threshold: float) -> list[Differing]:
    """Evidence that answers with another value than the best does, at most one piece a document.

    `evidence` is ranked; nothing below the threshold counts. A document in which both values are found disagrees with
    nobody.
    """
    sure = [one for one in evidence if one.probability >= threshold]
    found: list[Differing] = []
    for other in sure[1:]:
        known = {sure[0].passage.document, *(one.other.passage.document for one in found)}
        if other.passage.document in known or len(found) == MOST_OTHERS:
            continue
        best, said = statement_of(sure[0]), statement_of(other)
        values = other_value(question, best, said)
        if values is not None and not any(
            one is not sure[0] and one is not other and _says(statement_of(one).text, value)
            for document, value in ((sure[0].passage.document, values[1]), (other.passage.document, values[0]))
            for one in sure
            if one.passage.document == document
        ):
            found.append(Differing(sure[0], other, values))
    return found


def statement_of(evidence: Evidence) -> Statement:
    """What a piece of evidence says, on one line, with its title and headings."""
    passage = evidence.passage
    texts = (passage.text_of(span) for span in evidence.spans)
    return Statement(tuple(" ".join(text.split()) for text in texts), f"{passage.title}\n{passage.heading or ''}")


def other_value(question: str, one: Statement, other: Statement) -> tuple[str, str] | None:
    """The values that two statements answer the question with, where both can't be true; None where they may be."""
    kind = kind_of(question)
    if kind in ("number", "date"):
        return _other_quantity(question, one, other, ("number",) if kind == "number" else _DATED)
    if kind == "thing":
        measured = _other_quantity(question, one, other, ("number", *_DATED), nearly_all=True)
        return measured or _other_name(question, one, other)
    return _other_name(question, one, other) if kind in ("person", "place") else None


def _other_quantity(
    question: str, one: Statement, other: Statement, kinds: Sequence[Kind], nearly_all: bool = False
) -> tuple[str, str] | None:
    """With `nearly_all`, the statements are to have nearly all in common, and the values to be measured or dated."""
    first, second = (_candidates(question, statement, kinds) for statement in (one, other))
    if any(_may_be_same(left, right) for left, right in product(first, second)):
        return None
    left, right = (_answering(question, said, among) for said, among in ((one, first), (other, second)))
    if left is None or right is None or not _are_of_one_thing(left, right) or compared(left, right) != "differs":
        return None
    values = _inside(one.last, *first), _inside(other.last, *second)
    if _stands_in(left.text, other.text) or _stands_in(right.text, one.text):
        return None
    if nearly_all and (shared(question, one, other, values) < NEARLY_ALL or (left.kind == "number" and not left.unit)):
        return None
    return (left.text.rstrip("."), right.text.rstrip(".")) if is_same_matter(question, one, other, values) else None


def _candidates(question: str, statement: Statement, kinds: Sequence[Kind]) -> list[Quantity]:
    """What a statement's last sentence may answer with: nothing that the question says already."""
    asked = quantities(question)
    return [
        said
        for said in quantities(statement.last)
        if said.kind in kinds and not any(_may_be_same(said, one) for one in asked)
    ]


def _answering(question: str, statement: Statement, candidates: Sequence[Quantity]) -> Quantity | None:
    """The only candidate, or the one of several around which most of what is asked is said; None where unclear."""
    if len(candidates) < 2:
        return next(iter(candidates), None)
    asked = asked_words(question)
    meant = {word.stem for word in content_words(statement.last) if canonical(word) in asked}
    shares = [len(stems_near(statement.last, said.start, said.end) & meant) for said in candidates]
    best = max(shares)
    return candidates[shares.index(best)] if best and shares.count(best) == 1 else None


def _are_of_one_thing(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities count or date the same, by the words beside them or for want of such words."""
    if one.kind != other.kind or one.unit != other.unit:
        return False
    return of_one_thing(one, other) or (one.kind == "number" and not (one.after and other.after))


def _may_be_same(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities of a kind may both be true: equal, one within the other, rounded, or converted."""
    if one.kind != other.kind or one.unit != other.unit:
        return False
    if compared(one, other) != "differs" or compared(other, one) != "differs":
        return True
    if one.kind == "date" and None not in (one.fields[0], other.fields[0]):
        return one.low <= other.high and other.low <= one.high
    if one.kind != "number":
        return False
    if one.low <= other.high and other.low <= one.high:
        return True
    apart = max(one.low - other.high, other.low - one.high)
    size = max(abs(one.high), abs(other.high))
    within = CONVERTED_WITHIN if one.unit and _unit_of(one) != _unit_of(other) else 0.0
    if any(_ROUND.search(said.text) for said in (one, other)):
        within = max(within, ROUNDED_WITHIN)
    return apart <= within * size


def _unit_of(said: Quantity) -> str:
    return re.sub(r"[\d.,\s]+", "", said.text.lower()).rstrip("s")


def _says(text: str, value: str) -> bool:
    """Whether a text says a value: as written, or as a quantity that may be the same."""
    wanted = quantities(value)
    return _stands_in(value, text) or any(_may_be_same(*pair) for pair in product(wanted, quantities(text)))


def _stands_in(value: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE) is not None


def _other_name(question: str, one: Statement, other: Statement) -> tuple[str, str] | None:
    """Names in the same place of two sentences that are the same in nearly all else.

    Places lie within others, so that both may be right: they are compared where both say in which larger one.
    """
    first, second = _new_names(question, one, other), _new_names(question, other, one)
    if len(first) != 1 or len(second) != 1 or any(_SEVERAL.search(statement.last) for statement in (one, other)):
        return None
    (left,), (right,) = first, second
    if kind_of(question) == "place":
        around = _larger_place(one.last, left), _larger_place(other.last, right)
        if around[0] is None or around[1] is None or around[0].parts != around[1].parts:
            return None
    role = _role(one.last, left)
    if not role or role != _role(other.last, right):
        return None
    values = _inside(one.last, left), _inside(other.last, right)
    if shared(question, one, other, values) < NEARLY_ALL or not is_same_matter(question, one, other, values):
        return None
    return left.text, right.text


def _new_names(question: str, one: Statement, other: Statement) -> list[Name]:
    """The names in a statement's last sentence that are neither the question's nor the other statement's."""
    return [
        name
        for name in names(one.last)
        if name.is_sure and not is_named(name, question) and not is_named(name, other.whole)
    ]


def _larger_place(text: str, name: Name) -> Name | None:
    """The place that a name is said to lie in: "Lyon, France"."""
    return next((one for one in names(text) if text[name.end : one.start] == ", "), None)


def _role(text: str, name: Name) -> str:
    """What a name does in a sentence, as far as its neighbours tell: the doer, or what stands before it."""
    before, after = words_of(text[: name.start]), words_of(text[name.end :])
    if not before:
        following = next((word for word in after if word.is_content), None)
        return f"does {following.stem}" if following is not None else ""
    last = before[-1]
    if last.lower == _BY:
        done = next((word for word in reversed(before) if word.is_content), None)
        return f"does {done.stem}" if done is not None else ""
    return f"after {last.lower}" if text[last.end : name.start] == " " else ""


def _inside(text: str, *values: Quantity | Name) -> frozenset[int]:
    """Where values and the words in them begin."""
    starts = {value.start for value in values}
    starts |= {word.start for word in words_of(text) for value in values if value.start <= word.start < value.end}
    return frozenset(starts)
