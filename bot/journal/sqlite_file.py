"""The SQLite file of the journal: written by one thread at a time, read by any, set aside if it is damaged.

It is in WAL mode, so readers don't wait for the writer. Errors are raised as they are (`UNUSABLE`), because the journal
retries; `problem_of` turns them into words.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock

from bot.errors import JournalError
from bot.journal.rows import SCHEMA, SCHEMA_VERSION
from index.errors import is_storage_full

OPENING_PATIENCE = 10.0  # seconds to wait for another process that is opening the file
LOCK_PATIENCE = 2.0  # seconds to wait for another process that is writing before an attempt fails
UNUSABLE = (sqlite3.Error, OSError)

log = logging.getLogger(__name__)


class JournalFile:
    """The file at `path`, created on first use. Raises `JournalError` if another version of Footnote wrote it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._identity = (0, 0)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let no other thread write until the end of the context."""
        with self._lock:
            yield

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Run a transaction. A damaged file is set aside, so that a second try uses a new one."""
        with self._lock:
            connection = self.opened()
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except BaseException as error:
                self._after(error, connection)
                raise

    def rows(self, statement: str, values: Sequence[object]) -> list[Any]:
        """Return the rows of a query, from any thread; none if there is no file yet."""
        if not self.path.exists():
            return []
        address = f"{self.path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=LOCK_PATIENCE)) as connection:
            if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
                return []
            return connection.execute(statement, values).fetchall()

    def compact(self) -> None:
        """Rewrite the file and empty its write-ahead log, so that their unused bytes hold nothing that was deleted.

        SQLite's `secure_delete` alone is not enough: rebalanced pages keep copies (seen with 3.40).
        """
        with self._lock:
            connection = self.opened()
            try:
                connection.execute("VACUUM")
                if connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                    raise TimeoutError(f"another program is reading {self.path}")
            except UNUSABLE as error:
                self._after(error, connection)
                raise

    def damaged_copies(self) -> list[Path]:
        """Return the damaged files that have been set aside."""
        return sorted(self.path.parent.glob(f"{self.path.stem}-damaged-*"))

    def close(self) -> None:
        """Close the file. The next use opens it again."""
        with self._lock:
            if self._connection is not None:
                with suppress(sqlite3.Error):
                    self._connection.close()
            self._connection = None

    def opened(self) -> sqlite3.Connection:
        """Return the connection for writing, opened if necessary. To be used inside `held`."""
        with self._lock:
            # Somebody may have moved the file away: nobody would ever read what is written to the old one.
            if self._connection is not None and self._identity != _identity(self.path):
                self.close()
            if self._connection is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with exclusive_opening(self.path):
                    try:
                        self._connection = self._prepared()
                    except sqlite3.Error as error:
                        if not is_damage(error):
                            raise
                        self._set_aside(error)
                        self._connection = self._prepared()
                self._identity = _identity(self.path)
            return self._connection

    def _prepared(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=LOCK_PATIENCE, check_same_thread=False)
        try:
            for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "secure_delete = ON", "foreign_keys = ON"):
                connection.execute(f"PRAGMA {pragma}")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if version == 0 and tables == 0:
                connection.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT")
            elif version != SCHEMA_VERSION:
                raise JournalError(
                    f"{self.path} was written by another version of Footnote (schema {version}, expected "
                    f"{SCHEMA_VERSION}); move it away, and a new file is created"
                )
        except BaseException:
            connection.close()
            raise
        return connection

    def _after(self, error: BaseException, connection: sqlite3.Connection) -> None:
        """Roll back. Close the connection unless the file is locked or the disk full: a new one could not be opened."""
        with suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        if is_damage(error):
            self.close()
            with exclusive_opening(self.path):
                self._set_aside(error)
        elif isinstance(error, sqlite3.OperationalError) and not is_in_use(error) and not is_full(error):
            self.close()

    def _set_aside(self, error: BaseException) -> None:
        timestamp = time.strftime("%Y%m%d-%H%M%S")
        name = next(
            name
            for number in range(1, 10_000)
            if not (name := self.path.with_name(f"{self.path.stem}-damaged-{timestamp}-{number}.sqlite")).exists()
        )
        # The write-ahead log moves with its file: replayed into a new file it would damage that too.
        for ending in ("-shm", "-wal", ""):
            with suppress(FileNotFoundError):
                Path(f"{self.path}{ending}").rename(f"{name}{ending}")
        log.warning("%s is damaged (%s); it was renamed to %s, and a new file is created", self.path, error, name.name)


@contextmanager
def exclusive_opening(path: Path) -> Iterator[None]:
    """Let only this process open the file: SQLite fails, without waiting, if two switch a new file to WAL at once."""
    with FileLock(path.with_suffix(".lock"), timeout=OPENING_PATIENCE):
        yield


def problem_of(error: BaseException) -> str:
    """Return why a file can't be used, and what to do about it if that is known."""
    if is_full(error):
        return "the disk is full; free some space"
    if is_in_use(error):
        return "another program has locked it"
    if isinstance(error, PermissionError) or _code(error) in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return f"writing is not permitted: {error}; check the permissions of the data folder"
    return str(error) or type(error).__name__


def is_damage(error: BaseException) -> bool:
    """True if the file is not a complete database."""
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def is_full(error: BaseException) -> bool:
    """True if the disk is full."""
    return (
        is_storage_full(error)
        or _code(error) == sqlite3.SQLITE_FULL
        or _extended_code(error) == sqlite3.SQLITE_IOERR_WRITE
    )


def is_in_use(error: BaseException) -> bool:
    """True if another program has locked the file."""
    return isinstance(error, TimeoutError) or _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _extended_code(error: BaseException) -> int:
    return int(getattr(error, "sqlite_errorcode", 0) or 0)


def _code(error: BaseException) -> int:
    return _extended_code(error) & 0xFF


def _identity(path: Path) -> tuple[int, int]:
    """Return (device, inode) of the file at `path`; zeros if it does not exist."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return (0, 0)
    return (status.st_dev, status.st_ino)
