"""Read the catalog of a data folder for a long time, even if its file is replaced."""

from __future__ import annotations

import time
from pathlib import Path

from index.errors import NotIndexed
from index.storage.catalog.catalog import Catalog
from index.storage.paths import CATALOG

# Seconds without a write to the catalog, after which its log is moved into the file.
QUIET_SECONDS = 5

# Identifies a published state: (device, inode) of the catalog's file, and the number of the generation.
Identity = tuple[tuple[int, int] | None, int]


def file_identity(path: Path) -> tuple[int, int] | None:
    """Return (device, inode) of the file, or None if it does not exist."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


class FollowedCatalog:
    """A read connection to the catalog of a data folder, which is opened again if another file replaces the catalog.

    Use it from one thread at a time. The file is opened on first use.
    """

    def __init__(self, data: Path) -> None:
        self._path = data / CATALOG
        self._catalog: _CheckpointedCatalog | None = None
        self._file: tuple[int, int] | None = None
        self._checkpointed: int | None = None  # modification time of the last log that was moved into the file

    def current(self) -> Catalog:
        """Return the connection. Raises `NotIndexed` if there is no catalog, `CatalogError` if it cannot be opened."""
        return self._opened()

    def active(self) -> Identity | None:
        """Return what is published now, to be compared with `SearchIndex.identity`; None if nothing is."""
        if not self._path.is_file():  # it is being replaced, or was removed
            return None
        active = self.current().active()
        return None if active is None else (self._file, active.number)

    def checkpoint_log(self) -> None:
        """Move SQLite's log into the file, unless a process is writing, so that the next writer starts a new log.

        SQLite does that by itself only if no reader holds a snapshot. A bot always holds one, even if it renews it
        often, so the log would grow with every change. To be called after `SearchIndex.renew`; the writer needs another
        `renew` after it.
        """
        try:
            log = self._path.with_name(f"{self._path.name}-wal").stat()
        except OSError:
            return
        is_new = log.st_size and log.st_mtime_ns != self._checkpointed
        if is_new and time.time() > log.st_mtime + QUIET_SECONDS and self._opened().checkpoint():
            self._checkpointed = log.st_mtime_ns

    def close(self) -> None:
        """Close the connection; the next use opens it again."""
        if self._catalog is not None:
            self._catalog.close()
            self._catalog = None

    def _opened(self) -> _CheckpointedCatalog:
        file = file_identity(self._path)
        if self._catalog is None or (file is not None and file != self._file):
            if file is None:
                raise NotIndexed(f"there is no index in {self._path.parent}; run `footnote index`")
            self.close()
            self._catalog, self._file = _CheckpointedCatalog(self._path), file
        return self._catalog


class _CheckpointedCatalog(Catalog):
    """A catalog whose log can be moved into the file."""

    def checkpoint(self) -> bool:
        """Move the log into the file without waiting for others. True if all of it is there now."""
        _, logged, moved = self._row("PRAGMA wal_checkpoint(PASSIVE)")
        return bool(logged == moved)
