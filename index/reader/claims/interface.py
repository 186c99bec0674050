"""What judges whether documents bear a claim out: the one interface behind which claims are checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from index.types import Passage, Span

LONGER_QUOTE = 0.02  # how much surer a quote must be for each further sentence that it needs


@dataclass(frozen=True, slots=True)
class Support:
    """What one passage says of a claim: probabilities (together 1) that it supports it, contradicts it, or neither.

    `spans` are the consecutive sentences of the passage that this rests on, in document offsets, at least one.
    `reason` says in a few words what claim and sentences differ in (such as "the documents say “6”, the message says
    “8”"); empty where nothing can be named. A contradiction that can't be named is none: `contradicts` is then 0.
    """

    supports: float
    contradicts: float
    silent: float
    spans: tuple[Span, ...]
    reason: str

    @property
    def strength(self) -> float:
        """How surely it says something of the claim, either way; of two that are as sure, in fewer sentences."""
        return max(self.supports, self.contradicts) - LONGER_QUOTE * (len(self.spans) - 1)


class SupportScorer(Protocol):
    """Compares claims with passages."""

    @property
    def name(self) -> str:
        """What `status` calls it."""

    def support(self, claim: str, passages: Sequence[Passage]) -> list[Support]:
        """For each passage, of at least one sentence, what it says of the claim, a sentence that stands alone."""
