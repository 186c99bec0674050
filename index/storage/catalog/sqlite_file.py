"""The file of the catalog: one SQLite database, opened, read, written and copied as a whole.

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

PATIENCE = 30  # seconds to wait for another process that opens or writes the file


class CatalogFile:
    """One connection to the file. Not shared between threads.

    Raises `CatalogError` when the file can't be used and `StorageFull` when the disk is full; both name the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CatalogError(
                f"the data folder {path.parent} can't be made ({error.strerror}); set DATA_DIR or --data"
            ) from error
        with self._errors_named():
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE, check_same_thread=False)
            try:
                with self._opening():
                    self._connection.execute("PRAGMA journal_mode = WAL")
                    self._prepare()
                self._connection.execute("PRAGMA synchronous = NORMAL")
                self._connection.execute("PRAGMA foreign_keys = ON")
            except BaseException:
                self._connection.close()
                raise

    @contextmanager
    def _opening(self) -> Iterator[None]:
        """One process at a time: SQLite does not wait when two switch a new file to WAL at once, but fails."""
        lock = FileLock(self.path.with_suffix(".lock"), timeout=PATIENCE)
        try:
            lock.acquire()
        except Timeout as error:
            raise CatalogError(f"{self.path} is being opened by another process that hangs; stop that one") from error
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
        """Release the file."""
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
        """A snapshot: everything read inside is of one moment. Inside `writing` it adds nothing."""
        with self._errors_named():
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
        """All changes made inside, or none of them."""
        with self._errors_named():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
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
        """Write all of it to a new file, as it is now."""
        with self._errors_named():
            copy = sqlite3.connect(path, isolation_level=None)
            try:
                self._connection.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
            finally:
                copy.close()

    def restore(self, path: Path, number: int) -> None:
        """Put the content of a copy in the place of this catalog's, and make its generation `number` the active one.

        All at once. Which generations there have been stays as it is here.
        """
        with self._errors_named():
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
        with self._errors_named():
            return self._connection.execute(statement, values)

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        with self._errors_named():
            return self._connection.execute(statement, values).fetchall()

    def _row(self, statement: str, values: Sequence[object] = ()) -> Any:
        with self._errors_named():
            return self._connection.execute(statement, values).fetchone()

    def _value(self, statement: str) -> Any:
        return self._row(statement)[0]


def set_aside(path: Path) -> Path:
    """Give a damaged catalog another name, which is returned."""
    aside = path.with_name(f"{path.name}.damaged-{int(time.time())}")
    path.rename(aside)
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    return aside
