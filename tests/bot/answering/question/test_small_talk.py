"""Messages that ask nothing of the documents."""

from __future__ import annotations

import pytest

from bot.answering.question.small_talk import note_of


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("hi", "greeting"),
        ("Hey there!", "greeting"),
        ("Good morning everyone :)", "greeting"),
        ("thanks", "thanks"),
        ("Thank you so much!", "thanks"),
        ("ok great, thanks", "thanks"),
        ("help", "capabilities"),
        ("what can you do?", "capabilities"),
        ("How do I use this bot?", "capabilities"),
        ("who are you", "capabilities"),
        ("it doesn't work", "vague"),
        ("anyone?", "vague"),
        ("what", "vague"),
    ],
)
def test_what_a_message_is(text: str, note: str) -> None:
    assert note_of(text) == note


@pytest.mark.parametrize(
    "text",
    [
        "thanks to whom was the lock built?",
        "hi-res images do not load",
        "help page missing",
        "export",
        "E1043",
        "退款",
        "how do I thank a donor?",
        "what can you do with leather-hard clay?",
    ],
)
def test_questions_are_searched_for(text: str) -> None:
    assert note_of(text) is None
