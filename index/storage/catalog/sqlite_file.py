"""The catalog's SQLite file: open, read, write, copy and restore it.

It is in WAL mode: a reader's snapshot never waits for the writer and never sees half a change.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from index.errors import CatalogError, DamagedCatalog, disk_full, is_storage_full
from index.storage.catalog.rows import CONTENT, SCHEMA, SCHEMA_VERSION

TIMEOUT = 30  # seconds to wait for another process that opens or writes the file


class CatalogFile:
    """One connection to the file. Not shared between threads.

    Raises `CatalogError` if the file cannot be used and `StorageFull` if the disk is full; both name the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CatalogError(
                f"the data folder {path.parent} can't be created ({error.strerror}); set DATA_DIR or --data"
            ) from error
        with self._translated_errors():
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=TIMEOUT, check_same_thread=False)
            try:
                with self._opening_lock():
                    self._connection.execute("PRAGMA journal_mode = WAL")
                    self._prepare()
                self._connection.execute("PRAGMA synchronous = NORMAL")
                self._connection.execute("PRAGMA foreign_keys = ON")
            except BaseException:
                self._connection.close()
                raise

    @contextmanager
    def _opening_lock(self) -> Iterator[None]:
        """Let one process at a time open the file: SQLite fails if two switch a new file to WAL at once."""
        lock = FileLock(self.path.with_suffix(".lock"), timeout=TIMEOUT)
        try:
            lock.acquire()
        except Timeout as error:
            raise CatalogError(
                f"another process has been opening {self.path} for {TIMEOUT} seconds; stop it"
            ) from error
        except OSError as error:
            if is_storage_full(error):
                raise disk_full(self.path.parent) from error
            raise CatalogError(
                f"{self.path.parent} can't be written ({error.strerror}); set DATA_DIR or --data"
            ) from error
        try:
            yield
        finally:
            lock.release()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _prepare(self) -> None:
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            with self.writing():
                for statement in filter(str.strip, SCHEMA.split(";")):
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        elif version != SCHEMA_VERSION:
            raise CatalogError(
                f"{self.path} was written by another version of Footnote (schema {version}, here {SCHEMA_VERSION}); "
                f"move it away and run `footnote index`"
            )

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold one snapshot for the length of the context. Inside `writing`, do nothing."""
        with self._translated_errors():
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Commit all changes made in the context, or none if it raises."""
        with self._translated_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        """Raise SQLite's errors as `CatalogError`s."""
        try:
            yield
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", None) in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE):
                raise disk_full(self.path.parent) from error
            if isinstance(error, sqlite3.DatabaseError) and getattr(error, "sqlite_errorcode", 0) in (
                sqlite3.SQLITE_CORRUPT,
                sqlite3.SQLITE_NOTADB,
            ):
                raise DamagedCatalog(f"{self.path} is damaged ({error})") from error
            raise CatalogError(f"{self.path} can't be used ({error})") from error

    def copy_to(self, path: Path) -> None:
        """Write the current state to a new file."""
        with self._translated_errors():
            copy = sqlite3.connect(path, isolation_level=None)
            try:
                self._connection.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log next to it
            finally:
                copy.close()

    def restore(self, path: Path, number: int) -> None:
        """Replace the content by that of a copy, and make its generation `number` the active one, in one transaction.

        The list of generations stays as it is.
        """
        with self._translated_errors():
            self._connection.execute("ATTACH ? AS copy", (str(path),))
            try:
                with self.writing():
                    for table in reversed(CONTENT):
                        self._connection.execute(f"DELETE FROM {table}")
                    for table in CONTENT:
                        self._connection.execute(f"INSERT INTO {table} SELECT * FROM copy.{table}")
                    self._connection.execute("INSERT OR REPLACE INTO active VALUES (1, ?)", (number,))
            finally:
                self._connection.execute("DETACH copy")

    def _execute(self, statement: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        with self._translated_errors():
            return self._connection.execute(statement, values)

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        with self._translated_errors():
            return self._connection.execute(statement, values).fetchall()

    def _row(self, statement: str, values: Sequence[object] = ()) -> Any:
        with self._translated_errors():
            return self._connection.execute(statement, values).fetchone()

    def _value(self, statement: str) -> Any:
        return self._row(statement)[0]


def set_aside(path: Path) -> Path:
    """Rename a damaged catalog, and return its new path."""
    aside = path.with_name(f"{path.name}.damaged-{int(time.time())}")
    path.rename(aside)
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    return aside
