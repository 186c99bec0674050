"""The one writer of a data folder: its lock, and what it says when the disk is full."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import StorageFull, WriterBusy, is_storage_full
from index.paths import WRITER_LOCK


@contextmanager
def writer_lock(data: Path, patience: float = 0) -> Iterator[None]:
    """Be the one writer of a data folder. The lock of a process that died is free.

    Raises `WriterBusy` where another still writes after `patience` seconds.
    """
    with full_disk_named(data):
        try:
            data.mkdir(parents=True, exist_ok=True)
            lock = FileLock(data / WRITER_LOCK, timeout=patience, thread_local=False)
            lock.acquire()
        except Timeout as error:
            raise WriterBusy(
                f"another process is indexing into {data}; wait for it to finish, then run it again"
            ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def full_disk_named(data: Path) -> Iterator[None]:
    """Raise `StorageFull` in the place of what the system says when the disk of `data` is full."""
    try:
        yield
    except OSError as error:
        if is_storage_full(error):
            raise StorageFull(f"no room left on the disk of {data}; free some and run it again") from error
        raise
