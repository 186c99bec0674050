"""The thread that writes the journal, retries while its file can't be written, and deletes what has expired."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable

from bot.errors import JournalError
from bot.journal.pending import Pending
from bot.journal.rows import put_entry, put_messages, put_rating
from bot.journal.sqlite_file import UNUSABLE, JournalFile, problem_of

DAY = 86_400.0  # seconds
HOUR = 3_600.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 10.0  # seconds between two attempts to write
COMPLAINT_INTERVAL = 60.0  # seconds between two log messages about the file

# Errors of a single value; all other errors concern the file.
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


def oldest_kept(days: int) -> float:
    """Return the time of the oldest entry that has not expired, in seconds since 1970."""
    return time.time() - days * DAY


class JournalWriter:
    """Writes what is pending to the file, in a thread of its own. Safe to use from several threads.

    Entries that are older than `days` are deleted every hour.
    """

    def __init__(self, file: JournalFile, pending: Pending, days: int) -> None:
        self._file = file
        self._pending = pending
        self._days = days
        self._wake, self._closing, self._given_up = threading.Event(), threading.Event(), threading.Event()
        self._complained = self._expired = self._compacted = float("-inf")
        self._has_leftovers = False
        try:
            self._file.opened()
        except UNUSABLE as error:
            self._complain(self._cannot_write(error))
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    @property
    def is_closed(self) -> bool:
        """True if nothing more is written."""
        return self._given_up.is_set()

    def wake(self) -> None:
        """Make the thread write now what is pending."""
        self._wake.set()

    def close(self, patience: float) -> None:
        """Write what is pending, for at most `patience` seconds, and stop."""
        self._closing.set()
        self._wake.set()
        self._thread.join(patience)
        self._given_up.set()
        if len(self._pending):
            log.error("%d journal entries and ratings could not be written and are lost", len(self._pending))

    def delete_expired(self) -> None:
        """Delete what is older than `days`, from the file at once and from its unused pages at most once a day.

        Raises `JournalError` if the file can't be used.
        """
        try:
            with self._file.writing() as connection:
                statement = "DELETE FROM entry WHERE asked_at < ?"
                deleted = connection.execute(statement, (oldest_kept(self._days),)).rowcount
            self._has_leftovers |= deleted > 0
            if self._has_leftovers and time.monotonic() >= self._compacted + DAY:
                self._file.compact()
                self._has_leftovers, self._compacted = False, time.monotonic()
            for path in self._file.damaged_copies():
                if path.stat().st_mtime < oldest_kept(self._days):
                    path.unlink()
        except UNUSABLE as error:
            raise JournalError(
                f"expired entries could not be deleted from {self._file.path}: {problem_of(error)}"
            ) from error

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._given_up.is_set():
            self._wake.clear()
            if not self._writes_pending():
                if self._closing.wait(pause):
                    self._given_up.wait(FIRST_PAUSE)
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            pause = FIRST_PAUSE
            if not self._closing.is_set():
                self._delete_expired_hourly()
                self._wake.wait(HOUR)
            elif not len(self._pending):
                break
        self._file.close()

    def _writes_pending(self) -> bool:
        """Write all that is pending. Return false, after logging the reason, if that failed."""
        try:
            self._write_pending()
        except (JournalError, *UNUSABLE) as error:
            self._complain(self._cannot_write(error))
            return False
        except Exception:
            log.exception("%s can't be written", self._file.path)
            return False
        return True

    def _write_pending(self) -> None:
        with self._file.held():  # from before the batch is taken, so that `forget` can't run in between
            batch = self._pending.batch()
            if not batch:
                return
            with self._file.writing() as connection:
                for entry in batch.entries:
                    self._put(put_entry, connection, entry)
                for reference, messages in batch.messages:
                    self._put(put_messages, connection, reference, messages)
                for rating in batch.ratings:
                    self._put(put_rating, connection, rating)
            self._pending.remove_written(batch)

    def _put(self, write: Callable[..., None], connection: sqlite3.Connection, *values: object) -> None:
        """Write one value. A value that SQLite refuses is logged and dropped, so that it does not block the others."""
        try:
            write(connection, *values)
        except NOT_STORABLE:
            log.exception("dropped a journal entry, message or rating that can't be written")

    def _delete_expired_hourly(self) -> None:
        if time.monotonic() < self._expired + HOUR:
            return
        self._expired = time.monotonic()
        try:
            self.delete_expired()
        except JournalError as error:
            self._complain(str(error))
        except Exception:
            log.exception("expired entries could not be deleted from the journal")

    def _complain(self, problem: str) -> None:
        """Log a problem with the file, unless another was logged a short while ago."""
        if time.monotonic() >= self._complained + COMPLAINT_INTERVAL:
            self._complained = time.monotonic()
            log.error("%s; %d entries and ratings wait in memory", problem, len(self._pending))

    def _cannot_write(self, error: BaseException) -> str:
        return f"{self._file.path} can't be written: {problem_of(error)}"
