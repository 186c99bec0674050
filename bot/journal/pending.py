"""What the journal has been given and has not written yet."""

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
    """What waits at one moment, oldest first: entries, the messages of answers by reference, and ratings."""

    entries: tuple[JournalEntry, ...]
    messages: tuple[tuple[str, tuple[int, ...]], ...]
    ratings: tuple[Rating, ...]

    def __bool__(self) -> bool:
        return bool(self.entries or self.messages or self.ratings)


class Waiting:
    """Entries, messages and ratings that wait, at most `most` of each: above that the oldest is dropped.

    Safe from several threads; nobody waits for more than a look into a table.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._entries: dict[str, JournalEntry] = {}
        self._messages: dict[str, tuple[int, ...]] = {}
        self._ratings: dict[tuple[str, int], Rating] = {}
        self._forgotten: dict[int, float] = {}  # when each person was
        self._gone: dict[str, None] = {}  # the references of what was forgotten, the latest
        self._is_dropping = False

    def __len__(self) -> int:
        return len(self._entries) + len(self._messages) + len(self._ratings)

    def add_entry(self, entry: JournalEntry) -> None:
        """Take an entry; not one that was asked before its asker was forgotten and is answered only now.

        Nor "Search wider" on an entry that was forgotten meanwhile; and of what follows on one, only what was asked.
        """
        with self._lock:
            if entry.asked_at <= self._forgotten.get(entry.asker, float("-inf")):
                return
            if entry.previous in self._gone:
                if entry.surface == "wider":
                    return
                entry = replace(entry, searched=entry.question)
            self._add(self._entries, entry.reference, entry)

    def add_messages(self, reference: str, messages: tuple[int, ...]) -> None:
        """Take the messages that carry an answer."""
        with self._lock:
            self._add(self._messages, reference, messages)

    def add_rating(self, rating: Rating) -> None:
        """Take a rating, in the place of the person's earlier one; see `journal_rows.put_rating`."""
        with self._lock:
            earlier = self._ratings.get((rating.reference, rating.person))
            is_silent = not (rating.helpful or rating.wrong or rating.right)
            if earlier is None or earlier.helpful or not is_silent:
                self._add(self._ratings, (rating.reference, rating.person), rating)

    def entry(self, reference: str) -> JournalEntry | None:
        """The entry of that reference, if it waits."""
        with self._lock:
            return self._entries.get(reference)

    def reference_of(self, message: int) -> str | None:
        """The reference of the answer that a message carries, if that waits to be written."""
        with self._lock:
            return next((reference for reference, those in self._messages.items() if message in those), None)

    def batch(self) -> Batch:
        """All that waits."""
        with self._lock:
            return Batch(tuple(self._entries.values()), tuple(self._messages.items()), tuple(self._ratings.values()))

    def written(self, batch: Batch) -> None:
        """Let go of what has been written, unless it has been replaced since."""
        with self._lock:
            self._is_dropping = False
            for entry in batch.entries:
                _let_go(self._entries, entry.reference, entry)
            for reference, messages in batch.messages:
                _let_go(self._messages, reference, messages)
            for rating in batch.ratings:
                _let_go(self._ratings, (rating.reference, rating.person), rating)

    def forget_from_now(self, person: int) -> None:
        """Take no entry of theirs any more that was asked until now."""
        with self._lock:
            self._forgotten[person] = time.time()

    def forget(self, person: int, references: Collection[str]) -> set[str]:
        """Let go of a person's entries and ratings, and of all that belongs to `references`; those of the entries.

        What came of "Search wider" on a forgotten entry goes with it, whoever pressed it; of what follows on one, how
        it was searched.
        """
        gone, after = set(references), set(references)
        with self._lock:
            for key, entry in list(self._entries.items()):
                if entry.asker == person or (entry.surface == "wider" and entry.previous in gone):
                    gone.add(key)
                if entry.previous in after or key in gone:
                    after.add(key)
                    self._entries[key] = replace(entry, searched=entry.question)
            self._gone |= dict.fromkeys(gone)
            while len(self._gone) > self._most:
                self._gone.pop(next(iter(self._gone)))
            self._entries = {key: entry for key, entry in self._entries.items() if key not in gone}
            self._messages = {key: messages for key, messages in self._messages.items() if key not in gone}
            self._ratings = {
                key: rating for key, rating in self._ratings.items() if key[0] not in gone and key[1] != person
            }
        return gone

    def _add(self, table: dict[Key, Value], key: Key, value: Value) -> None:
        table.pop(key, None)
        table[key] = value
        if len(table) > self._most:
            table.pop(next(iter(table)))
            if not self._is_dropping:
                log.error("more than %d journal entries wait to be written: the oldest are dropped", self._most)
            self._is_dropping = True


def _let_go(table: dict[Key, Value], key: Key, value: Value) -> None:
    if table.get(key) is value:
        del table[key]
