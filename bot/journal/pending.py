"""Entries, messages and ratings that are not written to the journal's file yet."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.journal.rows import Rating
from bot.types import JournalEntry

Key = TypeVar("Key")
Value = TypeVar("Value")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """All that is pending at one moment, oldest first. `messages` are pairs of a reference and its message ids."""

    entries: tuple[JournalEntry, ...]
    messages: tuple[tuple[str, tuple[int, ...]], ...]
    ratings: tuple[Rating, ...]

    def __bool__(self) -> bool:
        return bool(self.entries or self.messages or self.ratings)


class Pending:
    """Entries, messages and ratings in memory, at most `most` of each: beyond that the oldest is dropped.

    Safe to use from several threads. No method does more than look into a table.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._entries: dict[str, JournalEntry] = {}
        self._messages: dict[str, tuple[int, ...]] = {}
        self._ratings: dict[tuple[str, int], Rating] = {}
        self._forgotten_at: dict[int, float] = {}  # by person
        self._erased: dict[str, None] = {}  # references of erased entries, the latest ones, in order
        self._has_reported_drop = False

    def __len__(self) -> int:
        return len(self._entries) + len(self._messages) + len(self._ratings)

    def add_entry(self, entry: JournalEntry) -> None:
        """Add an entry, unless its question was asked before the asker was forgotten.

        The result of "Search wider" on an erased entry is not added either. A follow-up to an erased entry is added
        without the text that was searched for, which may repeat words of that entry.
        """
        question = entry.question
        with self._lock:
            if question.asked_at <= self._forgotten_at.get(question.asker, float("-inf")):
                return
            if question.previous in self._erased:
                if question.surface == "wider":
                    return
                entry = replace(entry, searched=question.text)
            self._add(self._entries, entry.reference, entry)

    def add_messages(self, reference: str, messages: tuple[int, ...]) -> None:
        """Add the messages that show the answer of an entry."""
        with self._lock:
            self._add(self._messages, reference, messages)

    def add_rating(self, rating: Rating) -> None:
        """Add a rating. It replaces the person's earlier one, by the rules of `rows.put_rating`."""
        with self._lock:
            earlier = self._ratings.get((rating.reference, rating.person))
            is_silent = not (rating.helpful or rating.wrong or rating.right)
            if earlier is None or earlier.helpful or not is_silent:
                self._add(self._ratings, (rating.reference, rating.person), rating)

    def entry(self, reference: str) -> JournalEntry | None:
        """Return the pending entry with this reference."""
        with self._lock:
            return self._entries.get(reference)

    def reference_of(self, message: int) -> str | None:
        """Return the reference of the entry whose answer a message shows, if that is pending."""
        with self._lock:
            return next((reference for reference, ids in self._messages.items() if message in ids), None)

    def batch(self) -> Batch:
        """Return all that is pending."""
        with self._lock:
            return Batch(tuple(self._entries.values()), tuple(self._messages.items()), tuple(self._ratings.values()))

    def remove_written(self, batch: Batch) -> None:
        """Remove what has been written, unless it has been replaced since."""
        with self._lock:
            self._has_reported_drop = False
            for entry in batch.entries:
                _remove(self._entries, entry.reference, entry)
            for reference, messages in batch.messages:
                _remove(self._messages, reference, messages)
            for rating in batch.ratings:
                _remove(self._ratings, (rating.reference, rating.person), rating)

    def forget_from_now(self, person: int) -> None:
        """Refuse entries of a person that were asked before now."""
        with self._lock:
            self._forgotten_at[person] = time.time()

    def forget(self, person: int, references: Collection[str]) -> set[str]:
        """Remove a person's entries and ratings, and all that belongs to the entries in `references`.

        Return `references` with those of the entries that were removed here. The results of "Search wider" on a removed
        entry are removed too, whoever pressed it. Follow-ups lose the text that was searched for.
        """
        erased, follow_ups = set(references), set(references)
        with self._lock:
            for reference, entry in list(self._entries.items()):
                question = entry.question
                if question.asker == person or (question.surface == "wider" and question.previous in erased):
                    erased.add(reference)
                if question.previous in follow_ups or reference in erased:
                    follow_ups.add(reference)
                    self._entries[reference] = replace(entry, searched=question.text)
            self._erased |= dict.fromkeys(erased)
            while len(self._erased) > self._most:
                self._erased.pop(next(iter(self._erased)))
            self._entries = {key: entry for key, entry in self._entries.items() if key not in erased}
            self._messages = {key: messages for key, messages in self._messages.items() if key not in erased}
            self._ratings = {
                key: rating for key, rating in self._ratings.items() if key[0] not in erased and key[1] != person
            }
        return erased

    def _add(self, table: dict[Key, Value], key: Key, value: Value) -> None:
        table.pop(key, None)
        table[key] = value
        if len(table) > self._most:
            table.pop(next(iter(table)))
            if not self._has_reported_drop:
                log.error("more than %d journal entries are not written yet: the oldest are dropped", self._most)
            self._has_reported_drop = True


def _remove(table: dict[Key, Value], key: Key, value: Value) -> None:
    if table.get(key) is value:
        del table[key]
