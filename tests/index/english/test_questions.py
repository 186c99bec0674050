"""The kind of answer that a question asks for, and what a sentence has of it."""

from __future__ import annotations

import pytest

from index.english.questions import holds_kind, kind_of, leans_back, name_stems, say_other_values
from index.english.words import words_of


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many herons are there?", "number"),
        ("How old is the heronry?", "number"),
        ("In what year was it founded?", "date"),
        ("Who founded it?", "person"),
        ("In which city is it?", "place"),
        ("Why do they stand on one leg?", "reason"),
        ("How do they fish?", "means"),
        ("What do they eat?", "thing"),
        ("Herons of the lake", "other"),
    ],
)
def test_the_kind_that_a_question_asks_for(question: str, kind: str) -> None:
    assert kind_of(question) == kind


@pytest.mark.parametrize(
    ("kind", "question", "sentence", "holds"),
    [
        ("number", "How many nests?", "There are 14 nests.", True),
        ("number", "How many of the 14 nests?", "The 14 nests are old.", False),
        ("date", "When?", "It was founded in March.", True),
        ("person", "Who?", "The lake is old.", False),
        ("person", "Who?", "Anna Berg founded it.", True),
        ("reason", "Why?", "It left because of the cold.", True),
    ],
)
def test_a_sentence_holds_something_of_the_kind(kind: str, question: str, sentence: str, holds: bool) -> None:
    assert holds_kind(kind, sentence, frozenset(word.lower for word in words_of(question))) is holds


def test_names_of_a_question_are_known_by_their_stems() -> None:
    assert name_stems("Did the heronry at Lake Balaton close in 1912?") == {"lake", "balaton", "1912"}
    assert name_stems("Who is Antigone's father?") == {"antigon"}


def test_a_sentence_that_opens_with_a_pronoun_leans_back() -> None:
    assert leans_back("It was founded in 1912.")
    assert leans_back("“They eat fish.”")
    assert not leans_back("Italy has herons.")


@pytest.mark.parametrize(
    ("one", "other", "do"),
    [
        ("It was founded in 1846.", "It was founded in 1848.", True),
        ("It was founded in 1846.", "It was founded in 1846 by Anna.", False),
        ("It has nine rooms.", "It has twelve rooms.", True),
        ("Anna Berg founded it.", "Ruth Bell founded it.", True),
        ("However, it was founded.", "Yet it was founded.", False),
    ],
)
def test_texts_that_differ_in_a_value_on_both_sides_say_different_things(one: str, other: str, do: bool) -> None:
    assert say_other_values(one, other) is do
