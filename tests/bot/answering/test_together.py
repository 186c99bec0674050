"""The answers to several questions of one message as one answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering.together import together
from bot.blocks import AnswerBlock
from bot.types import Answer
from tests.bot.cli.answers import NOTHING, answer_of

FOUND = replace(answer_of(AnswerBlock("paragraph", "Here.", 1)), question="Where?", confidence=0.8)
CLOSE = replace(FOUND, question="When?", outcome="closest", confidence=0.4)
NONE = replace(NOTHING, question="Who?", confidence=0.1)


@pytest.mark.parametrize(
    ("answers", "outcome", "unanswered"),
    [
        ([FOUND, CLOSE, NONE], "answered", ("When?", "Who?")),
        ([NONE, CLOSE], "closest", ("Who?",)),
        ([CLOSE, NONE], "closest", ("Who?",)),
        ([NONE, replace(NONE, question="Why?")], "nothing", ()),
    ],
)
def test_the_questions_of_which_nothing_is_shown_are_named(
    answers: list[Answer], outcome: str, unanswered: tuple[str, ...]
) -> None:
    whole = together("A message", answers)
    assert (whole.question, whole.outcome, whole.unanswered) == ("A message", outcome, unanswered)
