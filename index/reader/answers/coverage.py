"""The share of a question's telling words that stands in a passage, each weighed by how rare it is in English.

The weights come from a fixed table and not from the documents at hand, so that a passage's score does not depend on how
many other documents there are.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from index.english.questions import kind_of
from index.english.stemming import stems, telling_stems
from index.reader.answers.topics import topic_of

_VALUES = frozenset({"number", "date", "reason", "means"})
TABLE = Path(__file__).parents[1] / "weights" / "term_weights.json.gz"


@dataclass(frozen=True, slots=True)
class TermWeights:
    """Weights of words: the logarithm of how few passages hold their stem; `unknown` for all others."""

    known: Mapping[str, float]
    unknown: float

    def of(self, stem: str) -> float:
        """Return the weight of a stem, above 0."""
        return self.known.get(stem, self.unknown)


@lru_cache(maxsize=1)
def term_weights() -> TermWeights:
    """Return the table of English, loaded once."""
    stored = json.loads(gzip.decompress(TABLE.read_bytes()))
    return TermWeights(stored["known"], stored["unknown"])


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """A question's telling stems with their weights (in order), its neighbouring pairs of stems, and its `text`.

    `topic` are the telling stems of what it asks for anything about; empty for all but such questions. `asks_for_value`
    is true where it asks for a number, a date, a reason or a way, which the name of its subject does not answer.
    """

    weights: Mapping[str, float]
    pairs: frozenset[tuple[str, str]]
    topic: frozenset[str] = frozenset()
    asks_for_value: bool = False
    text: str = ""

    @classmethod
    def of(cls, question: str) -> QuestionWords:
        """Return the words of a question."""
        table = term_weights()
        weights = {stem: table.of(stem) for stem in telling_stems(question)}
        pairs = frozenset(pairwise(stems(question)))
        return cls(weights, pairs, topic_of(question), kind_of(question) in _VALUES, question)

    def covered(self, *others: Collection[str]) -> float:
        """Return the weighted share (0 to 1) of the question's stems that stand in any of the others."""
        total = sum(self.weights.values())
        found = (weight for stem, weight in self.weights.items() if any(stem in other for other in others))
        return sum(found) / total if total else 0.0
