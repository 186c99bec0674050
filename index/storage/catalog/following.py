"""The catalog of a data folder, whichever file it is in: for those who only read it, over a long time."""

from __future__ import annotations

import time
from pathlib import Path

from index.errors import NotIndexed
from index.storage.catalog.catalog import Catalog
from index.storage.paths import CATALOG

# Seconds for which nobody has written to the catalog before its log is put into the file.
QUIET = 5

# What tells one published state from every other: the catalog's file (device and inode) and the generation's number.
Identity = tuple[tuple[int, int] | None, int]


def file_identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another that takes its name; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


class FollowedCatalog:
    """A connection to the catalog of a data folder, opened anew where another file has taken that one's place.

    To be used by one thread at a time, for reading. Nothing is opened before it is needed.
    """

    def __init__(self, data: Path) -> None:
        self._path = data / CATALOG
        self._catalog: _Checkpointed | None = None
        self._file: tuple[int, int] | None = None
        self._shortened: int | None = None  # when the log had last been written to that was put into the file

    def current(self) -> Catalog:
        """The connection. Raises `NotIndexed` where there is no catalog, `CatalogError` where it can't be opened."""
        return self._followed()

    def active(self) -> Identity | None:
        """What is published now, to be compared with `SearchIndex.identity`; None where nothing is."""
        if not self._path.is_file():  # being replaced, or removed
            return None
        active = self.current().active()
        return None if active is None else (self._file, active.number)

    def shorten_log(self) -> None:
        """Put SQLite's log into the file, so that the next writer starts it afresh; nothing while somebody writes.

        SQLite does that by itself where no reader is in its way. Next to an index that is always held, even one that is
        renewed all the time, the log would grow with every change: the writer has always written more than what the
        held snapshot has seen. To be called after `renew`; the writer needs another `renew` after it.
        """
        try:
            written = self._path.with_name(f"{self._path.name}-wal").stat()
        except OSError:
            return
        is_news = written.st_size and written.st_mtime_ns != self._shortened
        if is_news and time.time() > written.st_mtime + QUIET and self._followed().checkpoint():
            self._shortened = written.st_mtime_ns

    def close(self) -> None:
        """Release the file; the next use opens it again."""
        if self._catalog is not None:
            self._catalog.close()
            self._catalog = None

    def _followed(self) -> _Checkpointed:
        file = file_identity(self._path)
        if self._catalog is None or (file is not None and file != self._file):
            if file is None:
                raise NotIndexed(f"there is no index in {self._path.parent}; run `footnote index`")
            self.close()
            self._catalog, self._file = _Checkpointed(self._path), file
        return self._catalog


class _Checkpointed(Catalog):
    """A catalog whose log can be put into the file."""

    def checkpoint(self) -> bool:
        """Whether all of the log is in the file now. Waits for nobody."""
        _, logged, moved = self._row("PRAGMA wal_checkpoint(PASSIVE)")
        return bool(logged == moved)
