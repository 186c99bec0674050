"""Questions that ask for how things are now: of passages that answer, the one from the newest document comes first."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.reader.interface import Reading
from index.types import Passage

# A newer passage must be at least this sure, measured by the best one, to come before it.
NEARLY_AS_SURE = 0.6
_NOW = re.compile(
    r"\b(?:current(?:ly)?|latest|newest|most recent(?:ly)?|now|nowadays|today|these days|at the moment|at present|"
    r"this (?:year|month|week|season)|up[- ]to[- ]date|still)\b",
    re.IGNORECASE,
)


def asks_for_now(question: str) -> bool:
    """True for a question about how things are now, or about the latest of something."""
    return _NOW.search(question) is not None


def newest_first(
    passages: Sequence[Passage], readings: Sequence[Reading]
) -> tuple[tuple[Passage, ...], tuple[Reading, ...]]:
    """Return passages with their readings, those from newer documents first among the ones that are about as sure.

    Dates are compared as far as both are known: a year with a year. Where the best passage has no date, nothing moves.
    """
    if not passages or passages[0].date is None:
        return tuple(passages), tuple(readings)
    least = NEARLY_AS_SURE * readings[0].probability
    sure = [
        place
        for place, (passage, reading) in enumerate(zip(passages, readings, strict=True))
        if passage.date is not None and reading.probability >= least and reading.shares is not None
    ]
    newest = sorted(sure, key=lambda place: (passages[place].date or "", -place), reverse=True)
    order = [*newest, *(place for place in range(len(passages)) if place not in sure)]
    return tuple(passages[place] for place in order), tuple(readings[place] for place in order)
