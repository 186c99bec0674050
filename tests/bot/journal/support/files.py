"""A journal in a folder, what its file holds, and Python in a process of its own."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.journal.journal import JOURNAL, Journal

REPOSITORY = Path(__file__).resolve().parents[4]
DAYS = 30
LONG = 600.0  # seconds; far more than anything takes, so that a busy machine fails no test


@contextmanager
def journal_in(data: Path, *, days: int = DAYS) -> Iterator[Journal]:
    """Yield the journal of a data folder, closed with all the time that it needs."""
    journal = Journal(data, days)
    try:
        yield journal
    finally:
        journal.close(patience=LONG)


@contextmanager
def reopened(journal: Journal, data: Path, *, restarted: bool) -> Iterator[Journal]:
    """Yield the journal itself, or if `restarted` another one that is opened after it was closed."""
    if not restarted:
        yield journal
        return
    journal.close(patience=LONG)
    with journal_in(data) as another:
        yield another


def until(condition: Callable[[], object]) -> None:
    """Wait for something that another thread does."""
    deadline = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def written(data: Path) -> int:
    """Return the number of entries in the file."""
    if not (data / JOURNAL).exists():
        return 0
    address = f"{(data / JOURNAL).as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=LONG)) as connection:
        if not connection.execute("PRAGMA user_version").fetchone()[0]:
            return 0
        return int(connection.execute("SELECT count(*) FROM entry").fetchone()[0])


def bytes_on_disk(data: Path) -> bytes:
    """Return all bytes in a data folder, read by another process: closing a file here would free SQLite's locks."""
    paths = [str(path) for path in sorted(data.iterdir()) if path.is_file()]
    return subprocess.run(["cat", *paths], capture_output=True, check=False).stdout


def in_python(code: str, *arguments: object) -> list[str]:
    """Return the lines that a Python process prints, which must succeed."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


class PrintedLog(logging.Handler):
    """Prints each log message, and counts them."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        logging.getLogger().addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        print(record.getMessage(), flush=True)
        self.count += 1
