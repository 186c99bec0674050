"""Numbers, measures and dates that two statements answer a question with, where both cannot be true."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from bot.answering.comparison.asked import Question
from bot.answering.comparison.scope import are_scoped_apart
from bot.answering.comparison.statement import Statement, clauses_of
from bot.answering.comparison.subject import Assertion, is_about
from bot.answering.comparison.synonyms import canonical
from index.english.function_words import AUXILIARIES
from index.english.quantities.extract import quantities
from index.english.quantities.quantity import Kind, Quantity, compared, of_one_thing
from index.english.words import content_words, words_of

ROUNDED_WITHIN = 0.05  # share by which a number may differ from a round one and still be the same, rounded
CONVERTED_WITHIN = 0.1  # … from one in another unit: "5 miles", "8 km"

_DATED: tuple[Kind, ...] = ("date", "time", "weekday")
_ROUND = re.compile(r"\d[\d,]*00(?!\d)|\b(?:hundred|thousand|k|million|mn|billion|bn|dozen)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Measured:
    """A clause that answers with a quantity."""

    assertion: Assertion
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class Quantities:
    """The quantities of a statement that a question may be answered with, and the one that answers it, if any."""

    candidates: tuple[Measured, ...]
    answer: Measured | None


NO_QUANTITIES = Quantities((), None)


def quantities_in(question: Question, statement: Statement) -> Quantities:
    """Return the quantities of a statement that are of the kind asked for."""
    kinds: Sequence[Kind] = {"number": ("number",), "date": _DATED}.get(question.kind, ("number", *_DATED))
    candidates = _candidates(question, statement, kinds)
    return Quantities(tuple(candidates), _answering(question, candidates))


def differing_quantities(question: Question, first: Quantities, second: Quantities) -> tuple[str, str] | None:
    """Return the quantities that two statements answer with, as written, if both cannot be true; else None."""
    left, right = first.answer, second.answer
    if left is None or right is None or not _exclude_each_other(left.quantity, right.quantity):
        return None
    everything = product(first.candidates, second.candidates)
    if any(may_be_same(one.quantity, other.quantity) for one, other in everything):
        return None
    texts = (left.assertion.statement.text, right.assertion.statement.text)
    if stands_in(left.quantity.text, texts[1]) or stands_in(right.quantity.text, texts[0]):
        return None
    if question.kind == "thing" and not all(_is_clear(question, each) for each in (left, right)):
        return None
    is_event = left.quantity.kind == "date" and None not in (left.quantity.fields[0], right.quantity.fields[0])
    if are_scoped_apart(question, left.assertion, right.assertion, is_event=is_event):
        return None
    return left.quantity.text.rstrip("."), right.quantity.text.rstrip(".")


def _candidates(question: Question, statement: Statement, kinds: Sequence[Kind]) -> list[Measured]:
    """Return what the clauses of a statement may answer with: nothing that the question says already."""
    found = []
    for clause in clauses_of(statement.last):
        for said in quantities(clause):
            is_new = not any(may_be_same(said, one) for one in question.quantities)
            if said.kind in kinds and is_new:
                assertion = Assertion(statement, clause, said.text, said.start, said.end)
                found.append(Measured(assertion, said))
    return found


def _answering(question: Question, candidates: Sequence[Measured]) -> Measured | None:
    """Return the candidate that answers: of several, the one with most of the question's words next to it."""
    about = [one for one in candidates if is_about(question, one.assertion)]
    if len(about) < 2:
        return next(iter(about), None)
    shares = [_closeness(question, one) for one in about]
    best = max(shares)
    return about[shares.index(best)] if shares.count(best) == 1 else None


def _closeness(question: Question, one: Measured) -> tuple[int, int, int]:
    """Return a sort key: most of the question's words counted, most in the clause, the nearest of them."""
    counted = [
        word
        for word in content_words(one.assertion.clause)
        if word.stem in one.quantity.after and canonical(word) in question.words
    ]
    inside = [word for word in content_words(one.assertion.clause) if canonical(word) in question.words]
    distance = min((abs(word.start - one.quantity.start) for word in inside), default=0)
    return len(counted), len(inside), -distance


def _exclude_each_other(one: Quantity, other: Quantity) -> bool:
    """True if two quantities differ and count or date the same, by the words next to them or for want of words."""
    if one.kind != other.kind or one.unit != other.unit or compared(one, other) != "differs":
        return False
    return of_one_thing(one, other) or one.kind == "number"


def _is_clear(question: Question, one: Measured) -> bool:
    """True if a clause answers a question "what …" without doubt: with all words asked for, or a measure of one."""
    inside = {canonical(word) for word in words_of(one.assertion.clause)}
    return (
        question.words <= inside
        or bool(one.quantity.unit)
        or one.quantity.kind != "number"
        or (bool(question.words & inside) and any(word.lower in AUXILIARIES for word in words_of(one.assertion.clause)))
    )


def may_be_same(one: Quantity, other: Quantity) -> bool:
    """True if two quantities of a kind may both be true: equal, one within the other, rounded, or converted."""
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


def stands_in(value: str, text: str) -> bool:
    """True if a value stands in a text, as written, between other words."""
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE) is not None
