"""Where documents disagree: evidence that answers the same question with another number, date or name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from bot.answering.comparison.asked import Question, analysed
from bot.answering.comparison.measured import may_be_same, other_quantity, stands_in
from bot.answering.comparison.named import other_name
from bot.answering.comparison.statement import Statement
from index.english.quantities.extract import quantities
from index.types import Evidence

MOST_OTHERS = 2  # further documents whose other value is shown
# Sentences of each other document that are compared, the most probable ones. The reader rates a sentence by how well it
# answers next to others; whether it says the same or not, its rank in its own document is a steadier sign.
SENTENCES_COMPARED = 2


@dataclass(frozen=True, slots=True)
class Differing:
    """Two pieces of evidence from different documents, and the values that they answer with, as written."""

    best: Evidence
    other: Evidence
    values: tuple[str, str]


def disagreeing(question: str, evidence: Sequence[Evidence], threshold: float) -> list[Differing]:
    """Return the evidence that answers with another value than the best does, at most one piece a document.

    `evidence` is ranked. If the best is below the threshold (0 to 1), there is no answer to disagree with. A document
    whose compared sentences have both values disagrees with nobody.
    """
    if not evidence or evidence[0].probability < threshold:
        return []
    best = evidence[0]
    asked, statement = analysed(question), statement_of(best)
    found: list[Differing] = []
    for document in dict.fromkeys(one.passage.document for one in evidence):
        if document == best.passage.document or len(found) == MOST_OTHERS:
            continue
        for other in _compared(evidence, document):
            values = other_value(asked, statement, statement_of(other))
            if values is not None:
                knows_both = _says(_compared(evidence, document), other, values[0])
                if not (knows_both or _says(_compared(evidence, best.passage.document), best, values[1])):
                    found.append(Differing(best, other, values))
                break
    return found


def statement_of(evidence: Evidence) -> Statement:
    """Return a piece of evidence as a statement: its sentences on one line, with the passage before and above them."""
    passage = evidence.passage
    texts = (passage.text_of(span) for span in evidence.spans)
    before = passage.text[: evidence.spans[0].start - passage.start]
    label = f"{passage.title}\n{passage.heading or ''}"
    return Statement(tuple(" ".join(text.split()) for text in texts), label, " ".join(before.split()))


def other_value(question: Question, one: Statement, other: Statement) -> tuple[str, str] | None:
    """Return the values that two statements answer the question with, if both cannot be true; else None."""
    if question.kind in ("number", "date"):
        return other_quantity(question, one, other)
    if question.kind == "thing" and question.words:
        return other_quantity(question, one, other) or other_name(question, one, other)
    return other_name(question, one, other) if question.kind in ("person", "place") else None


def _compared(evidence: Sequence[Evidence], document: str) -> list[Evidence]:
    return [one for one in evidence if one.passage.document == document][:SENTENCES_COMPARED]


def _says(evidence: Iterable[Evidence], without: Evidence, value: str) -> bool:
    """True if other evidence of a document says a value: as written, or as a quantity that may be the same."""
    wanted = quantities(value)
    texts = [statement_of(one).last for one in evidence if one is not without]
    return any(
        stands_in(value, text) or any(may_be_same(*pair) for pair in product(wanted, quantities(text)))
        for text in texts
    )
