"""Disagreements: evidence that answers the same question with another number, date or name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from bot.answering.comparison.asked import Question, analysed
from bot.answering.comparison.measured import (
    NO_QUANTITIES,
    Quantities,
    differing_quantities,
    may_be_same,
    quantities_in,
    stands_in,
)
from bot.answering.comparison.named import differing_names, names_in
from bot.answering.comparison.statement import Statement
from bot.answering.comparison.subject import Assertion
from index.english.quantities.extract import quantities
from index.types import Evidence

MOST_OTHERS = 2  # further documents whose other value is shown
# Sentences of each other document that are compared: the most probable ones. The probability of a sentence depends on
# how well it answers compared with the best one, its rank within its document does not.
SENTENCES_COMPARED = 2

_MEASURED = ("number", "date", "thing")
_NAMED = ("person", "place", "thing")


@dataclass(frozen=True, slots=True)
class Differing:
    """Two pieces of evidence from different documents, and the values that they answer with, as written."""

    best: Evidence
    other: Evidence
    values: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Answers:
    """The quantities and names that a statement answers a question with."""

    measured: Quantities
    named: tuple[Assertion, ...]

    def __bool__(self) -> bool:
        """True if it answers at all."""
        return self.measured.answer is not None or bool(self.named)


def disagreeing(question: str, evidence: Sequence[Evidence], threshold: float) -> list[Differing]:
    """Return the evidence that answers with another value than the best does, at most one piece a document.

    `evidence` is ranked. If the best is below the threshold (0 to 1), there is no answer to disagree with. A document
    whose compared sentences have both values disagrees with nobody.
    """
    if not evidence or evidence[0].probability < threshold:
        return []
    best, asked = evidence[0], analysed(question)
    answers = answers_of(asked, statement_of(best))
    if not answers:
        return []
    found: list[Differing] = []
    for document in dict.fromkeys(one.passage.document for one in evidence):
        if document == best.passage.document or len(found) == MOST_OTHERS:
            continue
        for other in _compared(evidence, document):
            values = differing_values(asked, answers, answers_of(asked, statement_of(other)))
            if values is not None:
                knows_both = _says(evidence, other, values[0]) or _says(evidence, best, values[1])
                found += [] if knows_both else [Differing(best, other, values)]
                break
    return found


def statement_of(evidence: Evidence) -> Statement:
    """Return a piece of evidence as a statement: its sentences on one line, with the passage before and above them."""
    passage = evidence.passage
    texts = (passage.text_of(span) for span in evidence.spans)
    before = passage.text[: evidence.spans[0].start - passage.start]
    label = f"{passage.title}\n{passage.heading or ''}"
    return Statement(tuple(" ".join(text.split()) for text in texts), label, " ".join(before.split()))


def answers_of(question: Question, statement: Statement) -> Answers:
    """Return what a statement answers a question with; nothing for kinds of questions that are not compared."""
    kind = question.kind
    if kind == "thing" and not question.words:  # "What is the AP?"
        return Answers(NO_QUANTITIES, ())
    measured = quantities_in(question, statement) if kind in _MEASURED else NO_QUANTITIES
    return Answers(measured, tuple(names_in(question, statement)) if kind in _NAMED else ())


def differing_values(question: Question, one: Answers, other: Answers) -> tuple[str, str] | None:
    """Return the values of two answers, if both cannot be true; else None."""
    return differing_quantities(question, one.measured, other.measured) or differing_names(
        question, one.named, other.named
    )


def _compared(evidence: Sequence[Evidence], document: str) -> list[Evidence]:
    return [one for one in evidence if one.passage.document == document][:SENTENCES_COMPARED]


def _says(evidence: Sequence[Evidence], without: Evidence, value: str) -> bool:
    """True if the other compared sentence of a document says a value: as written, or as an equal quantity."""
    wanted = quantities(value)
    others = [one for one in _compared(evidence, without.passage.document) if one is not without]
    return any(
        stands_in(value, text) or any(may_be_same(*pair) for pair in product(wanted, quantities(text)))
        for text in (statement_of(one).last for one in others)
    )
