"""A file that is damaged, or of another version."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import JournalError
from bot.journal.journal import JOURNAL, Journal
from bot.journal.rows import SCHEMA_VERSION
from tests.bot.journal.support.entries import sample
from tests.bot.journal.support.files import (
    DAYS,
    journal_in,
    until,
    written,
)


def test_a_damaged_file_is_renamed_and_a_new_one_created(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / JOURNAL).write_bytes(b"not a database" * 1000)
    entry = sample()
    with journal_in(tmp_path) as journal:
        journal.keep(entry)
    [damaged] = tmp_path.glob("journal-damaged-*.sqlite")
    assert damaged.read_bytes() == b"not a database" * 1000
    assert f"{tmp_path / JOURNAL} is damaged (file is not a database); it was renamed to {damaged.name}" in caplog.text
    with journal_in(tmp_path) as journal:
        assert journal.entry(entry.reference) == entry


def test_a_file_that_gets_damaged_while_open_loses_no_pending_entry(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        for _ in range(200):
            journal.keep(sample(text="long " * 500))
    whole = (tmp_path / JOURNAL).read_bytes()
    (tmp_path / JOURNAL).write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with journal_in(tmp_path) as journal:
        entry = sample()
        journal.keep(entry)
        until(lambda: list(tmp_path.glob("journal-damaged-*.sqlite")))
        until(lambda: written(tmp_path) == 1)
        assert journal.entry(entry.reference) == entry


def test_a_file_of_another_version_is_reported_in_one_line(tmp_path: Path) -> None:
    Journal(tmp_path, DAYS).close()
    with closing(sqlite3.connect(tmp_path / JOURNAL)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(JournalError) as raised:
        Journal(tmp_path, DAYS)
    assert str(raised.value) == (
        f"{tmp_path / JOURNAL} was written by another version of Footnote (schema 99, expected {SCHEMA_VERSION}); move "
        "it away, and a new file is created"
    )
