"""The features of a sentence that may answer."""

from __future__ import annotations

import numpy as np

from index.reader.answers.coverage import QuestionWords
from index.reader.answers.sentence_features import FEATURES, PassageWords, sentence_features
from index.types import FloatArray, Passage
from tests.index.reader.passages import passage_of

FERRY = passage_of(
    "When does the ferry leave?",
    "The ferry leaves at nine.",
    "It comes back in the evening.",
    "Dogs are welcome.",
    heading="Ferry times",
)


def features(question: str, passage: Passage) -> FloatArray:
    """Return the features of every sentence, with an encoder that is of one mind about all."""
    encoder = np.zeros((len(passage.sentences), 2), np.float32)
    return sentence_features(question, QuestionWords.of(question), passage, PassageWords.of(passage), encoder)


def column(name: str, question: str, passage: Passage = FERRY) -> list[float]:
    """Return one feature of every sentence."""
    return [round(float(value), 3) for value in features(question, passage)[:, FEATURES.index(name)]]


def test_one_row_a_sentence_and_all_finite() -> None:
    table = features("When does the ferry leave?", FERRY)
    assert table.shape == (4, len(FEATURES))
    assert table.dtype == np.float32
    assert np.isfinite(table).all()
    assert features("When?", passage_of()).shape == (0, len(FEATURES))


def test_a_question_is_marked_as_one() -> None:
    assert column("is_question", "When does the ferry leave?") == [1, 0, 0, 0]


def test_a_sentence_that_holds_what_is_asked_for() -> None:
    assert column("holds_kind", "When does it come back?") == [-1, -1, 1, -1]
    assert column("holds_kind", "Which dogs?") == [0, 0, 0, 0]


def test_a_sentence_that_leans_on_the_one_before_has_its_words_too() -> None:
    assert column("coverage", "When does the ferry leave?") == [1, 1, 1, 0]


def test_the_words_around_a_sentence_count() -> None:
    assert column("coverage_around", "ferry")[3] == 1
    assert column("coverage", "ferry")[3] == 0


def test_neighbouring_words_and_new_words() -> None:
    pairs = column("pairs", "ferry leaves")
    assert pairs[1] == max(pairs) == 1
    assert column("new_words", "ferry leaves", passage_of("Ferry leaves.", "Ferry leaves tonight."))[0] == 0
