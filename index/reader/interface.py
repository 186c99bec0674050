"""The interface of a reader: it scores passages and their sentences against a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from index.types import FloatArray, Passage


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage read against a question.

    `score` (unbounded) orders the passages of one question. `probability` (0 to 1) says how likely the passage answers;
    nothing in it depends on the other passages. `shares` (0 to 1, shape (sentences,)) say how well each sentence
    answers, measured by the best one of the passage, which has 1; None where the sentences were not read.
    """

    score: float
    probability: float
    shares: FloatArray | None


class Reader(Protocol):
    """Reads passages against a question."""

    @property
    def name(self) -> str:
        """Return the name that `footnote status` shows."""

    def warm(self) -> None:
        """Load what reading needs, which else the first question does. Raises `ReaderError`."""

    def read(self, question: str, passages: Sequence[Passage], *, closely: int) -> list[Reading]:
        """Return a reading of each passage, in the order given; of the `closely` best ones with their sentences."""
