"""Journal entries to test with."""

from __future__ import annotations

import itertools
from dataclasses import fields, replace
from typing import Any

from bot.blocks import AnswerBlock
from bot.types import Citation, JournalEntry, Question, Source, Timings

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
    question = Question(
        text="Who builds it?",
        asker=111_222_333_444_555_666,
        server=222_333_444_555_666_777,
        channel=333_444_555_666_777_888,
        surface="command",
        previous="sample_first",
        reference=f"sample{next(_numbers):06}",
    )
    whole = JournalEntry(
        question=question,
        searched="Who builds the heron's nest?",
        outcome="answered",
        blocks=(AnswerBlock("paragraph", "Its nest is built by both parents.", 1),),
        sources=(SOURCE,),
        confidence=0.875,
        threshold=0.5,
        folders=("birds", ""),
        generation=7,
        timings=Timings(retrieve=0.1, read=0.2, write=0.3, total=0.625),
        waited=0.375,
    )
    return changed(whole, **changes)


def changed(entry: JournalEntry, **changes: Any) -> JournalEntry:
    """The entry with other values; those of its question by their own names (`text`, `asker`, …)."""
    names = {one.name for one in fields(Question)}
    of_question = {name: value for name, value in changes.items() if name in names}
    of_entry = {name: value for name, value in changes.items() if name not in names}
    return replace(entry, question=replace(entry.question, **of_question), **of_entry)


def abstention(question: str, **changes: Any) -> JournalEntry:
    """A question that found no answer."""
    unanswered = {"text": question, "searched": question, "outcome": "nothing", "blocks": (), "previous": None}
    return sample(**{**unanswered, **changes})
