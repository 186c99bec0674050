"""The order of passages and the probability that one answers."""

from __future__ import annotations

import pytest

from index.reader.answers.coverage import QuestionWords
from index.reader.answers.relevance import COVERAGE_WEIGHT, ENCODER_WEIGHT, MOST_ODDS, Relevance
from index.reader.answers.sentence_features import PassageWords
from tests.index.reader.passages import passage_of

NOTES = passage_of("Open the menu and choose a file type.", title="Guide", heading="Export notes", cosine=0.4)


def test_title_and_headings_count_as_words_of_the_passage() -> None:
    found = Relevance.of(QuestionWords.of("how do I export notes"), NOTES, PassageWords.of(NOTES))
    assert (found.cosine, found.coverage) == (0.4, 1.0)
    assert found.score == pytest.approx(0.4 + COVERAGE_WEIGHT)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ((Relevance(0.6, 0.5), 0.0), (Relevance(0.5, 0.5), 0.0)),
        ((Relevance(0.5, 0.6), 0.0), (Relevance(0.5, 0.5), 0.0)),
        ((Relevance(0.5, 0.5), 0.3), (Relevance(0.5, 0.5), 0.0)),
    ],
)
def test_meaning_words_and_encoder_each_make_a_passage_better(
    better: tuple[Relevance, float], worse: tuple[Relevance, float]
) -> None:
    (good, good_odds), (bad, bad_odds) = better, worse
    assert good.read_score(good_odds) > bad.read_score(bad_odds)
    assert 0 < bad.probability(bad_odds) < good.probability(good_odds) < 1


def test_an_encoder_that_is_very_sure_moves_the_order_no_further() -> None:
    found = Relevance(0.5, 0.5)
    assert (
        found.read_score(5.0) == found.read_score(MOST_ODDS) == pytest.approx(found.score + ENCODER_WEIGHT * MOST_ODDS)
    )
    assert found.read_score(-5.0) == found.read_score(-MOST_ODDS)
