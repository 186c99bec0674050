"""Questions that are still without an answer."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from bot.journal.writer import DAY
from bot.types import JournalEntry
from tests.bot.journal.support.entries import abstention, changed, sample
from tests.bot.journal.support.files import (
    DAYS,
    journal_in,
    reopened,
)

HERE, ELSEWHERE = 10, 20


@pytest.mark.parametrize("restarted", [False, True])
def test_unanswered_questions_are_neither_private_nor_answered_by_search_wider(tmp_path: Path, restarted: bool) -> None:
    now = time.time()

    def asked(question: str, seconds_ago: float, **changes: Any) -> JournalEntry:
        return abstention(question, asked_at=now - seconds_ago, **{"server": HERE, **changes})

    def widened(entry: JournalEntry, found: bool = False) -> JournalEntry:
        outcome = "answered" if found else "nothing"
        again = asked(entry.question.text, 1, outcome=outcome, surface="wider", private=entry.question.private)
        return changed(again, previous=entry.reference)

    open_one, older = asked("open", 20), asked("older", 30)
    found_wider, still_open = asked("found wider", 40), asked("still open", 50)
    found_at_last = asked("found at last", 55)
    secret, expired = asked("secret", 60, private=True), asked("expired", (DAYS + 1) * DAY)
    first_step, second_try = widened(found_at_last), widened(still_open)
    orphan = changed(widened(expired), asked_at=now - 5)
    kept = [
        open_one, older, found_wider, still_open, secret, expired, found_at_last, first_step, orphan,
        sample(server=HERE), asked("elsewhere", 10, server=ELSEWHERE), asked("direct", 10, server=None),
        widened(found_wider, found=True), widened(found_wider), second_try, widened(secret),
        widened(first_step, found=True),
    ]  # fmt: skip
    with journal_in(tmp_path) as journal:
        for entry in kept:
            journal.keep(entry)
        with reopened(journal, tmp_path, restarted=restarted) as later:
            assert later.unanswered(HERE, 0) == [orphan, open_one, older, still_open]
            assert later.unanswered(HERE, now - 25) == [second_try, orphan, open_one]
            assert later.unanswered(999, 0) == []


def test_what_comes_closest_is_no_answer_and_small_talk_is_no_question(tmp_path: Path) -> None:
    close, greeting = (
        abstention("close", server=HERE, outcome="closest"),
        abstention("hi", server=HERE, note="greeting"),
    )
    closer = changed(abstention("close", server=HERE, outcome="closest", surface="wider"), previous=close.reference)
    with journal_in(tmp_path) as journal:
        for entry in (close, greeting, closer):
            journal.keep(entry)
        assert journal.unanswered(HERE, 0) == [close]


@pytest.mark.parametrize(
    ("message", "unanswered", "gaps"),
    [
        ("When is it open? Who won the cup?", ("Who won the cup?",), ["Who won the cup?"]),
        (
            "How do I pay? Is there a lift? Can I bring a dog?",
            ("Is there a lift?", "Can I bring a dog?"),
            ["Is there a lift?", "Can I bring a dog?"],
        ),
        ("When is it open? Who runs it?", (), []),
    ],
)
@pytest.mark.parametrize("restarted", [False, True])
def test_each_question_of_a_message_without_an_answer_is_a_gap(
    tmp_path: Path, message: str, unanswered: tuple[str, ...], gaps: list[str], restarted: bool
) -> None:
    entry = sample(text=message, searched=message, unanswered=unanswered, server=HERE)
    with journal_in(tmp_path) as journal:
        journal.keep(entry)
        with reopened(journal, tmp_path, restarted=restarted) as later:
            found = later.unanswered(HERE, 0)
            assert [one.searched for one in found] == gaps
            assert {one.reference for one in found} <= {entry.reference}


def test_a_message_of_which_nothing_is_answered_has_a_gap_for_each_question(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        journal.keep(abstention("Is there a lift? Can I bring a dog?", server=HERE))
        journal.keep(abstention("My key broke. Who has another?", server=HERE))
        assert sorted(one.searched for one in journal.unanswered(HERE, 0)) == [
            "Can I bring a dog?",
            "Is there a lift?",
            "My key broke. Who has another?",
        ]
