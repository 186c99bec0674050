"""The journal: what was asked in Discord, the answers, and how people rated them, kept for some days.

Nobody waits for the file. A new entry goes into memory, can be read from there at once, and is written to a SQLite file
by a thread. While that file is locked or its disk is full, everything waits in memory.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot.errors import JournalError
from bot.journal.pending import Pending
from bot.journal.rows import ENTRY_QUERY, RATING_QUERY, Rating, delete_person, entry_of, rating_of, seconds_of
from bot.journal.sqlite_file import UNUSABLE, JournalFile, is_damage, problem_of
from bot.journal.unanswered import unanswered_entries
from bot.journal.writer import JournalWriter, oldest_kept
from bot.types import JournalEntry

JOURNAL = "journal.sqlite"  # in the data folder
MOST_PENDING = 10_000

log = logging.getLogger(__name__)


class Journal:
    """The journal in a data folder, with a thread that writes it. Safe to use from several threads.

    `keep`, `set_messages` and `rate` return at once and never raise. All other methods read or write the file: they may
    take a while, and raise `JournalError` if the file can't be used. Nothing older than `days` is returned. Only one
    process at a time should use a journal: `forget` can't reach what waits in another one's memory.
    """

    def __init__(self, data: Path, days: int) -> None:
        self._days = days
        self._file = JournalFile(data / JOURNAL)
        self._pending = Pending(MOST_PENDING)
        self._writer = JournalWriter(self._file, self._pending, days)

    def close(self, *, patience: float = 5.0) -> None:
        """Write what is pending, for at most `patience` seconds, and stop."""
        self._writer.close(patience)

    @property
    def unwritten(self) -> int:
        """Return the number of entries, messages and ratings that are not in the file yet."""
        return len(self._pending)

    # Writing

    def keep(self, entry: JournalEntry) -> None:
        """Store an entry. It replaces one with the same reference."""
        self._pending.add_entry(entry)
        self._writer.wake()
        if self._writer.is_closed:
            log.error("journal entry %s is lost: the journal has been closed", entry.reference)

    def set_messages(self, reference: str, messages: Sequence[int]) -> None:
        """Store which Discord messages show the answer of an entry. Does nothing for an unknown entry."""
        self._pending.add_messages(reference, tuple(messages))
        self._writer.wake()

    def rate(self, reference: str, person: int, *, helpful: bool, wrong: str = "", right: str = "") -> None:
        """Store a person's rating of an answer: it replaces an earlier one. `wrong` and `right` are their words."""
        self._pending.add_rating(Rating(reference, person, helpful, wrong, right, time.time()))
        self._writer.wake()

    # Reading. Memory is read before the file: an entry leaves memory only after it is written.

    def entry(self, reference: str) -> JournalEntry | None:
        """Return the entry with this reference; None if it is unknown, expired or forgotten."""
        pending = self._pending.entry(reference)
        if pending is not None:
            return pending if pending.question.asked_at >= oldest_kept(self._days) else None
        found = self._entries("WHERE reference = ? AND asked_at >= ?", (reference, oldest_kept(self._days)))
        return found[0] if found else None

    def entry_of_message(self, message: int) -> JournalEntry | None:
        """Return the entry whose answer a Discord message shows."""
        reference = self._pending.reference_of(message)
        if reference is None:
            rows = self._rows("SELECT reference FROM message WHERE id = ?", (message,))
            reference = rows[0][0] if rows else None
        return None if reference is None else self.entry(reference)

    def messages_of(self, reference: str) -> tuple[int, ...]:
        """Return the Discord messages that show the answer of an entry, oldest first."""
        pending = dict(self._pending.batch().messages).get(reference)
        if pending is not None:
            return pending
        rows = self._rows("SELECT id FROM message WHERE reference = ? ORDER BY id", (reference,))
        return tuple(message for (message,) in rows)

    def conversation(self, reference: str, limit: int) -> list[JournalEntry]:
        """Return an entry and those that it follows up, oldest first: the last `limit`, up to the first missing one."""
        found: dict[str, JournalEntry] = {}
        wanted: str | None = reference
        while wanted is not None and wanted not in found and len(found) < limit:
            entry = self.entry(wanted)
            if entry is None:
                break
            found[wanted] = entry
            wanted = entry.question.previous
        return list(found.values())[::-1]

    def last_in(self, channel: int, since: float) -> JournalEntry | None:
        """Return the newest entry of a channel that is not private and was asked at `since` or later."""
        found = self._newest(
            lambda entry: entry.question.channel == channel and not entry.question.private,
            "WHERE channel = ? AND NOT private AND asked_at >= ? ORDER BY asked_at DESC, number DESC LIMIT 1",
            (channel,),
            since,
        )
        return found[0] if found else None

    def continued_in(self, reference: str, channel: int) -> int | None:
        """Return the channel, other than `channel`, of the newest follow-up to an entry; None if there is none."""

        def is_elsewhere(entry: JournalEntry) -> bool:
            question = entry.question
            return question.previous == reference and question.channel != channel and not question.private

        found = self._newest(
            is_elsewhere,
            "WHERE previous = ? AND channel != ? AND NOT private AND asked_at >= ? "
            "ORDER BY asked_at DESC, number DESC LIMIT 1",
            (reference, channel),
            0.0,
        )
        return found[0].question.channel if found else None

    def unanswered(self, server: int, since: float) -> list[JournalEntry]:
        """Return a server's questions since then that found no answer, newest first; see `unanswered_entries`."""
        found = self._newest(
            lambda entry: (
                entry.question.server == server
                and (entry.abstained or bool(entry.unanswered) or entry.question.surface == "wider")
            ),
            "WHERE server = ? AND (abstained OR surface = 'wider' OR json_array_length(body, '$.unanswered') > 0) "
            "AND asked_at >= ? ORDER BY asked_at DESC, number DESC",
            (server,),
            since,
        )
        return unanswered_entries(found)

    def ratings(self, reference: str) -> list[Rating]:
        """Return the ratings of an answer, sorted by person."""
        pending = self._pending.batch().ratings
        if self.entry(reference) is None:
            return []
        found = [rating_of(row) for row in self._rows(f"{RATING_QUERY} WHERE reference = ?", (reference,))]
        found += [rating for rating in pending if rating.reference == reference]
        return [rating for _, rating in sorted({rating.person: rating for rating in found}.items())]

    def latencies(self, *, count: int = 200) -> list[float]:
        """Return how many seconds the last `count` askers waited for their answers, newest first."""
        oldest = oldest_kept(self._days)
        pending = {
            entry.reference: (entry.question.asked_at, seconds_of(entry))
            for entry in self._pending.batch().entries
            if entry.question.asked_at >= oldest
        }
        rows = self._rows(
            "SELECT reference, asked_at, seconds FROM entry WHERE asked_at >= ? ORDER BY asked_at DESC LIMIT ?",
            (oldest, count),
        )
        found = {reference: (asked_at, seconds) for reference, asked_at, seconds in rows} | pending
        return [seconds for _, seconds in sorted(found.values(), reverse=True)[:count]]

    # Erasing

    def forget(self, person: int) -> int:
        """Erase a person's questions with their answers, and the person's ratings, from memory and from the disk.

        Return the number of entries that were erased. The results of "Search wider" on their questions are erased too,
        and so are damaged files that were set aside: nobody can tell whose words are in them. Raises `JournalError` if
        not everything could be erased.
        """
        self._pending.forget_from_now(person)
        try:
            try:
                return self._forget(person)
            except sqlite3.Error as error:
                if not is_damage(error):
                    raise
                return self._forget(person)  # the damaged file is set aside now, and is deleted with the others
        except UNUSABLE as error:
            raise JournalError(f"{self._file.path} could not be cleared: {problem_of(error)}; try again") from error

    def _forget(self, person: int) -> int:
        with self._file.held():  # so that nothing of theirs is written in between
            with self._file.writing() as connection:
                references = delete_person(connection, person)
            references = self._pending.forget(person, references)
            self._file.compact()
            for path in self._file.damaged_copies():
                path.unlink()
        return len(references)

    def delete_expired(self) -> None:
        """Delete what is older than `days`; see `JournalWriter.delete_expired`. It also runs every hour by itself."""
        self._writer.delete_expired()

    # The file

    def _newest(
        self, is_wanted: Callable[[JournalEntry], bool], condition: str, values: Sequence[object], since: float
    ) -> list[JournalEntry]:
        """Return the entries since then, pending or in the file, newest first.

        `is_wanted` selects pending entries, `condition` those in the file. The last value of the condition is the time.
        Of entries that were asked at the same time, the one that was stored last comes first.
        """
        since = max(since, oldest_kept(self._days))
        pending = self._pending.batch().entries[::-1]
        found = {entry.reference: entry for entry in pending if entry.question.asked_at >= since and is_wanted(entry)}
        for entry in self._entries(condition, (*values, since)):
            found.setdefault(entry.reference, entry)
        return sorted(found.values(), key=lambda entry: -entry.question.asked_at)

    def _entries(self, condition: str, values: Sequence[object]) -> list[JournalEntry]:
        try:
            return [entry_of(row) for row in self._rows(f"{ENTRY_QUERY} {condition}", values)]
        except (ValueError, KeyError, TypeError) as error:
            raise JournalError(f"{self._file.path} holds an entry that can't be read ({error!r})") from error

    def _rows(self, statement: str, values: Sequence[object]) -> list[Any]:
        try:
            return self._file.rows(statement, values)
        except UNUSABLE as error:
            raise JournalError(f"{self._file.path} can't be read: {problem_of(error)}") from error
