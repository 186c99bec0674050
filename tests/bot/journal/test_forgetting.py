"""Forgotten people and expired entries leave nothing behind."""

from __future__ import annotations

import dataclasses
import random
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from bot.journal.journal import JOURNAL, Journal
from bot.journal.writer import DAY
from tests.bot.journal.support.entries import abstention, changed, sample
from tests.bot.journal.support.files import (
    LONG,
    bytes_on_disk,
    journal_in,
    reopened,
    until,
    written,
)

ALICE, BOB, CAROL = 1, 2, 3
HERE, ELSEWHERE = 10, 20


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal."""
    with journal_in(tmp_path) as opened:
        yield opened


def test_forgetting_deletes_damaged_files_because_they_cannot_be_searched(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        for _ in range(200):
            journal.keep(sample(asker=ALICE, text="A heron's secret. " * 100))
    whole = (tmp_path / JOURNAL).read_bytes()
    (tmp_path / JOURNAL).write_bytes(whole[:4096] + b"\xff" * 40_000 + whole[44_096:])
    with journal_in(tmp_path) as journal:
        journal.forget(ALICE)
        assert b"secret" not in bytes_on_disk(tmp_path)
        assert not list(tmp_path.glob("journal-damaged-*"))


def test_a_person_is_forgotten_in_memory_and_in_every_table(tmp_path: Path) -> None:
    hers = [sample(asker=ALICE, text="Where is Alicesword?", channel=HERE) for _ in range(3)]
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
        assert journal.conversation(his.reference, 9) == [dataclasses.replace(his, searched=his.question.text)]
        assert [rating.person for rating in journal.ratings(his.reference)] == [BOB]
        assert journal.forget(ALICE) == 0
    assert b"Alicesword" not in bytes_on_disk(tmp_path)
    assert written(tmp_path) == 1


def test_an_answer_is_not_stored_if_its_asker_was_forgotten_meanwhile(journal: Journal) -> None:
    asked_before = sample(asker=ALICE)
    journal.forget(ALICE)
    asked_after = sample(asker=ALICE, asked_at=time.time() + 1)
    journal.keep(asked_before)
    journal.keep(asked_after)
    assert journal.entry(asked_before.reference) is None
    assert journal.entry(asked_after.reference) == asked_after


@pytest.mark.parametrize("seed", range(4))
def test_no_word_of_a_forgotten_person_is_left_in_any_page(tmp_path: Path, seed: int) -> None:
    """Lengths are random, so that SQLite splits and merges pages, which leaves copies of rows behind."""
    chance = random.Random(seed)
    with journal_in(tmp_path) as journal:
        for _ in range(6):
            for _ in range(chance.randint(1, 80)):
                asker = chance.randint(1, 5)
                words = f"secret{asker}x " * chance.choice([1, 5, 20, 100, 300, 900, 4000])
                entry = sample(asker=asker, text=words, searched="", sources=(), blocks=(), previous=None)
                journal.keep(entry)
                critic = chance.randint(1, 5)
                journal.rate(entry.reference, critic, helpful=False, wrong=f"secret{critic}x " * chance.randint(1, 99))
            person = chance.randint(1, 5)
            journal.forget(person)
            assert f"secret{person}x".encode() not in bytes_on_disk(tmp_path)


def test_a_forgotten_person_does_not_come_back_while_others_write(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal, ThreadPoolExecutor(4) as threads:
        asked = [sample(asker=1 + place % 5, text=f"word{1 + place % 5}x") for place in range(2000)]
        keeping = threads.map(journal.keep, asked)
        counts = list(threads.map(journal.forget, (ALICE, BOB)))
        assert all(0 <= count <= 400 for count in counts)
        assert len(list(keeping)) == 2000
    assert written(tmp_path) == 1200
    assert b"word1x" not in bytes_on_disk(tmp_path)
    assert b"word2x" not in bytes_on_disk(tmp_path)


@pytest.mark.parametrize("restarted", [False, True])
def test_follow_ups_to_a_forgotten_question_no_longer_repeat_its_words(tmp_path: Path, restarted: bool) -> None:
    """In memory, in the file, and if the follow-up is answered later."""
    asked = sample(asker=ALICE, text="What did Rumpelstiltskin say?", searched="What did Rumpelstiltskin say?")
    reply = sample(asker=BOB, previous=asked.reference, text="And why?", searched="Why Rumpelstiltskin?")
    second = sample(asker=CAROL, previous=reply.reference, text="Where?", searched="Where is Rumpelstiltskin?")
    late = changed(reply, reference="late-reply..")
    wider = sample(asker=BOB, previous=asked.reference, surface="wider", text="Rumpelstiltskin?")
    with journal_in(tmp_path) as first:
        for entry in (asked, reply, second):
            first.keep(entry)
        with reopened(first, tmp_path, restarted=restarted) as journal:
            journal.forget(ALICE)
            journal.keep(late)
            journal.keep(wider)
            for entry in (reply, second, late):
                kept = journal.entry(entry.reference)
                assert kept is not None
                assert kept.searched == entry.question.text
            assert journal.entry(wider.reference) is None
            journal.close(patience=LONG)
    assert b"Rumpelstiltskin" not in b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())


def test_expired_entries_are_not_returned_even_before_they_are_deleted(tmp_path: Path) -> None:
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
