"""Greetings, thanks and the like around a question are not searched for."""

from __future__ import annotations

import pytest

from bot.answering.question.courtesy import without_courtesy


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("hey there! how do I upgrade?", "how do I upgrade?"),
        ("Hi everyone, quick question: how do I upgrade?", "how do I upgrade?"),
        ("how do I upgrade, thanks in advance", "how do I upgrade"),
        ("how do I upgrade thanks?", "how do I upgrade?"),
        ("sorry if this was asked before, where is the log file?", "where is the log file?"),
        ("can anyone tell me where the log file is", "where the log file is"),
        ("how do I upgrade?", "how do I upgrade?"),
    ],
)
def test_courtesy_is_left_out(typed: str, asked: str) -> None:
    assert without_courtesy(typed) == asked


@pytest.mark.parametrize("text", ["hello world", "thanks", "please help", "", "hi", "so what", "hi upgrade"])
def test_little_is_left_as_it_is(text: str) -> None:
    assert without_courtesy(text) == text


@pytest.mark.parametrize(
    "text", ["hiking boots size", "yogurt with honey", "sort the list please sort", "oklahoma city map"]
)
def test_a_word_that_only_begins_like_a_greeting_stays(text: str) -> None:
    assert without_courtesy(text) == text
