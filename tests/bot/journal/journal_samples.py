"""Journal entries to test with."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace
from typing import Any

from bot.types import Citation, JournalEntry, Sentence, Source, Timings

_numbers = itertools.count(1)

SOURCE = Source(
    citation=Citation(
        number=1,
        document="birds/hérons.md",
        title="Herons",
        url="https://example.org/herons",
        page=3,
        heading="Nests",
        line=12,
        start=40,
        end=83,
        quote="Its nest is built by both parents.",
        score=0.875,
    ),
    before="It stands on one leg while it sleeps. ",
    after=" The young leave after eight weeks.",
    cut_before=True,
    cut_after=False,
    document_hash="0123456789abcdef" * 4,
)


def sample(**changes: Any) -> JournalEntry:
    """An entry that was asked a moment ago, with a reference of its own."""
    whole = JournalEntry(
        reference=f"sample{next(_numbers):06}",
        asked_at=time.time(),
        asker=111_222_333_444_555_666,
        server=222_333_444_555_666_777,
        channel=333_444_555_666_777_888,
        private=False,
        surface="command",
        question="Who builds it?",
        searched="Who builds the heron's nest?",
        abstained=False,
        sentences=(Sentence("Its nest is built by both parents.", (1,)),),
        sources=(SOURCE,),
        confidence=0.875,
        threshold=0.5,
        folders=("birds", ""),
        generation=7,
        timings=Timings(retrieve=0.1, read=0.2, write=0.3, total=0.625),
        waited=0.375,
        previous="sample_first",
        disagreements=(),
    )
    return replace(whole, **changes)


def abstention(question: str, **changes: Any) -> JournalEntry:
    """A question that found no answer."""
    unanswered = {"question": question, "searched": question, "abstained": True, "sentences": (), "previous": None}
    return sample(**{**unanswered, **changes})
