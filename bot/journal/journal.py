"""The journal: what was asked in Discord and answered, and what people said of the answers, kept for some days.

Nobody waits for it to be written: what is kept goes into memory, is seen from there at once, and a thread writes it to
a SQLite file. While that file is locked or its disk is full, everything waits in memory.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot.errors import JournalError
from bot.journal.pending import Waiting
from bot.journal.rows import (
    ENTRY_QUERY,
    RATING_QUERY,
    Rating,
    delete_person,
    entry_of,
    put_entry,
    put_messages,
    put_rating,
    rating_of,
    seconds_of,
)
from bot.journal.sqlite_file import UNUSABLE, JournalFile, in_words, is_damage
from bot.types import JournalEntry

JOURNAL = "journal.sqlite"  # in the data folder
MOST_WAITING = 10_000
DAY = 86_400.0
HOUR = 3_600.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 10.0  # seconds between attempts to write
SILENCE = 60.0  # seconds between two complaints about the file

# What is wrong with a value; all else is wrong with the file.
NOT_STORABLE = (
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    ValueError,
    TypeError,
    OverflowError,
)

log = logging.getLogger(__name__)


class Journal:
    """The journal in a data folder, with a thread that writes it. Safe from several threads.

    `keep`, `set_messages` and `rate` return at once and never raise. All else reads or writes the file: it may take a
    while and raises `JournalError` where the file can't be used. Nothing older than `days` is returned. Only one
    process at a time should write to a journal: what waits in another's memory, `forget` can't reach.
    """

    def __init__(self, data: Path, days: int) -> None:
        self._days = days
        self._file = JournalFile(data / JOURNAL)
        self._waiting = Waiting(MOST_WAITING)
        self._wake, self._closing, self._given_up = threading.Event(), threading.Event(), threading.Event()
        self._complained = self._expired = self._compacted = float("-inf")
        self._has_leftovers = False
        try:
            self._file.opened()
        except UNUSABLE as error:
            self._complain(self._not_written(error))
        self._thread = threading.Thread(target=self._write_on, name="journal", daemon=True)
        self._thread.start()

    def close(self, patience: float = 5.0) -> None:
        """Write what waits, for at most `patience` seconds, and end."""
        self._closing.set()
        self._wake.set()
        self._thread.join(patience)
        self._given_up.set()
        if len(self._waiting):
            log.error("%d journal entries and ratings could not be written and are lost", len(self._waiting))

    # Keeping

    def keep(self, entry: JournalEntry) -> None:
        """Keep an entry, in the place of one with the same reference."""
        self._waiting.add_entry(entry)
        self._wake.set()
        if self._given_up.is_set():
            log.error("journal entry %s is lost: the journal has been closed", entry.reference)

    def set_messages(self, reference: str, messages: Sequence[int]) -> None:
        """Keep which Discord messages carry the answer of an entry; nothing for an entry that isn't kept."""
        self._waiting.add_messages(reference, tuple(messages))
        self._wake.set()

    def rate(self, reference: str, person: int, helpful: bool, wrong: str = "", right: str = "") -> None:
        """Keep what a person thinks of an answer; the last rating of each counts."""
        self._waiting.add_rating(Rating(reference, person, helpful, wrong, right, time.time()))
        self._wake.set()

    # Reading. What waits is looked at before the file: it leaves memory only when it is in there.

    def entry(self, reference: str) -> JournalEntry | None:
        """The entry of that reference; None where it has expired or was forgotten."""
        waiting = self._waiting.entry(reference)
        if waiting is not None:
            return waiting if waiting.asked_at >= self._oldest() else None
        found = self._entries("WHERE reference = ? AND asked_at >= ?", (reference, self._oldest()))
        return found[0] if found else None

    def entry_of_message(self, message: int) -> JournalEntry | None:
        """The entry whose answer a Discord message carries."""
        reference = self._waiting.reference_of(message)
        if reference is None:
            rows = self._rows("SELECT reference FROM message WHERE id = ?", (message,))
            reference = rows[0][0] if rows else None
        return None if reference is None else self.entry(reference)

    def messages_of(self, reference: str) -> tuple[int, ...]:
        """The Discord messages that carry the answer of an entry, oldest first."""
        waiting = dict(self._waiting.batch().messages).get(reference)
        if waiting is not None:
            return waiting
        return tuple(
            number for (number,) in self._rows("SELECT id FROM message WHERE reference = ? ORDER BY id", (reference,))
        )

    def conversation(self, reference: str, limit: int) -> list[JournalEntry]:
        """The entry and those that it follows on, oldest first: the last `limit`, back to the first that is missing."""
        found: dict[str, JournalEntry] = {}
        following: str | None = reference
        while following is not None and following not in found and len(found) < limit:
            entry = self.entry(following)
            if entry is None:
                break
            found[following] = entry
            following = entry.previous
        return list(found.values())[::-1]

    def last_in(self, channel: int, since: float) -> JournalEntry | None:
        """The newest entry of a channel that is not private and was asked at `since` or later."""
        found = self._newest(
            lambda entry: entry.channel == channel and not entry.private,
            "WHERE channel = ? AND NOT private AND asked_at >= ? ORDER BY asked_at DESC, number DESC LIMIT 1",
            (channel,),
            since,
        )
        return found[0] if found else None

    def continued_in(self, reference: str, channel: int) -> int | None:
        """The channel, another than `channel`, in which the newest question that follows on an entry was answered."""
        found = self._newest(
            lambda entry: entry.previous == reference and entry.channel != channel and not entry.private,
            "WHERE previous = ? AND channel != ? AND NOT private AND asked_at >= ? ORDER BY asked_at DESC LIMIT 1",
            (reference, channel),
            0.0,
        )
        return found[0].channel if found else None

    def unanswered(self, server: int, since: float) -> list[JournalEntry]:
        """A server's questions since then that found no answer, newest first.

        Left out are private ones, and those that "Search wider" has answered since. A "Search wider" without an answer
        is the same question again: it stands for itself only where the entry that it was pressed on is not there.
        """
        found = self._newest(
            lambda entry: entry.server == server and (entry.abstained or entry.surface == "wider"),
            "WHERE server = ? AND (abstained OR surface = 'wider') AND asked_at >= ? "
            "ORDER BY asked_at DESC, number DESC",
            (server,),
            since,
        )
        by_reference = {entry.reference: entry for entry in found}
        answered: set[str | None] = set()
        for entry in found:
            step = None if entry.abstained else entry
            while step is not None and step.surface == "wider" and step.previous not in answered:
                answered.add(step.previous)
                step = by_reference.get(step.previous or "")
        known = answered | by_reference.keys()
        return [
            entry
            for entry in found
            if entry.abstained
            and not entry.private
            and entry.reference not in answered
            and not (entry.surface == "wider" and entry.previous in known)
        ]

    def ratings(self, reference: str) -> list[Rating]:
        """What people think of an answer, by person."""
        waiting = self._waiting.batch().ratings
        if self.entry(reference) is None:
            return []
        found = [rating_of(row) for row in self._rows(f"{RATING_QUERY} WHERE reference = ?", (reference,))]
        found += [rating for rating in waiting if rating.reference == reference]
        return [one for _, one in sorted({rating.person: rating for rating in found}.items())]

    def latencies(self, count: int = 200) -> list[float]:
        """How many seconds the latest askers waited for their answers, newest first."""
        waiting = {
            entry.reference: (entry.asked_at, seconds_of(entry))
            for entry in self._waiting.batch().entries
            if entry.asked_at >= self._oldest()
        }
        rows = self._rows(
            "SELECT reference, asked_at, seconds FROM entry WHERE asked_at >= ? ORDER BY asked_at DESC LIMIT ?",
            (self._oldest(), count),
        )
        found = {reference: (asked_at, seconds) for reference, asked_at, seconds in rows} | waiting
        return [seconds for _, seconds in sorted(found.values(), reverse=True)[:count]]

    # Erasing

    def forget(self, person: int) -> int:
        """Erase what a person asked, with its answers, and how they rated others, from memory and from the disk.

        How many entries that were. What "Search wider" came to on theirs goes too. Files that were set aside as damaged
        are deleted: nobody can tell what is in them. Raises `JournalError` where it can't be done, or not all of it.
        """
        self._waiting.forget_from_now(person)
        try:
            try:
                return self._forget(person)
            except sqlite3.Error as error:
                if not is_damage(error):
                    raise
                return self._forget(person)  # the damaged file has been set aside, and is deleted with the others
        except UNUSABLE as error:
            raise JournalError(f"{self._file.path} could not be cleared: {in_words(error)}; try again") from error

    def _forget(self, person: int) -> int:
        with self._file.held():  # so that nothing of theirs is being written meanwhile
            with self._file.writing() as connection:
                references = delete_person(connection, person)
            references = self._waiting.forget(person, references)
            self._file.compact()
            for path in self._file.set_aside():
                path.unlink()
        return len(references)

    def expire(self) -> None:
        """Delete what is older than `days`. The file is written anew at most once a day."""
        try:
            with self._file.writing() as connection:
                deleted = connection.execute("DELETE FROM entry WHERE asked_at < ?", (self._oldest(),)).rowcount
            self._has_leftovers |= deleted > 0
            if self._has_leftovers and time.monotonic() >= self._compacted + DAY:
                self._file.compact()
                self._has_leftovers, self._compacted = False, time.monotonic()
            for path in self._file.set_aside():
                if path.stat().st_mtime < self._oldest():
                    path.unlink()
        except UNUSABLE as error:
            raise JournalError(
                f"what has expired could not be cleared from {self._file.path}: {in_words(error)}"
            ) from error

    # The file

    def _oldest(self) -> float:
        return time.time() - self._days * DAY

    def _newest(
        self, wanted: Callable[[JournalEntry], bool], condition: str, values: Sequence[object], since: float
    ) -> list[JournalEntry]:
        """The entries since then that wait or match `condition`, whose last value is that time; newest first."""
        since = max(since, self._oldest())
        waiting = [entry for entry in self._waiting.batch().entries if entry.asked_at >= since and wanted(entry)]
        found = {entry.reference: entry for entry in self._entries(condition, (*values, since))}
        found |= {entry.reference: entry for entry in waiting}
        return sorted(found.values(), key=lambda entry: -entry.asked_at)

    def _entries(self, condition: str, values: Sequence[object]) -> list[JournalEntry]:
        try:
            return [entry_of(row) for row in self._rows(f"{ENTRY_QUERY} {condition}", values)]
        except (ValueError, KeyError, TypeError) as error:
            raise JournalError(f"{self._file.path} holds an entry that can't be read ({error!r})") from error

    def _rows(self, statement: str, values: Sequence[object]) -> list[Any]:
        try:
            return self._file.rows(statement, values)
        except UNUSABLE as error:
            raise JournalError(f"{self._file.path} can't be read: {in_words(error)}") from error

    # The thread

    def _write_on(self) -> None:
        pause = FIRST_PAUSE
        while not self._given_up.is_set():
            self._wake.clear()
            if not self._writes_waiting():
                if self._closing.wait(pause):
                    self._given_up.wait(FIRST_PAUSE)
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            pause = FIRST_PAUSE
            if not self._closing.is_set():
                self._expire_hourly()
                self._wake.wait(HOUR)
            elif not len(self._waiting):
                break
        self._file.close()

    def _writes_waiting(self) -> bool:
        """Write all that waits; whether that went well. What went wrong has been logged."""
        try:
            self._write_waiting()
        except (JournalError, *UNUSABLE) as error:
            self._complain(self._not_written(error))
            return False
        except Exception:
            log.exception("%s can't be written", self._file.path)
            return False
        return True

    def _write_waiting(self) -> None:
        with self._file.held():  # from here on, so that nobody is forgotten between the two
            batch = self._waiting.batch()
            if not batch:
                return
            with self._file.writing() as connection:
                for entry in batch.entries:
                    self._put(put_entry, connection, entry)
                for reference, messages in batch.messages:
                    self._put(put_messages, connection, reference, messages)
                for rating in batch.ratings:
                    self._put(put_rating, connection, rating)
            self._waiting.written(batch)

    def _put(self, write: Callable[..., None], connection: sqlite3.Connection, *values: object) -> None:
        """Write one thing; what SQLite can't take must not hold up the rest."""
        try:
            write(connection, *values)
        except NOT_STORABLE:
            log.exception("something that the journal was given can't be written and is dropped")

    def _expire_hourly(self) -> None:
        if time.monotonic() < self._expired + HOUR:
            return
        self._expired = time.monotonic()
        try:
            self.expire()
        except JournalError as error:
            self._complain(str(error))
        except Exception:
            log.exception("what has expired could not be cleared from the journal")

    def _complain(self, problem: str) -> None:
        """Log what is wrong with the file, unless that was done a short while ago."""
        if time.monotonic() >= self._complained + SILENCE:
            self._complained = time.monotonic()
            log.error("%s; %d entries and ratings wait in memory", problem, len(self._waiting))

    def _not_written(self, error: BaseException) -> str:
        return f"{self._file.path} can't be written: {in_words(error)}"
