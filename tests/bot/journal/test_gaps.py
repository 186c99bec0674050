"""Questions without an answer, grouped by what they mean, with the real embedder."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable

import pytest

from bot.journal.gaps import MOST_QUESTIONS, Gap, grouped
from bot.types import JournalEntry
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from tests.bot.journal.support.entries import abstention

NOW = 1_700_000_000.0

# Each line means one thing; some lines differ from another by a word.
MEANINGS = [
    [
        "How many days of holiday do I get?",
        "What is our vacation allowance?",
        "how much annual leave do we have",
        "How many vacation days are employees entitled to?",
    ],
    [
        "How do I reset my password?",
        "I forgot my password, what now?",
        "password reset how?",
        "Where can I change my password?",
    ],
    [
        "When does the office close on Friday?",
        "What time does the office shut on Fridays?",
        "office closing time friday",
    ],
    ["When does the office open on Monday?", "What time does the office open on Mondays"],
    [
        "Who is responsible for data protection?",
        "Who is our data protection officer?",
        "whom do I contact about data privacy",
    ],
    [
        "How do I claim travel expenses?",
        "How are travel costs reimbursed?",
        "What is the procedure for getting travel expenses back?",
    ],
    [
        "Can I work from abroad?",
        "Is remote work from another country allowed?",
        "Am I allowed to work remotely from a foreign country?",
    ],
    ["What is the wifi password for guests?", "guest wifi password?", "How do guests get on the wireless network?"],
    [
        "How do I install the VPN client on Windows?",
        "vpn installation windows",
        "Where do I get the VPN software for Windows and how do I set it up?",
    ],
    ["How do I install the VPN client on a Mac?", "vpn setup on Mac"],
    ["What was the revenue in 2019?", "How much revenue did we make in 2019?", "2019 revenue"],
    ["What was the revenue in 2020?", "revenue for 2020?"],
    ["How many days of holiday do I get in Germany?", "What is the vacation allowance in Germany"],
    ["How many days of holiday do I get in France?"],
    ["How tall is the tower?", "What is the height of the tower?", "tower height"],
    ["How old is the tower?", "When was the tower built?"],
    ["Who wrote the report on the lake?", "Who is the author of the lake report?"],
    ["Can I bring my dog to the office?", "Are dogs allowed at work?", "is it ok to bring pets into the office"],
    ["Can I bring my children to the office?"],
    ["What did Bolton say about the talks?", "What did Bolton say the talks were about?"],
    ["What did Trump say about the talks?"],
    ["How do I cancel my subscription?", "I want to cancel, how?", "subscription cancellation"],
    ["How do I upgrade my subscription?"],
    ["How many days of sick leave do I get?", "sick leave how long"],
    ["What is the refund policy?", "Can I get my money back?", "Do you offer refunds?"],
    ["Does the API support pagination?", "How do I page through API results?"],
    ["What is the rate limit of the API?", "How many API requests per minute are allowed?", "api rate limit?"],
    ["Which Python versions are supported?", "What version of Python do I need?", "does it run on python 3.12?"],
    ["How do I back up the database?", "database backup procedure"],
    ["How do I restore the database?", "restoring the database from a backup"],
]


def asked(question: str, seconds_ago: float = 0.0, asker: int = 1) -> JournalEntry:
    return abstention(question, asked_at=NOW - seconds_ago, asker=asker)


def pairs(groups: Iterable[Iterable[str]]) -> set[tuple[str, str]]:
    """All pairs of questions that are in a group together."""
    return {pair for group in groups for pair in itertools.combinations(sorted(group), 2)}


def test_most_questions_that_mean_the_same_are_together_and_few_others(embedder: SentenceTransformerEmbedder) -> None:
    entries = [asked(question) for question in itertools.chain(*MEANINGS)]
    random.Random(0).shuffle(entries)
    found = pairs((gap.question, *gap.others) for gap in grouped(entries, embedder.embed_short))
    right = found & pairs(MEANINGS)
    assert len(right) >= 0.9 * len(found), found - right
    assert len(right) >= 0.6 * len(pairs(MEANINGS))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What was the revenue in 2019?", "What was the revenue in 2020?"),
        ("What did Bolton say about the talks?", "What did Trump say about the talks?"),
        ("How do I install the VPN client on Windows?", "How do I install the VPN client on a Mac?"),
        ("how is model 3.1 set up", "how is model 3.2 set up"),
    ],
)
def test_questions_about_another_name_or_number_are_apart(
    one: str, other: str, embedder: SentenceTransformerEmbedder
) -> None:
    assert len(grouped([asked(one), asked(other)], embedder.embed_short)) == 2


def test_case_punctuation_and_spaces_make_no_difference(embedder: SentenceTransformerEmbedder) -> None:
    entries = [
        asked("What is the VPN?", 50, asker=1),
        asked("what is  the vpn", 40, asker=2),
        asked("WHAT IS THE VPN???!", 30, asker=2),
        asked("Ｗhat is the “VPN”?", 20, asker=3),
    ]
    gaps = grouped(entries, embedder.embed_short)
    assert gaps == [Gap("Ｗhat is the “VPN”?", 4, NOW - 20, (), 3)], "shown as it was asked last"


def test_the_question_shown_is_the_one_in_the_middle(embedder: SentenceTransformerEmbedder) -> None:
    entries = [
        asked("I forgot my password, what now?", 10),
        asked("How do I reset my password?", 20),
        asked("password reset how?", 30),
    ]
    [gap] = grouped(entries, embedder.embed_short)
    assert gap.question == "How do I reset my password?"
    assert set(gap.others) == {"I forgot my password, what now?", "password reset how?"}
    assert (gap.count, gap.askers, gap.last_asked) == (3, 1, NOW - 10)


def test_the_largest_come_first_and_then_the_latest(embedder: SentenceTransformerEmbedder) -> None:
    entries = [
        asked("Can I bring my dog?", 10),
        asked("What is the wifi password for guests?", 90),
        asked("guest wifi password?", 80),
        asked("Where is the printer?", 20),
        asked("Who founded the company?", 5),
    ]
    shown = [gap.question for gap in grouped(entries, embedder.embed_short)]
    assert shown[0] in {"What is the wifi password for guests?", "guest wifi password?"}
    assert shown[1:] == ["Who founded the company?", "Can I bring my dog?", "Where is the printer?"]


def test_a_follow_up_is_grouped_by_what_was_searched(embedder: SentenceTransformerEmbedder) -> None:
    entries = [
        abstention("and in 2020?", searched="What was the revenue in 2020?", asked_at=NOW),
        abstention("and in 2020?", searched="How many people left in 2020?", asked_at=NOW - 1),
    ]
    shown = [gap.question for gap in grouped(entries, embedder.embed_short)]
    assert shown == ["What was the revenue in 2020?", "How many people left in 2020?"]


@pytest.mark.parametrize(
    "questions", [[], ["Alone?"], ["???", "!!!"], ["", "   "], ["x" * 5000, "\x00\u202e@everyone"]]
)
def test_odd_questions_and_few_of_them(questions: list[str], embedder: SentenceTransformerEmbedder) -> None:
    gaps = grouped([asked(question) for question in questions], embedder.embed_short)
    assert sum(gap.count for gap in gaps) == len(questions)


def test_of_very_many_the_latest_are_grouped(embedder: SentenceTransformerEmbedder) -> None:
    entries = [asked(f"w{number}", seconds_ago=number) for number in range(MOST_QUESTIONS + 50)]
    gaps = grouped(entries, embedder.embed_short)
    assert sum(gap.count for gap in gaps) == MOST_QUESTIONS
    assert max(gap.last_asked for gap in gaps) == NOW
    assert min(entry.question.asked_at for entry in entries) not in {gap.last_asked for gap in gaps}
