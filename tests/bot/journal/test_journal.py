"""The journal: entries can be read at once, before and after they are written."""

from __future__ import annotations

import dataclasses
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import JournalError
from bot.journal.journal import JOURNAL, Journal
from tests.bot.journal.support.entries import SOURCE, abstention, changed, sample
from tests.bot.journal.support.files import (
    journal_in,
    reopened,
    until,
    written,
)

ALICE, BOB = 1, 2
HERE, ELSEWHERE = 10, 20
HOSTILE = "\u202e @everyone ||`[1]`|| \x00\n\r\t \"';-- DROP TABLE entry 𝒳\U0001f9ff\u200b" + "w" * 5000


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal."""
    with journal_in(tmp_path) as opened:
        yield opened


def test_entries_are_the_same_after_a_restart(tmp_path: Path) -> None:
    bare = sample(server=None, folders=None, previous=None, private=True, surface="direct", sources=(), blocks=())
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


def test_a_lone_surrogate_is_replaced_and_does_not_block_other_entries(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        broken, whole = sample(text="half \ud83d a face", folders=("\udcff",)), sample()
        journal.keep(broken)
        journal.rate(broken.reference, ALICE, helpful=False, wrong="\udc00", right="\ud800!")
        journal.keep(whole)
    with journal_in(tmp_path) as journal:
        kept = journal.entry(broken.reference)
        assert kept == changed(broken, text="half ? a face", folders=("?",))
        assert [(rating.wrong, rating.right) for rating in journal.ratings(broken.reference)] == [("?", "?!")]
        assert journal.entry(whole.reference) == whole


def test_an_entry_replaces_one_with_the_same_reference_and_keeps_its_messages(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        first = sample()
        journal.keep(first)
        journal.set_messages(first.reference, [5])
        until(lambda: written(tmp_path) == 1)
        second = changed(first, text="Said otherwise")
        journal.keep(second)
        assert journal.entry(first.reference) == second
    with journal_in(tmp_path) as journal:
        assert journal.entry_of_message(5) == second


def test_a_value_that_sqlite_refuses_is_dropped_and_the_others_are_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with journal_in(tmp_path) as journal:
        huge, whole = sample(channel=2**70), sample()
        for entry in (huge, whole):
            journal.keep(entry)
            journal.set_messages(entry.reference, [2**65 if entry is huge else 6])
    assert "dropped a journal entry, message or rating that can't be written" in caplog.text
    with journal_in(tmp_path) as journal:
        assert journal.entry(huge.reference) is None
        assert journal.entry_of_message(6) == whole


def test_ten_thousand_entries_at_once(tmp_path: Path) -> None:
    now = time.time()
    entries = [sample(asked_at=now - number / 1000) for number in range(10_000)]
    with journal_in(tmp_path) as journal, ThreadPoolExecutor(8) as threads:
        list(threads.map(journal.keep, entries))
        assert all(threads.map(lambda entry: journal.entry(entry.reference) == entry, entries[::100]))
    assert written(tmp_path) == 10_000
    with journal_in(tmp_path) as journal:
        assert len(journal.latencies()) == 200
        assert journal.last_in(entries[0].question.channel, 0) == entries[0]


def test_a_message_leads_to_its_entry_before_and_after_it_is_written(tmp_path: Path) -> None:
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


def test_a_conversation_goes_back_to_its_first_entry_or_to_a_missing_one(journal: Journal) -> None:
    first = sample(reference="first_______", previous="gone________")
    second = sample(reference="second______", previous=first.reference)
    third = sample(reference="third_______", previous=second.reference)
    for entry in (first, second, third):
        journal.keep(entry)
    assert journal.conversation(third.reference, 9) == [first, second, third]
    assert journal.conversation(third.reference, 2) == [second, third]
    assert journal.conversation(third.reference, 0) == []
    assert journal.conversation("gone________", 9) == []


def test_a_conversation_that_is_a_circle_ends(journal: Journal) -> None:
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
        with reopened(journal, tmp_path, restarted=restarted) as later:
            assert later.last_in(HERE, now - 3600) == late
            assert later.last_in(HERE, now - 10) is None
            assert later.last_in(999, 0) is None


@pytest.mark.parametrize("restarted", [False, True])
def test_the_last_rating_of_a_person_counts(tmp_path: Path, restarted: bool) -> None:
    entry = sample()
    with journal_in(tmp_path) as journal:
        journal.keep(entry)
        journal.rate(entry.reference, BOB, helpful=True)
        journal.rate(entry.reference, ALICE, helpful=True)
        with reopened(journal, tmp_path, restarted=restarted) as later:
            later.rate(entry.reference, ALICE, helpful=False, wrong="all of it", right="the opposite")
            later.rate("not there at all", ALICE, helpful=True)
            ratings = [(one.person, one.helpful, one.wrong, one.right) for one in later.ratings(entry.reference)]
            assert ratings == [(ALICE, False, "all of it", "the opposite"), (BOB, True, "", "")]
            assert later.ratings("not there at all") == []


@pytest.mark.parametrize("restarted", [False, True])
def test_a_second_thumb_down_without_words_keeps_the_words_of_the_first(tmp_path: Path, restarted: bool) -> None:
    entry = sample()
    with journal_in(tmp_path) as first:
        first.keep(entry)
        first.rate(entry.reference, BOB, helpful=False, wrong="the year", right="1999")
        first.rate(entry.reference, BOB, helpful=False)
        with reopened(first, tmp_path, restarted=restarted) as journal:
            journal.rate(entry.reference, BOB, helpful=False)
            until(lambda: not journal.unwritten)
            assert [(one.wrong, one.right) for one in journal.ratings(entry.reference)] == [("the year", "1999")]
            journal.rate(entry.reference, BOB, helpful=True)
            assert [(one.helpful, one.wrong) for one in journal.ratings(entry.reference)] == [(True, "")]


def test_latencies_are_those_of_the_latest_questions(tmp_path: Path) -> None:
    now = time.time()
    with journal_in(tmp_path) as journal:
        for seconds in range(5):
            journal.keep(sample(asked_at=now - 100 - seconds, waited=float(seconds)))
    with journal_in(tmp_path) as journal:
        assert journal.latencies(count=2) == [0.625, 1.625]
        journal.keep(sample(asked_at=now - 10, waited=9.0))
        assert journal.latencies(count=2) == [9.625, 0.625]
        assert len(journal.latencies()) == 6


def test_a_broken_entry_is_reported_in_one_line(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        entry = sample()
        journal.keep(entry)
        until(lambda: written(tmp_path) == 1)
        until(lambda: not journal.unwritten)
        with closing(sqlite3.connect(tmp_path / JOURNAL)) as other, other:
            other.execute("UPDATE entry SET body = '{}'")
        with pytest.raises(JournalError, match="holds an entry that can't be read"):
            journal.entry(entry.reference)
