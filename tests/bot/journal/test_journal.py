"""The journal: seen at once, written when it can be, gone when it should be."""

from __future__ import annotations

import dataclasses
import logging
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import JournalError
from bot.journal.journal import DAY, JOURNAL, Journal
from bot.journal.pending import Waiting
from bot.journal.rows import ENTRY_QUERY, SCHEMA, SCHEMA_VERSION, entry_of, put_entry
from bot.types import Citation, Disagreement, JournalEntry, Sentence, Source, Timings
from tests.bot.journal.journal_samples import SOURCE, abstention, sample

REPOSITORY = Path(__file__).resolve().parents[3]
ALICE, BOB, CAROL = 1, 2, 3
HERE, ELSEWHERE = 10, 20
DAYS = 30
HOSTILE = "\u202e @everyone ||`[1]`|| \x00\n\r\t \"';-- DROP TABLE entry 𝒳\U0001f9ff\u200b" + "w" * 5000


@contextmanager
def journal_in(data: Path, days: int = DAYS) -> Iterator[Journal]:
    """A journal that is closed in the end, with all the time it needs for that."""
    journal = Journal(data, days)
    try:
        yield journal
    finally:
        journal.close(patience=60)


@contextmanager
def seen(journal: Journal, data: Path, restarted: bool) -> Iterator[Journal]:
    """The journal, or another one that has been opened after it was closed."""
    if not restarted:
        yield journal
        return
    journal.close(patience=60)
    with journal_in(data) as another:
        yield another


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal."""
    with journal_in(tmp_path) as opened:
        yield opened


def until(condition: Callable[[], object], patience: float = 60) -> None:
    """Wait for something that another thread does."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def written(data: Path) -> int:
    """How many entries are in the file."""
    if not (data / JOURNAL).exists():
        return 0
    address = f"{(data / JOURNAL).as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=60)) as connection:
        if not connection.execute("PRAGMA user_version").fetchone()[0]:
            return 0
        return int(connection.execute("SELECT count(*) FROM entry").fetchone()[0])


def bytes_on_disk(data: Path) -> bytes:
    """All that lies in a data folder, read by a process of its own: closing a file here would free SQLite's locks."""
    paths = [str(path) for path in sorted(data.iterdir()) if path.is_file()]
    return subprocess.run(["cat", *paths], capture_output=True, check=False).stdout


# What goes in comes out


def test_what_is_kept_comes_out_the_same_after_a_restart(tmp_path: Path) -> None:
    bare = sample(server=None, folders=None, previous=None, private=True, surface="direct", sources=(), sentences=())
    passage = dataclasses.replace(
        SOURCE, citation=dataclasses.replace(SOURCE.citation, url=None, page=None, heading=None, line=None)
    )
    entries = [sample(), bare, abstention(HOSTILE, sources=(SOURCE, passage)), sample(confidence=float("inf"))]
    with journal_in(tmp_path) as journal:
        for entry in entries:
            journal.keep(entry)
        assert [journal.entry(entry.reference) for entry in entries] == entries
    with journal_in(tmp_path) as journal:
        assert [journal.entry(entry.reference) for entry in entries] == entries


