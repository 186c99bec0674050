"""Questions of documentation as they are learnt from: headings hidden, sections taken out, questions as typed."""

from __future__ import annotations

import random

from index.reader.training.data.as_typed import as_typed
from index.reader.training.data.help_sets import edited, masked, words_in_order

RAW = """# Manual

See [How do I reset my password?](#how-do-i-reset-my-password).

## How do I reset my password?

Open the account page and press Forget. A letter with a link arrives within minutes.

## How do I delete my account?

Write to the office. It takes a week.
"""


def rows() -> list[dict[str, object]]:
    """The two questions of the manual, with the offsets of their sections."""
    found = []
    for question, first, last in (
        ("How do I reset my password?", "Open the account", "within minutes."),
        ("How do I delete my account?", "Write to the office", "a week."),
    ):
        start, end = RAW.index(first), RAW.index(last) + len(last)
        found.append(
            {
                "question": question,
                "answer_char_start": start,
                "answer_char_end": end,
                "answer_text": RAW[start:end],
            }
        )
    return found


def test_a_hidden_heading_is_said_in_words_of_its_answer() -> None:
    raw, questions = masked(RAW, rows(), random.Random(0), share_hidden=1, share_left_out=0)
    assert "reset" not in raw.lower()
    assert "delete" not in raw
    assert "Open the account page" in raw
    assert [one.section is not None for one in questions] == [True, True]


def test_a_section_that_is_left_out_is_gone_with_its_heading() -> None:
    raw, questions = masked(RAW, rows(), random.Random(0), share_left_out=1)
    assert "Open the account page" not in raw
    assert "Write to the office" not in raw
    assert "##" not in raw
    assert [one.section for one in questions] == [None, None]


def test_without_hiding_a_document_stays_as_it_is() -> None:
    assert masked(RAW, rows(), random.Random(0), share_hidden=0, share_left_out=0)[0] == RAW


def test_a_question_is_found_whatever_stands_between_its_words() -> None:
    pattern = words_in_order("How do I use `pip`?")
    assert pattern.search("#how-do-i-use-pip")
    assert pattern.search("How do I use **pip**")
    assert not pattern.search("How do I use the pip")


def test_of_overlapping_edits_the_longest_counts() -> None:
    assert edited("0123456789", [(2, 4, "x"), (1, 6, ""), (8, 9, "eight")]) == "067eight9"


def test_a_typed_question_keeps_its_telling_words() -> None:
    question = "How can I export all the calendar entries to another program?"
    typed = [as_typed(question, random.Random(seed)) for seed in range(200)]
    assert len(set(typed)) > 50
    assert sum("calendar" in one.lower() for one in typed) > 180
    assert sum(one == one.lower() for one in typed) > 120
    assert as_typed(question, random.Random(1)) == as_typed(question, random.Random(1))
