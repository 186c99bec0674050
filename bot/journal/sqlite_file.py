"""The journal's SQLite file: written by one thread at a time, read beside that, set aside when it is damaged.

It is in WAL mode: who reads does not wait for who writes. What goes wrong is raised as it is, `UNUSABLE`, because the
journal tries again; `in_words` says it to a person.
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

OPENING_PATIENCE = 10.0  # seconds to wait for another process that opens the file
LOCK_PATIENCE = 2.0  # seconds to wait for another process that writes, before it counts as failed
UNUSABLE = (sqlite3.Error, OSError)

log = logging.getLogger(__name__)


class JournalFile:
    """The file at `path`, made when it is first needed. Raises `JournalError` where it is of another version."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._identity = (0, 0)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the only thread that writes, for several steps."""
        with self._lock:
            yield

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """All changes made inside, or none of them. A damaged file is set aside; a second try then meets a new one."""
        with self._lock:
            connection = self.opened()
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except BaseException as error:
                self._after(error, connection)
                raise

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        """What a query gives, from any thread; nothing where there is no file yet."""
        if not self.path.exists():
            return []
        address = f"{self.path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=LOCK_PATIENCE)) as connection:
            if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
                return []
            return connection.execute(statement, values).fetchall()

    def compact(self) -> None:
        """Write the file anew, and empty the log beside it, so that nothing deleted is left in their unused bytes.

        SQLite's `secure_delete` alone is not enough: pages that were rebalanced keep copies (seen with 3.40).
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

    def set_aside(self) -> list[Path]:
        """The damaged files that have been set aside."""
        return sorted(self.path.parent.glob(f"{self.path.stem}-damaged-*"))

    def close(self) -> None:
        """Release the file. It is opened again when it is needed again."""
        with self._lock:
            if self._connection is not None:
                with suppress(sqlite3.Error):
                    self._connection.close()
            self._connection = None

    def opened(self) -> sqlite3.Connection:
        """The connection that writes, opened where it isn't. To be used inside `held`."""
        with self._lock:
            # Somebody may have moved the file away: what is written to the old one nobody would ever read.
            if self._connection is not None and self._identity != _identity(self.path):
                self.close()
            if self._connection is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with opened_alone(self.path):
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
                    f"{self.path} was written by another version of Footnote (schema {version}, here "
                    f"{SCHEMA_VERSION}); move it away, and a new one is begun"
                )
        except BaseException:
            connection.close()
            raise
        return connection

    def _after(self, error: BaseException, connection: sqlite3.Connection) -> None:
        """Undo. The connection is kept where the file is in use or the disk full, since a new one could not be had."""
        with suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        if is_damage(error):
            self.close()
            with opened_alone(self.path):
                self._set_aside(error)
        elif isinstance(error, sqlite3.OperationalError) and not is_in_use(error) and not is_full(error):
            self.close()

    def _set_aside(self, error: BaseException) -> None:
        moment = time.strftime("%Y%m%d-%H%M%S")
        name = next(
            name
            for number in range(1, 10_000)
            if not (name := self.path.with_name(f"{self.path.stem}-damaged-{moment}-{number}.sqlite")).exists()
        )
        # The log goes with its file: replayed into a new one it would damage that too.
        for ending in ("-shm", "-wal", ""):
            with suppress(FileNotFoundError):
                Path(f"{self.path}{ending}").rename(f"{name}{ending}")
        log.warning("%s is damaged (%s); it was set aside as %s and a new one begun", self.path, error, name.name)


@contextmanager
def opened_alone(path: Path) -> Iterator[None]:
    """One process at a time: SQLite does not wait when two switch a new file to WAL at once, but fails."""
    with FileLock(path.with_suffix(".lock"), timeout=OPENING_PATIENCE):
        yield


def in_words(error: BaseException) -> str:
    """Why a file can't be used, and what to do where that is known."""
    if is_full(error):
        return "no room is left on the disk; free some"
    if is_in_use(error):
        return "another program holds it locked"
    if isinstance(error, PermissionError) or _code(error) in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return f"it may not be written: {error}; check the rights of the data folder"
    return str(error) or type(error).__name__


def is_damage(error: BaseException) -> bool:
    """Whether the file is no whole database."""
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def is_full(error: BaseException) -> bool:
    """Whether the disk has no room left."""
    return (
        is_storage_full(error)
        or _code(error) == sqlite3.SQLITE_FULL
        or _extended_code(error) == sqlite3.SQLITE_IOERR_WRITE
    )


def is_in_use(error: BaseException) -> bool:
    """Whether the file is only locked by somebody else."""
    return isinstance(error, TimeoutError) or _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _extended_code(error: BaseException) -> int:
    return int(getattr(error, "sqlite_errorcode", 0) or 0)


def _code(error: BaseException) -> int:
    return _extended_code(error) & 0xFF


def _identity(path: Path) -> tuple[int, int]:
    """The file at `path`, whatever its name; zeros for none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return (0, 0)
    return (status.st_dev, status.st_ino)
