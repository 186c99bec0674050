"""The words of a text, their stems, and the classes that they belong to."""

from __future__ import annotations

import pytest

from index.english.function_words import FUNCTION_WORDS, NEGATIONS, SEARCH_STOP_WORDS, TYPED_WORDS
from index.english.words import compounds_of, content_words, words_of


def test_content_words_have_the_stems_of_the_lexical_index() -> None:
    assert [word.stem for word in content_words("He gave the names to the US.")] == ["give", "name", "us"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Maduro's people didn’t say.", ["maduro", "'s", "people", "didn't", "say"]),
        ("I’ve seen O'Hare", ["i", "'ve", "seen", "o'hare"]),
        ("twenty-one A.P. snake_case", ["twenty", "one", "ap", "snake", "case"]),
        ("The US and IT told us of it", ["the", "u.s.", "and", "i.t.", "told", "us", "of", "it"]),
        ("TELL US ABOUT IT", ["tell", "us", "about", "it"]),
        ("WHO said it?", ["who", "said", "it"]),
        ("The WHO said it.", ["the", "w.h.o.", "said", "it"]),
    ],
)
def test_words_in_lower_case_are_the_same_however_they_are_typed(text: str, words: list[str]) -> None:
    assert [word.lower for word in words_of(text)] == words
    assert all(text[word.start : word.end] == word.text for word in words_of(text))


def test_compounds_are_one_word_and_signs_belong_to_them() -> None:
    text = "Its co-founder's $5 fee for R&B in #general-chat, and snake_case"
    found = compounds_of(text)
    assert [word.text for word in found] == [
        *("Its", "co-founder", "'s", "$5", "fee", "for", "R&B", "in", "#general-chat", "and", "snake_case")
    ]
    assert all(text[word.start : word.end] == word.text for word in found)
    assert [word.lower for word in found if word.is_apart] == ["and"]


def test_a_word_is_in_one_class_of_function_words_and_negations() -> None:
    assert FUNCTION_WORDS.isdisjoint(NEGATIONS)
    others = SEARCH_STOP_WORDS - FUNCTION_WORDS - TYPED_WORDS
    assert others == {"tell"}
