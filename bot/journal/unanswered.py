"""Tell which questions are still without an answer. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.answering.question.parts import questions_in
from bot.types import JournalEntry


def unanswered_entries(entries: Sequence[JournalEntry]) -> list[JournalEntry]:
    """Return the abstentions among the entries that nothing has answered since, in the order given.

    Of a message with several questions there is an entry for each that has no answer: `searched` is that question.
    Private questions are left out, messages that ask nothing, and questions that "Search wider" has answered. A "Search
    wider" without an answer repeats a question: it is returned only if the entry that it was pressed on is not among
    `entries`.
    """
    by_reference = {entry.reference: entry for entry in entries}
    answered: set[str | None] = set()
    for entry in entries:
        step = None if entry.abstained else entry
        while step is not None and step.question.surface == "wider" and step.question.previous not in answered:
            answered.add(step.question.previous)
            step = by_reference.get(step.question.previous or "")
    known = answered | by_reference.keys()
    return [
        part
        for entry in entries
        if entry.note is None
        and not entry.question.private
        and entry.reference not in answered
        and not (entry.abstained and entry.question.surface == "wider" and entry.question.previous in known)
        for part in _unanswered_parts(entry)
    ]


def _unanswered_parts(entry: JournalEntry) -> list[JournalEntry]:
    """Return the entry for each question of its message that has no answer."""
    parts = questions_in(entry.searched) if entry.abstained else entry.unanswered
    return [entry] if entry.abstained and len(parts) == 1 else [replace(entry, searched=part) for part in parts]
