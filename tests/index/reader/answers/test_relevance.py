"""The order of passages and the probability that one answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.reader.answers.coverage import QuestionWords
from index.reader.answers.relevance import COVERAGE_WEIGHT, ENCODER_WEIGHT, MOST_ODDS, NAME_WEIGHT, NO_WORD, Relevance
from index.reader.answers.sentence_features import PassageWords
from tests.index.reader.passages import passage_of

NOTES = passage_of("Open the menu and choose a file type.", title="Guide", heading="Export notes", cosine=0.4)
MIDDLING = Relevance(
    cosine=0.5, coverage=0.5, stated=0.2, headed=0.0, introduced=0.0, topical=0.0, unnamed=0.0, pointing=0.0
)


def test_title_and_headings_count_as_words_of_the_passage() -> None:
    found = Relevance.of(QuestionWords.of("how do I export notes"), NOTES, PassageWords.of(NOTES))
    assert (found.cosine, found.coverage, found.headed, found.introduced) == (0.4, 1.0, 1.0, 0.0)
    assert found.score == pytest.approx(0.4 + COVERAGE_WEIGHT + NAME_WEIGHT)


@pytest.mark.parametrize("field", ["cosine", "coverage", "headed", "introduced"])
def test_meaning_words_and_names_each_put_a_passage_further_ahead(field: str) -> None:
    assert replace(MIDDLING, **{field: 0.7}).score > MIDDLING.score


@pytest.mark.parametrize("field", ["cosine", "stated", "headed", "introduced", "topical"])
def test_meaning_words_and_names_each_make_an_answer_more_likely(field: str) -> None:
    assert 0 < MIDDLING.probability(0.0) < replace(MIDDLING, **{field: 0.7}).probability(0.0) < 1


@pytest.mark.parametrize("field", ["unnamed", "pointing"])
def test_a_name_that_the_passage_lacks_and_a_mere_pointer_make_an_answer_less_likely(field: str) -> None:
    assert replace(MIDDLING, **{field: 1.0}).probability(0.0) < MIDDLING.probability(0.0)


def test_one_sentence_with_all_words_tells_more_than_several_with_some() -> None:
    asked = QuestionWords.of("is the kiln fired at night")
    together = passage_of("The glaze is thin.", "The kiln is fired at night.")
    apart = passage_of("The kiln is thin.", "Glaze is fired.", "Nobody works at night.")
    assert Relevance.of(asked, together, PassageWords.of(together)).stated == 1
    assert Relevance.of(asked, apart, PassageWords.of(apart)).stated < 0.5


def test_an_encoder_that_likes_a_sentence_makes_the_passage_better() -> None:
    assert MIDDLING.read_score(0.3) > MIDDLING.read_score(0.0) == MIDDLING.score
    assert MIDDLING.probability(0.3) > MIDDLING.probability(0.0)


def test_an_encoder_that_is_very_sure_moves_the_order_no_further() -> None:
    most = MIDDLING.score + ENCODER_WEIGHT * MOST_ODDS
    assert MIDDLING.read_score(5.0) == MIDDLING.read_score(MOST_ODDS) == pytest.approx(most)
    assert MIDDLING.read_score(-5.0) == MIDDLING.read_score(-MOST_ODDS)


@pytest.mark.parametrize("question", ["Where does the ferry land?", "who feeds the herons", "price of a ticket"])
def test_a_passage_without_a_word_of_the_question_is_less_likely_to_answer(question: str) -> None:
    mill = passage_of("The mill was built for her sons.", title="Mill")
    found = Relevance.of(QuestionWords.of(question), mill, PassageWords.of(mill))
    assert found.unnamed == NO_WORD
    assert found.probability(0.0) < replace(found, unnamed=0.0).probability(0.0)


def test_a_question_without_telling_words_is_not_held_against_a_passage() -> None:
    mill = passage_of("The mill was built for her sons.", title="Mill")
    assert Relevance.of(QuestionWords.of(""), mill, PassageWords.of(mill)).unnamed == 0
