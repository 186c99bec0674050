"""Questions about how things are now prefer the newest document."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bot.answering.question.timeliness import asks_for_now, newest_first
from index.reader.interface import Reading
from tests.index.reader.passages import passage_of

SHARES = np.ones(1, np.float32)


@pytest.mark.parametrize("question", ["Who is the current chair?", "latest price", "how many boats are there now"])
def test_questions_about_now(question: str) -> None:
    assert asks_for_now(question)


@pytest.mark.parametrize("question", ["Who was the first chair?", "what does knowledge mean", "currents in the river"])
def test_questions_about_any_time(question: str) -> None:
    assert not asks_for_now(question)


def order(*found: tuple[str | None, float]) -> list[str | None]:
    """Return the dates of passages with these dates and probabilities, after the newest were put first."""
    passages = [replace(passage_of("A."), date=date, document=f"{place}.md") for place, (date, _) in enumerate(found)]
    readings = [Reading(sure, sure, SHARES) for _, sure in found]
    return [one.date for one in newest_first(passages, readings)[0]]


def test_the_newest_of_those_about_as_sure_comes_first() -> None:
    assert order(("2023", 0.9), ("2025-03", 0.8), ("2024", 0.85)) == ["2025-03", "2024", "2023"]


def test_one_that_is_much_less_sure_does_not() -> None:
    assert order(("2023", 0.9), ("2025", 0.3)) == ["2023", "2025"]


def test_nothing_moves_without_dates() -> None:
    assert order((None, 0.9), ("2025", 0.9)) == [None, "2025"]
    assert order(("2023", 0.9), (None, 0.9)) == ["2023", None]
    assert newest_first([], []) == ((), ())