def test_half_a_character_is_replaced_and_does_not_stop_the_rest(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        broken, whole = sample(question="half \ud83d a face", folders=("\udcff",)), sample()
        journal.keep(broken)
        journal.rate(broken.reference, ALICE, helpful=False, wrong="\udc00", right="\ud800!")
        journal.keep(whole)
    with journal_in(tmp_path) as journal:
        kept = journal.entry(broken.reference)
        assert kept == dataclasses.replace(broken, question="half ? a face", folders=("?",))
        assert [(rating.wrong, rating.right) for rating in journal.ratings(broken.reference)] == [("?", "?!")]
        assert journal.entry(whole.reference) == whole


@given(text=st.text(), number=st.integers(-(2**63), 2**63 - 1), share=st.floats(allow_nan=False))
def test_any_text_and_number_comes_out_as_it_went_in(text: str, number: int, share: float) -> None:
    citation = dataclasses.replace(SOURCE.citation, quote=text, heading=text, score=share, start=number)
    entry = sample(
        question=text, asker=number, channel=number, folders=(text,), confidence=share,
        disagreements=(Disagreement((number, 2), (text, text)),),
        sentences=(Sentence(text, (number,)),), sources=(dataclasses.replace(SOURCE, citation=citation, after=text),),
    )  # fmt: skip
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        put_entry(connection, entry)
        assert entry_of(connection.execute(ENTRY_QUERY).fetchone()) == entry


def test_an_entry_of_before_there_were_disagreements_can_be_read() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        put_entry(connection, entry := sample())
        connection.execute("UPDATE entry SET body = json_remove(body, '$.disagreements')")
        assert entry_of(connection.execute(ENTRY_QUERY).fetchone()) == entry


def test_a_change_of_what_is_kept_needs_another_schema_version() -> None:
    """Where a journal of the version before would be read wrongly: raise SCHEMA_VERSION, then change this."""
    kept = [[field.name for field in dataclasses.fields(one)] for one in (JournalEntry, Source, Citation)]
    kept += [[field.name for field in dataclasses.fields(one)] for one in (Sentence, Timings)]
    assert (SCHEMA_VERSION, [len(names) for names in kept]) == (1, [20, 6, 11, 2, 4])
    assert set(entry_columns()) == {
        "number", "reference", "asked_at", "asker", "server", "channel", "private", "surface", "abstained", "previous",
        "seconds", "body",
    }  # fmt: skip


def entry_columns() -> list[str]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        return [row[1] for row in connection.execute("PRAGMA table_info(entry)")]


def test_an_entry_with_a_known_reference_takes_the_place_of_the_first_and_keeps_its_messages(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        first = sample()
        journal.keep(first)
        journal.set_messages(first.reference, [5])
        until(lambda: written(tmp_path) == 1)
        second = dataclasses.replace(first, question="Said otherwise")
        journal.keep(second)
        assert journal.entry(first.reference) == second
    with journal_in(tmp_path) as journal:
        assert journal.entry_of_message(5) == second


def test_something_that_can_not_be_written_is_dropped_and_the_rest_is_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with journal_in(tmp_path) as journal:
        huge, whole = sample(channel=2**70), sample()
        for entry in (huge, whole):
            journal.keep(entry)
            journal.set_messages(entry.reference, [2**65 if entry is huge else 6])
    assert "can't be written and is dropped" in caplog.text
    with journal_in(tmp_path) as journal:
        assert journal.entry(huge.reference) is None
        assert journal.entry_of_message(6) == whole


def test_ten_thousand_entries_at_once(tmp_path: Path) -> None:
    entries = [sample(asked_at=time.time() - place / 1000) for place in range(10_000)]
    with journal_in(tmp_path) as journal, ThreadPoolExecutor(8) as threads:
        list(threads.map(journal.keep, entries))
        assert all(threads.map(lambda entry: journal.entry(entry.reference) == entry, entries[::100]))
    assert written(tmp_path) == 10_000
    with journal_in(tmp_path) as journal:
        assert len(journal.latencies()) == 200
        assert journal.last_in(entries[0].channel, 0) == entries[0]


def test_above_the_most_that_may_wait_the_oldest_is_dropped_with_one_line(caplog: pytest.LogCaptureFixture) -> None:
    waiting = Waiting(most=3)
    entries = [sample() for _ in range(10)]
    for entry in entries:
        waiting.add_entry(entry)
        waiting.add_messages(entry.reference, (1,))
    assert waiting.batch().entries == tuple(entries[-3:])
    assert [reference for reference, _ in waiting.batch().messages] == [entry.reference for entry in entries[-3:]]
    assert len(caplog.records) == 1
    waiting.written(waiting.batch())
    assert len(waiting) == 0


# Looking up


def test_messages_lead_to_the_entry_before_and_after_they_are_written(tmp_path: Path) -> None:
    entry, other = sample(), sample()
    with journal_in(tmp_path) as journal:
        journal.keep(entry)
        journal.keep(other)
        journal.set_messages(entry.reference, [1, 2])
        journal.set_messages("not there at all", [3])
        assert journal.entry_of_message(2) == entry
        assert journal.entry_of_message(3) is None
    with journal_in(tmp_path) as journal:
        assert journal.entry_of_message(1) == journal.entry_of_message(2) == entry
        assert journal.entry_of_message(3) is None
        journal.set_messages(entry.reference, [2, 4])
    with journal_in(tmp_path) as journal:
        assert [journal.entry_of_message(message) for message in (1, 2, 4)] == [None, entry, entry]


def test_a_conversation_is_followed_back_to_its_beginning_or_to_what_is_missing(journal: Journal) -> None:
    first = sample(reference="first_______", previous="gone________")
    second = sample(reference="second______", previous=first.reference)
    third = sample(reference="third_______", previous=second.reference)
    for entry in (first, second, third):
        journal.keep(entry)
    assert journal.conversation(third.reference, 9) == [first, second, third]
    assert journal.conversation(third.reference, 2) == [second, third]
    assert journal.conversation(third.reference, 0) == []
    assert journal.conversation("gone________", 9) == []


def test_a_conversation_that_bites_its_tail_ends(journal: Journal) -> None:
    first = sample(reference="first_______", previous="second______")
    second = sample(reference="second______", previous="first_______")
    journal.keep(first)
    journal.keep(second)
    assert journal.conversation(first.reference, 100) == [second, first]


@pytest.mark.parametrize("restarted", [False, True])
def test_the_last_entry_of_a_channel_is_the_newest_that_is_not_private(tmp_path: Path, restarted: bool) -> None:
    now = time.time()
    early, late = sample(channel=HERE, asked_at=now - 60), sample(channel=HERE, asked_at=now - 30)
    with journal_in(tmp_path) as journal:
        for entry in (late, early, sample(channel=HERE, private=True), sample(channel=ELSEWHERE)):
            journal.keep(entry)
        with seen(journal, tmp_path, restarted) as later:
            assert later.last_in(HERE, now - 3600) == late
            assert later.last_in(HERE, now - 10) is None
            assert later.last_in(999, 0) is None


@pytest.mark.parametrize("restarted", [False, True])
def test_unanswered_questions_are_those_that_others_may_see_and_that_nothing_has_answered(
    tmp_path: Path, restarted: bool
) -> None:
    now = time.time()

    def asked(question: str, seconds_ago: float, **changes: Any) -> JournalEntry:
        return abstention(question, asked_at=now - seconds_ago, **{"server": HERE, **changes})

    def widened(entry: JournalEntry, found: bool = False) -> JournalEntry:
        again = asked(entry.question, 1, abstained=not found, surface="wider", private=entry.private)
        return dataclasses.replace(again, previous=entry.reference)

    open_one, older = asked("open", 20), asked("older", 30)
    found_wider, still_open = asked("found wider", 40), asked("still open", 50)
    found_at_last = asked("found at last", 55)
    secret, expired = asked("secret", 60, private=True), asked("expired", (DAYS + 1) * DAY)
    first_step, second_try = widened(found_at_last), widened(still_open)
    orphan = dataclasses.replace(widened(expired), asked_at=now - 5)
    kept = [
        open_one, older, found_wider, still_open, secret, expired, found_at_last, first_step, orphan,
        sample(server=HERE), asked("elsewhere", 10, server=ELSEWHERE), asked("direct", 10, server=None),
        widened(found_wider, found=True), widened(found_wider), second_try, widened(secret),
        widened(first_step, found=True),
    ]  # fmt: skip
    with journal_in(tmp_path) as journal:
        for entry in kept:
            journal.keep(entry)
        with seen(journal, tmp_path, restarted) as later:
            assert later.unanswered(HERE, 0) == [orphan, open_one, older, still_open]
            assert later.unanswered(HERE, now - 25) == [second_try, orphan, open_one]
            assert later.unanswered(999, 0) == []


@pytest.mark.parametrize("restarted", [False, True])
def test_of_a_persons_ratings_the_last_counts(tmp_path: Path, restarted: bool) -> None:
    entry = sample()
    with journal_in(tmp_path) as journal:
        journal.keep(entry)
        journal.rate(entry.reference, BOB, helpful=True)
        journal.rate(entry.reference, ALICE, helpful=True)
        with seen(journal, tmp_path, restarted) as later:
            later.rate(entry.reference, ALICE, helpful=False, wrong="all of it", right="the opposite")
            later.rate("not there at all", ALICE, helpful=True)
            ratings = [(one.person, one.helpful, one.wrong, one.right) for one in later.ratings(entry.reference)]
            assert ratings == [(ALICE, False, "all of it", "the opposite"), (BOB, True, "", "")]
            assert later.ratings("not there at all") == []


def test_latencies_are_those_of_the_latest_questions(tmp_path: Path) -> None:
    now = time.time()
    with journal_in(tmp_path) as journal:
        for seconds in range(5):
            journal.keep(sample(asked_at=now - 100 - seconds, waited=float(seconds)))
    with journal_in(tmp_path) as journal:
        assert journal.latencies(2) == [0.625, 1.625]
        journal.keep(sample(asked_at=now - 10, waited=9.0))
        assert journal.latencies(2) == [9.625, 0.625]
        assert len(journal.latencies()) == 6


# A file that can't be written


def test_a_locked_file_delays_no_one_and_is_written_when_it_is_free(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        before, during = sample(channel=HERE), abstention("Why?", channel=HERE, server=HERE)
        journal.keep(before)
        until(lambda: written(tmp_path) == 1)
        with closing(sqlite3.connect(tmp_path / JOURNAL, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            journal.keep(during)
            journal.set_messages(during.reference, [7])
            journal.rate(during.reference, BOB, helpful=False, wrong="It is known.")
            time.sleep(3)  # longer than an attempt to write waits
            assert journal.entry(before.reference) == before
            assert journal.entry(during.reference) == journal.entry_of_message(7) == during
            assert journal.last_in(HERE, 0) == during
            assert journal.unanswered(HERE, 0) == [during]
            assert [rating.wrong for rating in journal.ratings(during.reference)] == ["It is known."]
            with pytest.raises(JournalError, match="another program holds it locked; try again"):
                journal.forget(CAROL)
            assert other.execute("SELECT count(*) FROM entry").fetchone() == (1,)
            other.execute("ROLLBACK")
        until(lambda: written(tmp_path) == 2)
    with journal_in(tmp_path) as journal:
        assert journal.entry_of_message(7) == during


def test_what_could_not_be_written_until_the_end_is_said_to_be_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    journal = Journal(tmp_path, DAYS)
    with closing(sqlite3.connect(tmp_path / JOURNAL, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        journal.keep(sample())
        journal.close(patience=3)
        other.execute("ROLLBACK")
    assert "1 journal entries and ratings could not be written and are lost" in caplog.text
    assert f"{tmp_path / JOURNAL}" in caplog.text
    assert ": another program holds it locked; 1 entries and ratings wait in memory" in caplog.text


FULL_DISK = """
import logging, resource, signal, sys, time
from pathlib import Path
from bot.journal.journal import Journal
from tests.bot.journal.journal_samples import sample
from tests.bot.journal.test_journal import until, written
logging.basicConfig(stream=sys.stdout, format="%(message)s")
data = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
journal = Journal(data, 30)
early = sample()
journal.keep(early)
until(lambda: written(data) == 1)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
late = [sample(question="long " * 5000) for _ in range(20)]
for entry in late:
    journal.keep(entry)
time.sleep(2)
assert written(data) == 1
assert all(journal.entry(entry.reference) == entry for entry in [early, *late])
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, hard))
until(lambda: written(data) == 21)
journal.close(60)
print("written")
"""


def in_python(code: str, *arguments: object) -> list[str]:
    """The lines that a process of its own prints."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_full_disk_is_told_once_and_nothing_is_lost(tmp_path: Path) -> None:
    complaint, end = in_python(FULL_DISK, tmp_path)
    assert complaint.startswith(f"{tmp_path / JOURNAL} can't be written: no room is left on the disk; free some; ")
    assert end == "written"


READ_ONLY = """
import logging, sys, time
from pathlib import Path
from bot.journal.journal import Journal
from tests.bot.journal.journal_samples import sample
from tests.bot.journal.test_journal import until, written
logging.basicConfig(stream=sys.stdout, format="%(message)s")
data = Path(sys.argv[1])
data.chmod(0o555)
journal = Journal(data, 30)
entry = sample()
journal.keep(entry)
journal.set_messages(entry.reference, [4])
time.sleep(2)
assert journal.entry_of_message(4) == entry
assert journal.entry("not there at all") is None
assert not list(data.iterdir())
data.chmod(0o755)
until(lambda: written(data) == 1)
journal.close(60)
print("written")
"""
# Root obeys the modes of files like everybody else when these two rights cannot be had by what is run.
AS_ANYBODY = """
import ctypes, os, sys
if os.geteuid() == 0:
    drop_from_bounding_set, override_modes, read_and_search = 24, 1, 2
    for right in (override_modes, read_and_search):
        ctypes.CDLL(None).prctl(drop_from_bounding_set, right, 0, 0, 0)
os.execv(sys.executable, [sys.executable, "-c", *sys.argv[1:]])
"""


@pytest.mark.skipif(sys.platform != "linux" and os.geteuid() == 0, reason="root can write to every folder")
def test_a_folder_that_may_not_be_written_is_tried_again(tmp_path: Path) -> None:
    complaint, end = in_python(AS_ANYBODY, READ_ONLY, tmp_path)
    assert complaint.startswith(f"{tmp_path / JOURNAL} can't be written: it may not be written: ")
    assert "check the rights of the data folder" in complaint
    assert end == "written"


KILLED = """
import sys, time
from pathlib import Path
from bot.journal.journal import Journal
from tests.bot.journal.journal_samples import sample
journal = Journal(Path(sys.argv[1]), 30)
for number in range(50):
    journal.keep(sample(reference=f"kept{number:08}", question=f"Question {number}?"))
print("kept", flush=True)
time.sleep(600)
"""


def test_what_was_written_survives_a_kill(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE) as victim:
        assert victim.stdout is not None
        victim.stdout.readline()
        until(lambda: written(tmp_path) == 50)
        victim.send_signal(signal.SIGKILL)
    with journal_in(tmp_path) as journal:
        found = [journal.entry(f"kept{number:08}") for number in range(50)]
        assert [entry.question for entry in found if entry] == [f"Question {number}?" for number in range(50)]


TOGETHER = """
import sys
from pathlib import Path
from bot.journal.journal import Journal
from tests.bot.journal.journal_samples import sample
sys.stdin.readline()
journal = Journal(Path(sys.argv[1]), 30)
for number in range(20):
    journal.keep(sample(reference=f"{sys.argv[2]:>4}{number:08}"))
journal.close(60)
"""


def test_several_processes_may_open_it_at_once(tmp_path: Path) -> None:
    starters = [
        subprocess.Popen([sys.executable, "-c", TOGETHER, str(tmp_path), str(name)], cwd=REPOSITORY, text=True,
                         stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        for name in range(4)
    ]  # fmt: skip
    time.sleep(1)
    for starter in starters:
        assert starter.stdin is not None
        starter.stdin.write("now\n")
        starter.stdin.flush()
    assert [starter.communicate()[1] for starter in starters] == [""] * 4
    assert written(tmp_path) == 80


def test_a_file_that_was_moved_away_is_begun_anew(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        journal.keep(sample())
        until(lambda: written(tmp_path) == 1)
        (tmp_path / JOURNAL).rename(tmp_path / "old.sqlite")
        entry = sample()
        journal.keep(entry)
    with journal_in(tmp_path) as journal:
        assert journal.entry(entry.reference) == entry


# A file that is not what it should be


def test_a_damaged_file_is_set_aside_and_a_new_one_begun(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / JOURNAL).write_bytes(b"not a database" * 1000)
    entry = sample()
    with journal_in(tmp_path) as journal:
        journal.keep(entry)
    [aside] = tmp_path.glob("journal-damaged-*.sqlite")
    assert aside.read_bytes() == b"not a database" * 1000
    assert f"{tmp_path / JOURNAL} is damaged (file is not a database); it was set aside as {aside.name}" in caplog.text
    with journal_in(tmp_path) as journal:
        assert journal.entry(entry.reference) == entry


def test_a_file_that_gets_damaged_meanwhile_loses_nothing_that_waits(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        for _ in range(200):
            journal.keep(sample(question="long " * 500))
    whole = (tmp_path / JOURNAL).read_bytes()
    (tmp_path / JOURNAL).write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with journal_in(tmp_path) as journal:
        entry = sample()
        journal.keep(entry)
        until(lambda: list(tmp_path.glob("journal-damaged-*.sqlite")))
        until(lambda: written(tmp_path) == 1)
        assert journal.entry(entry.reference) == entry


def test_damaged_words_can_not_be_searched_so_forgetting_deletes_them_all(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        for _ in range(200):
            journal.keep(sample(asker=ALICE, question="A heron's secret. " * 100))
    whole = (tmp_path / JOURNAL).read_bytes()
    (tmp_path / JOURNAL).write_bytes(whole[:4096] + b"\xff" * 40_000 + whole[44_096:])
    with journal_in(tmp_path) as journal:
        journal.forget(ALICE)
        assert b"secret" not in bytes_on_disk(tmp_path)
        assert not list(tmp_path.glob("journal-damaged-*"))


def test_another_versions_file_is_one_clear_line(tmp_path: Path) -> None:
    Journal(tmp_path, DAYS).close()
    with closing(sqlite3.connect(tmp_path / JOURNAL)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(JournalError) as raised:
        Journal(tmp_path, DAYS)
    assert str(raised.value) == (
        f"{tmp_path / JOURNAL} was written by another version of Footnote (schema 99, here {SCHEMA_VERSION}); move it "
        "away, and a new one is begun"
    )


def test_a_broken_entry_is_an_error_of_one_line(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        entry = sample()
        journal.keep(entry)
        until(lambda: written(tmp_path) == 1)
        until(lambda: not len(journal._waiting))
        with closing(sqlite3.connect(tmp_path / JOURNAL)) as other, other:
            other.execute("UPDATE entry SET body = '{}'")
        with pytest.raises(JournalError, match="holds an entry that can't be read"):
            journal.entry(entry.reference)


# Forgetting and expiring


def test_a_person_is_forgotten_wherever_their_words_are(tmp_path: Path) -> None:
    hers = [sample(asker=ALICE, question="Where is Alicesword?", channel=HERE) for _ in range(3)]
    his = sample(asker=BOB, previous=hers[0].reference)
    pressed = sample(asker=BOB, surface="wider", searched="Where is Alicesword?", previous=hers[1].reference)
    with journal_in(tmp_path) as journal:
        for entry in (*hers[:2], his, pressed):
            journal.keep(entry)
        journal.set_messages(hers[0].reference, [8])
        journal.rate(his.reference, ALICE, helpful=False, wrong="Alicesword is right.")
        journal.rate(his.reference, BOB, helpful=True)
        journal.rate(hers[0].reference, BOB, helpful=False, wrong="Alicesword is wrong.")
        until(lambda: written(tmp_path) == 4)
        with closing(sqlite3.connect(tmp_path / JOURNAL, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")  # the rest waits in memory
            journal.keep(hers[2])
            journal.rate(his.reference, ALICE, helpful=False, wrong="Alicesword is right!")
            other.execute("ROLLBACK")
        assert b"Alicesword" in bytes_on_disk(tmp_path)
        assert journal.forget(ALICE) == 4
        assert b"Alicesword" not in bytes_on_disk(tmp_path)
        for entry in (*hers, pressed):
            journal.set_messages(entry.reference, [9])
            journal.rate(entry.reference, BOB, helpful=False, wrong="Alicesword!")
            assert journal.entry(entry.reference) is None
            assert journal.ratings(entry.reference) == []
        assert journal.entry_of_message(8) is journal.entry_of_message(9) is journal.last_in(HERE, 0) is None
        assert journal.conversation(his.reference, 9) == [dataclasses.replace(his, searched=his.question)]
        assert [rating.person for rating in journal.ratings(his.reference)] == [BOB]
        assert journal.forget(ALICE) == 0
    assert b"Alicesword" not in bytes_on_disk(tmp_path)
    assert written(tmp_path) == 1


def test_what_is_being_answered_while_its_asker_is_forgotten_is_not_kept(journal: Journal) -> None:
    asked_before = sample(asker=ALICE)
    journal.forget(ALICE)
    asked_after = sample(asker=ALICE, asked_at=time.time() + 1)
    journal.keep(asked_before)
    journal.keep(asked_after)
    assert journal.entry(asked_before.reference) is None
    assert journal.entry(asked_after.reference) == asked_after


@pytest.mark.parametrize("seed", range(4))
def test_no_word_of_a_forgotten_person_is_left_in_any_page(tmp_path: Path, seed: int) -> None:
    """Lengths at random, so that pages are split and merged: SQLite leaves copies of rows behind when it does that."""
    chance = random.Random(seed)
    with journal_in(tmp_path) as journal:
        for _ in range(6):
            for _ in range(chance.randint(1, 80)):
                asker = chance.randint(1, 5)
                words = f"secret{asker}x " * chance.choice([1, 5, 20, 100, 300, 900, 4000])
                entry = sample(asker=asker, question=words, searched="", sources=(), sentences=(), previous=None)
                journal.keep(entry)
                critic = chance.randint(1, 5)
                journal.rate(entry.reference, critic, helpful=False, wrong=f"secret{critic}x " * chance.randint(1, 99))
            person = chance.randint(1, 5)
            journal.forget(person)
            assert f"secret{person}x".encode() not in bytes_on_disk(tmp_path)


def test_nobody_who_is_forgotten_comes_back_while_others_write(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal, ThreadPoolExecutor(4) as threads:
        asked = [sample(asker=1 + place % 5, question=f"word{1 + place % 5}x") for place in range(2000)]
        keeping = threads.map(journal.keep, asked)
        counts = list(threads.map(journal.forget, (ALICE, BOB)))
        assert all(0 <= count <= 400 for count in counts)
        assert len(list(keeping)) == 2000
    assert written(tmp_path) == 1200
    assert b"word1x" not in bytes_on_disk(tmp_path)
    assert b"word2x" not in bytes_on_disk(tmp_path)


def test_what_has_expired_is_not_returned_even_before_it_is_deleted(tmp_path: Path) -> None:
    now = time.time()
    old = abstention("Oldword?", asked_at=now - 8 * DAY, channel=HERE, server=HERE)
    new = abstention("Newword?", asked_at=now - 6 * DAY, channel=HERE, server=HERE)
    follow_up = sample(asked_at=now, previous=old.reference, channel=ELSEWHERE, server=ELSEWHERE)
    with journal_in(tmp_path, days=30) as journal:
        for message, entry in enumerate((old, new, follow_up)):
            journal.keep(entry)
            journal.set_messages(entry.reference, [message])
            journal.rate(entry.reference, BOB, helpful=True)
        assert journal.unanswered(HERE, 0) == [new, old]
    with closing(sqlite3.connect(tmp_path / JOURNAL, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")  # nothing can be deleted
        with journal_in(tmp_path, days=7) as journal:
            assert journal.entry(old.reference) is journal.entry_of_message(0) is None
            assert journal.entry(new.reference) == journal.last_in(HERE, 0) == new
            assert journal.unanswered(HERE, 0) == [new]
            assert journal.conversation(follow_up.reference, 9) == [follow_up]
            assert journal.ratings(old.reference) == []
            assert len(journal.latencies()) == 2
            journal.keep(old)
            assert journal.entry(old.reference) is None
            assert journal.unanswered(HERE, 0) == [new]
            assert len(journal.latencies()) == 2
            other.execute("ROLLBACK")


def test_what_has_expired_is_deleted_at_the_start(tmp_path: Path) -> None:
    with journal_in(tmp_path, days=30) as journal:
        journal.keep(sample(question="Oldword", asked_at=time.time() - 8 * DAY))
        journal.keep(sample(question="Newword", asked_at=time.time() - 6 * DAY))
    aside = tmp_path / "journal-damaged-20200101-000000-1.sqlite"
    aside.write_bytes(b"Damagedword")
    os.utime(aside, (0, time.time() - 8 * DAY))
    with journal_in(tmp_path, days=7):
        until(lambda: written(tmp_path) == 1)
        until(lambda: b"Damagedword" not in bytes_on_disk(tmp_path))
        until(lambda: b"Oldword" not in bytes_on_disk(tmp_path))
    assert b"Newword" in bytes_on_disk(tmp_path)


def test_expiring_says_when_it_can_not(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    with journal_in(tmp_path) as journal:
        with closing(sqlite3.connect(tmp_path / JOURNAL, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(JournalError, match=r"what has expired could not be cleared from .*locked"):
                journal.expire()
            other.execute("ROLLBACK")
        journal.expire()


@pytest.mark.parametrize("restarted", [False, True])
def test_what_follows_on_a_forgotten_question_no_longer_repeats_its_words(tmp_path: Path, restarted: bool) -> None:
    """Neither in memory, nor in the file, nor when it is answered only after that."""
    asked = sample(asker=ALICE, question="What did Rumpelstiltskin say?", searched="What did Rumpelstiltskin say?")
    reply = sample(asker=BOB, previous=asked.reference, question="And why?", searched="Why Rumpelstiltskin?")
    second = sample(asker=CAROL, previous=reply.reference, question="Where?", searched="Where is Rumpelstiltskin?")
    late = dataclasses.replace(reply, reference="late-reply..")
    wider = sample(asker=BOB, previous=asked.reference, surface="wider", question="Rumpelstiltskin?")
    with journal_in(tmp_path) as first:
        for entry in (asked, reply, second):
            first.keep(entry)
        with seen(first, tmp_path, restarted) as journal:
            journal.forget(ALICE)
            journal.keep(late)
            journal.keep(wider)
            for entry in (reply, second, late):
                kept = journal.entry(entry.reference)
                assert kept is not None
                assert kept.searched == entry.question
            assert journal.entry(wider.reference) is None
            journal.close(patience=60)
    assert b"Rumpelstiltskin" not in b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())


@pytest.mark.parametrize("restarted", [False, True])
def test_a_second_thumb_down_without_a_word_leaves_what_was_written(tmp_path: Path, restarted: bool) -> None:
    entry = sample()
    with journal_in(tmp_path) as first:
        first.keep(entry)
        first.rate(entry.reference, BOB, helpful=False, wrong="the year", right="1999")
        first.rate(entry.reference, BOB, helpful=False)
        with seen(first, tmp_path, restarted) as journal:
            journal.rate(entry.reference, BOB, helpful=False)
            until(lambda: not len(journal._waiting))
            assert [(one.wrong, one.right) for one in journal.ratings(entry.reference)] == [("the year", "1999")]
            journal.rate(entry.reference, BOB, helpful=True)
            assert [(one.helpful, one.wrong) for one in journal.ratings(entry.reference)] == [(True, "")]
