"""A file that can't be written for a while, and a process that is killed: nothing that waits is lost."""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import JournalError
from bot.journal.journal import JOURNAL, Journal
from bot.journal.writer import DAY
from tests.bot.journal.support.entries import abstention, sample
from tests.bot.journal.support.files import (
    DAYS,
    REPOSITORY,
    bytes_on_disk,
    in_python,
    journal_in,
    until,
    written,
)

BOB, CAROL = 2, 3
HERE = 10


def test_a_locked_file_delays_nobody_and_is_written_once_it_is_unlocked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with journal_in(tmp_path) as journal:
        before, during = sample(channel=HERE), abstention("Why?", channel=HERE, server=HERE)
        journal.keep(before)
        until(lambda: written(tmp_path) == 1)
        with closing(sqlite3.connect(tmp_path / JOURNAL, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            journal.keep(during)
            journal.set_messages(during.reference, [7])
            journal.rate(during.reference, BOB, helpful=False, wrong="It is known.")
            until(lambda: "wait in memory" in caplog.text)  # an attempt to write has failed
            assert journal.entry(before.reference) == before
            assert journal.entry(during.reference) == journal.entry_of_message(7) == during
            assert journal.last_in(HERE, 0) == during
            assert journal.unanswered(HERE, 0) == [during]
            assert [rating.wrong for rating in journal.ratings(during.reference)] == ["It is known."]
            with pytest.raises(JournalError, match="another program has locked it; try again"):
                journal.forget(CAROL)
            assert other.execute("SELECT count(*) FROM entry").fetchone() == (1,)
            other.execute("ROLLBACK")
        until(lambda: written(tmp_path) == 2)
    with journal_in(tmp_path) as journal:
        assert journal.entry_of_message(7) == during


def test_entries_that_could_not_be_written_until_closing_are_logged_as_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    journal = Journal(tmp_path, DAYS)
    with closing(sqlite3.connect(tmp_path / JOURNAL, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        journal.keep(sample())
        until(lambda: "wait in memory" in caplog.text)
        journal.close(patience=0.1)
        other.execute("ROLLBACK")
    assert "1 journal entries and ratings could not be written and are lost" in caplog.text
    assert f"{tmp_path / JOURNAL}" in caplog.text
    assert ": another program has locked it; 1 entries and ratings wait in memory" in caplog.text


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from bot.journal.journal import Journal
from tests.bot.journal.support.entries import sample
from tests.bot.journal.support.files import LONG, PrintedLog, until, written
log = PrintedLog()
data = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
journal = Journal(data, 30)
early = sample()
journal.keep(early)
until(lambda: written(data) == 1)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
late = [sample(text="long " * 5000) for _ in range(20)]
for entry in late:
    journal.keep(entry)
until(lambda: log.count)
assert written(data) == 1
assert all(journal.entry(entry.reference) == entry for entry in [early, *late])
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, hard))
until(lambda: written(data) == 21)
journal.close(patience=LONG)
print("written")
"""


def test_a_full_disk_is_logged_once_and_nothing_is_lost(tmp_path: Path) -> None:
    complaint, end = in_python(FULL_DISK, tmp_path)
    assert complaint.startswith(f"{tmp_path / JOURNAL} can't be written: the disk is full; free some space; ")
    assert end == "written"


READ_ONLY = """
import sys
from pathlib import Path
from bot.journal.journal import Journal
from tests.bot.journal.support.entries import sample
from tests.bot.journal.support.files import LONG, PrintedLog, until, written
log = PrintedLog()
data = Path(sys.argv[1])
data.chmod(0o555)
journal = Journal(data, 30)
entry = sample()
journal.keep(entry)
journal.set_messages(entry.reference, [4])
until(lambda: log.count)
assert journal.entry_of_message(4) == entry
assert journal.entry("not there at all") is None
assert not list(data.iterdir())
data.chmod(0o755)
until(lambda: written(data) == 1)
journal.close(patience=LONG)
print("written")
"""


# Takes away the two capabilities with which root ignores file modes, then runs the code.
AS_ANYBODY = """
import ctypes, os, sys
if os.geteuid() == 0:
    drop_from_bounding_set, override_modes, read_and_search = 24, 1, 2
    for right in (override_modes, read_and_search):
        ctypes.CDLL(None).prctl(drop_from_bounding_set, right, 0, 0, 0)
os.execv(sys.executable, [sys.executable, "-c", *sys.argv[1:]])
"""


@pytest.mark.skipif(sys.platform != "linux" and os.geteuid() == 0, reason="root can write to every folder")
def test_a_read_only_folder_is_retried(tmp_path: Path) -> None:
    complaint, end = in_python(AS_ANYBODY, READ_ONLY, tmp_path)
    assert complaint.startswith(f"{tmp_path / JOURNAL} can't be written: writing is not permitted: ")
    assert "check the permissions of the data folder" in complaint
    assert end == "written"


KILLED = """
import sys, time
from pathlib import Path
from bot.journal.journal import Journal
from tests.bot.journal.support.entries import sample
journal = Journal(Path(sys.argv[1]), 30)
for number in range(50):
    journal.keep(sample(reference=f"kept{number:08}", text=f"Question {number}?"))
print("kept", flush=True)
time.sleep(600)
"""


def test_written_entries_survive_a_kill(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE) as victim:
        assert victim.stdout is not None
        victim.stdout.readline()
        until(lambda: written(tmp_path) == 50)
        victim.send_signal(signal.SIGKILL)
    with journal_in(tmp_path) as journal:
        found = [journal.entry(f"kept{number:08}") for number in range(50)]
        assert [entry.question.text for entry in found if entry] == [f"Question {number}?" for number in range(50)]


TOGETHER = """
import sys
from pathlib import Path
from bot.journal.journal import Journal
from tests.bot.journal.support.entries import sample
from tests.bot.journal.support.files import LONG
sys.stdin.readline()
journal = Journal(Path(sys.argv[1]), 30)
for number in range(20):
    journal.keep(sample(reference=f"{sys.argv[2]:>4}{number:08}"))
journal.close(patience=LONG)
"""


def test_several_processes_can_open_it_at_once(tmp_path: Path) -> None:
    starters = [
        subprocess.Popen([sys.executable, "-c", TOGETHER, str(tmp_path), str(name)], cwd=REPOSITORY, text=True,
                         stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        for name in range(4)
    ]  # fmt: skip
    for starter in starters:
        assert starter.stdin is not None
        starter.stdin.write("now\n")
        starter.stdin.flush()
    assert [starter.communicate()[1] for starter in starters] == [""] * 4
    assert written(tmp_path) == 80


def test_a_file_that_was_moved_away_is_replaced_by_a_new_one(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        journal.keep(sample())
        until(lambda: written(tmp_path) == 1)
        (tmp_path / JOURNAL).rename(tmp_path / "old.sqlite")
        entry = sample()
        journal.keep(entry)
    with journal_in(tmp_path) as journal:
        assert journal.entry(entry.reference) == entry


def test_expired_entries_are_deleted_at_the_start(tmp_path: Path) -> None:
    with journal_in(tmp_path, days=30) as journal:
        journal.keep(sample(text="Oldword", asked_at=time.time() - 8 * DAY))
        journal.keep(sample(text="Newword", asked_at=time.time() - 6 * DAY))
    aside = tmp_path / "journal-damaged-20200101-000000-1.sqlite"
    aside.write_bytes(b"Damagedword")
    os.utime(aside, (0, time.time() - 8 * DAY))
    with journal_in(tmp_path, days=7):
        until(lambda: written(tmp_path) == 1)
        until(lambda: b"Damagedword" not in bytes_on_disk(tmp_path))
        until(lambda: b"Oldword" not in bytes_on_disk(tmp_path))
    assert b"Newword" in bytes_on_disk(tmp_path)


def test_failing_to_delete_expired_entries_is_an_error(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    with journal_in(tmp_path) as journal:
        with closing(sqlite3.connect(tmp_path / JOURNAL, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(JournalError, match=r"expired entries could not be deleted from .*locked"):
                journal.delete_expired()
            other.execute("ROLLBACK")
        journal.delete_expired()
