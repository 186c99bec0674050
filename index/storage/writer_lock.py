"""The one writer of a data folder: its lock, the sign by which others know it, and how a full disk is named."""

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
from index.storage.paths import WRITER_LOCK, WRITER_SIGN

TOLD_EVERY = 0.5  # seconds between two signs
WAIT_FOREVER = -1.0  # for `wait_seconds`: no limit


@dataclass(frozen=True, slots=True)
class Writing:
    """What the writer is doing: its process and host, seconds since the epoch when it began, how far its step is."""

    process: int
    host: str
    since: float
    embedder: str = ""
    step: str = ""
    done: int = 0
    total: int = 0


class WriterSign:
    """What the one who holds the lock tells the others."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._now = Writing(os.getpid(), socket.gethostname(), time.time())
        self._due = 0.0
        self.tell()

    def tell(self, embedder: str = "", step: str = "", done: int = 0, total: int = 0) -> None:
        """Say how far the work is; seldom enough to cost nothing. Never raises: no sign is no reason to stop."""
        is_news = step != self._now.step
        self._now = replace(self._now, embedder=embedder, step=step, done=done, total=total)
        if not is_news and time.monotonic() < self._due:
            return
        self._due = time.monotonic() + TOLD_EVERY
        beside = self._path.with_suffix(".new")
        with suppress(OSError):
            beside.write_text(json.dumps(asdict(self._now)), encoding="utf-8")
            beside.replace(self._path)

    def clear(self) -> None:
        """Take the sign away."""
        with suppress(OSError):
            self._path.unlink()


@contextmanager
def writer_lock(data: Path, *, wait_seconds: float = 0) -> Iterator[WriterSign]:
    """Be the one writer of a data folder. The lock of a process that died is free.

    Raises `WriterBusy`, which names the writer, if another process still holds the lock after `wait_seconds`.
    """
    with translate_disk_full_error(data):
        try:
            data.mkdir(parents=True, exist_ok=True)
            lock = FileLock(data / WRITER_LOCK, timeout=wait_seconds, thread_local=False)
            lock.acquire()
        except Timeout as error:
            raise WriterBusy(f"{_holder(data)}; wait for it to finish, then run it again") from error
    sign = WriterSign(data / WRITER_SIGN)
    try:
        yield sign
    finally:
        sign.clear()
        lock.release()


def writing_now(data: Path) -> Writing | None:
    """What the writer of a data folder is doing; None where nobody writes, as far as can be seen from here."""
    try:
        writing = Writing(**json.loads((data / WRITER_SIGN).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return writing if writing.host != socket.gethostname() or _lives(writing.process) else None


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except PermissionError:  # somebody else's
        return True
    except OSError:
        return False
    return True


def _holder(data: Path) -> str:
    writing = writing_now(data)
    if writing is None:
        return f"another process is indexing into {data}"
    host = "" if writing.host == socket.gethostname() else f" on {writing.host}"
    minutes, seconds = divmod(max(0, int(time.time() - writing.since)), 60)
    return f"process {writing.process}{host} has been indexing into {data} for {minutes}:{seconds:02d} minutes"


@contextmanager
def translate_disk_full_error(data: Path) -> Iterator[None]:
    """Raise `StorageFull` instead of the `OSError` of a full disk."""
    try:
        yield
    except OSError as error:
        if is_storage_full(error):
            raise disk_full(data) from error
        raise
