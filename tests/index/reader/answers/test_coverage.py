"""The share of a question's words that a passage has, each weighed by how rare it is in English."""

from __future__ import annotations

import pytest

from index.english.stemming import stems
from index.reader.answers.coverage import QuestionWords, term_weights


def covered(question: str, *texts: str) -> float:
    """Return the share of a question's words that stand in the texts."""
    return QuestionWords.of(question).covered(*(frozenset(stems(text)) for text in texts))


def test_all_words_none_and_some() -> None:
    assert covered("How do I export notes?", "You can export your notes.") == 1
    assert covered("How do I export notes?", "Herons stand on one leg.") == 0
    assert 0 < covered("How do I export notes?", "Notes are stored on disk.") < 1


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    question = "heron time"
    assert covered(question, "The heron") > covered(question, "The time")
    assert term_weights().of("heron") > term_weights().of("time") > 0


def test_words_may_be_shared_out_over_several_texts() -> None:
    assert covered("export notes", "Notes", "How to export") == 1


def test_forms_of_a_word_are_the_same_word() -> None:
    assert covered("exporting note", "exports of notes") == 1


@pytest.mark.parametrize("question", ["", "?"])
def test_a_question_without_words_is_covered_by_nothing(question: str) -> None:
    assert covered(question, "The whole of a text.") == 0


def test_words_that_say_nothing_count_only_where_there_are_no_others() -> None:
    assert covered("who are you", "Who are they?") > 0
    assert covered("who are the herons", "Who are they?") == 0


def test_neighbouring_words_are_pairs() -> None:
    assert ("docker", "imag") in QuestionWords.of("Which docker image?").pairs
    assert QuestionWords.of("docker").pairs == frozenset()
