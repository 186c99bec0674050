"""Several questions in one message."""

from __future__ import annotations

import pytest

from bot.answering.question.parts import MOST_PARTS, questions_in


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("How do I upgrade? And is there an app?", ["How do I upgrade?", "And is there an app?"]),
        (
            "Who founded the club? When was it closed? Where are its boats?",
            ["Who founded the club?", "When was it closed?", "Where are its boats?"],
        ),
        (
            "My server crashed. How do I restart it? Where are the logs?",
            ["My server crashed. How do I restart it?", "Where are the logs?"],
        ),
        ("How do I upgrade? Where is the log?? Thanks!", ["How do I upgrade?", "Where is the log? Thanks!"]),
    ],
)
def test_each_question_is_a_part(text: str, parts: list[str]) -> None:
    assert questions_in(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "How do I upgrade?",
        "how do i upgrade",
        "",
        "It crashed? really? yes.",
        "Is it E1043? I think so.",
        " ".join(f"What is a {name}?" for name in ("heron", "stork", "crane", "egret")[: MOST_PARTS + 1]),
        "Who founded the club? When?",
    ],
)
def test_a_single_question_and_too_many_stay_one_text(text: str) -> None:
    assert questions_in(text) == [text]
