"""Questions for leave are answered by the rules, if by nothing else."""

from __future__ import annotations

import pytest

from bot.answering.question.permission import asks_for_leave, rule_for
from index.types import Passage
from tests.index.reader.passages import passage_of

RULES = ("Be kind to the herons.", "No advertising in the reeds.", "Keep to the paths.")


@pytest.mark.parametrize(
    "question",
    [
        "can i advertise here",
        "May we bring a dog?",
        "am i allowed to fish",
        "is it ok to feed the herons",
        "are tents allowed by the lake",
    ],
)
def test_questions_for_leave(question: str) -> None:
    assert asks_for_leave(question)


@pytest.mark.parametrize("question", ["what can it do", "how do i install it", "is it fast", "who allowed this"])
def test_other_questions(question: str) -> None:
    assert not asks_for_leave(question)


def passage(document: str, *sentences: str, heading: str | None = None) -> Passage:
    return passage_of(*(sentences or RULES), document=document, title=document, heading=heading)


def test_the_rule_that_shares_most_words_is_chosen() -> None:
    found = rule_for("can i advertise my pots", [passage("faq.md"), passage("rules.md")], guidelines=True)
    assert found is not None
    assert (found[0].document, found[0].text_of(found[1])) == ("rules.md", "No advertising in the reeds.")


def test_what_is_called_rules_comes_before_other_guidelines() -> None:
    found = rule_for(
        "can i sing", [passage("style-guidelines.md"), passage("welcome.md", heading="House rules")], guidelines=True
    )
    assert found is not None
    assert found[0].heading == "House rules"


def test_there_may_be_no_rules() -> None:
    assert rule_for("can i sing", [passage("faq.md"), passage("rules.md", "Be kind.")], guidelines=True) is None
    assert rule_for("can i sing", [passage("style-guidelines.md")], guidelines=False) is None
    assert rule_for("can i sing", [], guidelines=True) is None
