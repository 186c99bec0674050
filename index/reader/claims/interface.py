"""The interface of everything that judges claims: `SupportScorer` and its result, `Support`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from index.types import Passage, Span

LONGER_QUOTE = 0.02  # the gain in probability that each further sentence of a quote must bring


@dataclass(frozen=True, slots=True)
class Support:
    """The probabilities (0 to 1, together 1) that a passage supports a claim, contradicts it, or does neither.

    `spans` are the consecutive sentences of the passage that this rests on, in document offsets, at least one.
    `reason` names the difference between claim and sentences in a few words (such as "the documents say “6”, the
    message says “8”"); it is empty if none can be named. `contradicts` is 0 for a difference that cannot be named.
    """

    supports: float
    contradicts: float
    silent: float
    spans: tuple[Span, ...]
    reason: str

    @property
    def strength(self) -> float:
        """Return the higher of both probabilities, a little less for each further sentence that the quote needs."""
        return max(self.supports, self.contradicts) - LONGER_QUOTE * (len(self.spans) - 1)


class SupportScorer(Protocol):
    """Compares claims with passages."""

    @property
    def name(self) -> str:
        """Return the name that `status` shows."""

    def support(self, claim: str, passages: Sequence[Passage]) -> list[Support]:
        """Return one `Support` for each passage, which has at least one sentence. The claim must stand alone."""
