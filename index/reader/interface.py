"""What a reader is: the one interface behind which sentences are scored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from index.types import FloatArray, Passage


class Reader(Protocol):
    """Gives each sentence of each passage the probability that it answers the question."""

    @property
    def name(self) -> str:
        """What `status` calls it."""

    def warm(self) -> None:
        """Load what reading needs, which else the first question does. Raises `ReaderError`."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[FloatArray]:
        """For each passage an array of one probability (0 to 1) a sentence, in the order of `passage.sentences`."""
