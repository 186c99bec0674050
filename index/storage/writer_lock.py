"""The lock that makes one process the only writer of a data folder, and the status file that says what it is doing."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import WriterBusy, disk_full, is_storage_full
from index.storage.paths import WRITER_LOCK, WRITER_STATUS

WAIT_FOREVER = -1.0  # for `wait_seconds`: no limit
REPORT_INTERVAL = 0.5  # seconds between two writes of the status file


@dataclass(frozen=True, slots=True)
class WriterStatus:
    """What the writer is doing.

    `process` is its id on the machine `host`, `since` the start in seconds since the epoch. `done` of `total` is the
    progress of `step`.
    """

    process: int
    host: str
    since: float
    embedder: str = ""
    step: str = ""
    done: int = 0
    total: int = 0


class StatusFile:
    """Writes the status of the process that holds the lock."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._status = WriterStatus(os.getpid(), socket.gethostname(), time.time())
        self._next_write = 0.0
        self.report(step="")

    def report(self, *, step: str, embedder: str = "", done: int = 0, total: int = 0) -> None:
        """Write the progress, at most every `REPORT_INTERVAL` seconds within a step.

        Never raises: indexing goes on if the status cannot be written.
        """
        is_new_step = step != self._status.step
        self._status = replace(self._status, embedder=embedder, step=step, done=done, total=total)
        if not is_new_step and time.monotonic() < self._next_write:
            return
        self._next_write = time.monotonic() + REPORT_INTERVAL
        temporary = self._path.with_suffix(".new")
        with suppress(OSError):
            temporary.write_text(json.dumps(asdict(self._status)), encoding="utf-8")
            temporary.replace(self._path)

    def remove(self) -> None:
        """Delete the file."""
        with suppress(OSError):
            self._path.unlink()


@contextmanager
def writer_lock(data: Path, *, wait_seconds: float = 0) -> Iterator[StatusFile]:
    """Make this process the only writer of a data folder during the context. The lock of a dead process is free.

    Raises `WriterBusy`, which names the writer, if another process still holds the lock after `wait_seconds` (0 or
    more, or `WAIT_FOREVER`).
    """
    with translate_disk_full_error(data):
        try:
            data.mkdir(parents=True, exist_ok=True)
            lock = FileLock(data / WRITER_LOCK, timeout=wait_seconds, thread_local=False)
            lock.acquire()
        except Timeout as error:
            raise WriterBusy(f"{_describe_writer(data)}; wait for it to finish, then run it again") from error
    status = StatusFile(data / WRITER_STATUS)
    try:
        yield status
    finally:
        status.remove()
        lock.release()


def read_writer_status(data: Path) -> WriterStatus | None:
    """Return what the writer of a data folder is doing, or None if nobody is known to write."""
    try:
        status = WriterStatus(**json.loads((data / WRITER_STATUS).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return status if status.host != socket.gethostname() or _is_alive(status.process) else None


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except PermissionError:  # it belongs to another user
        return True
    except OSError:
        return False
    return True


def _describe_writer(data: Path) -> str:
    status = read_writer_status(data)
    if status is None:
        return f"another process is indexing into {data}"
    host = "" if status.host == socket.gethostname() else f" on {status.host}"
    minutes, seconds = divmod(max(0, int(time.time() - status.since)), 60)
    return f"process {status.process}{host} has been indexing into {data} for {minutes}:{seconds:02d} minutes"


@contextmanager
def translate_disk_full_error(data: Path) -> Iterator[None]:
    """Raise `StorageFull` instead of the `OSError` of a full disk."""
    try:
        yield
    except OSError as error:
        if is_storage_full(error):
            raise disk_full(data) from error
        raise
