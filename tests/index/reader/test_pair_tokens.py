"""A question and a passage as one row of tokens."""

from __future__ import annotations

import pytest

from index.config import DEFAULT_EMBED_MODEL
from index.embedding.model_files import folder_of
from index.reader.pair_tokens import LONGEST_FIRST, LONGEST_LABEL, WINDOW, PairTokenizer, TextTokens
from tests.index.reader.passages import passage_of


@pytest.fixture(scope="module")
def tokenizer() -> PairTokenizer:
    folder = folder_of(DEFAULT_EMBED_MODEL)
    assert folder is not None
    return PairTokenizer(folder)


def test_the_row_holds_question_label_and_sentences(tokenizer: PairTokenizer) -> None:
    (question,) = tokenizer.ids(["What do herons eat?"])
    (text,) = tokenizer.text_tokens([passage_of("Herons fish.", "Owls hunt.", title="Birds")])
    pair = tokenizer.pair(question, text)
    label, first, second = tokenizer.ids(["Birds", "Herons fish.", "Owls hunt."])
    begin, end = pair.ids[0], pair.ids[-1]
    assert pair.ids == [begin, *question, end, *label, *first, *second, end]
    assert pair.second == 2 + len(question)
    before = [-1] * (pair.second + len(label))
    assert pair.sentence_of == [*before, *[0] * len(first), *[1] * len(second), -1]


def test_what_is_too_long_is_cut_and_never_beyond_the_window(tokenizer: PairTokenizer) -> None:
    pair = tokenizer.pair([7] * 1000, TextTokens([8] * 1000, [[9] * 300, [10] * 300, [11] * 5]))
    assert len(pair.ids) == len(pair.sentence_of) == WINDOW
    assert pair.ids.count(7) == LONGEST_FIRST
    assert pair.ids.count(8) == LONGEST_LABEL
    assert pair.ids.count(9) == 300
    assert 0 < pair.ids.count(10) < 300
    assert 11 not in pair.ids
    assert set(pair.sentence_of) == {-1, 0, 1}


def test_a_passage_without_sentences(tokenizer: PairTokenizer) -> None:
    (text,) = tokenizer.text_tokens([passage_of()])
    assert set(tokenizer.pair([7], text).sentence_of) == {-1}


@pytest.mark.parametrize("lengths", [[], [5], [30] * 10, [1, 300, 1, 1], [60, 60, 1], [0, 0, 50, 0], [119] * 3])
def test_windows_hold_every_sentence_once_and_are_of_about_equal_length(lengths: list[int]) -> None:
    windows = TextTokens([], [[1] * length for length in lengths]).windows(120)
    assert [place for first, last in windows for place in range(first, last)] == list(range(len(lengths)))
    assert all(sum(lengths[first:last]) <= 120 + max(lengths) / 2 for first, last in windows if last - first > 1)
    if sum(lengths) <= 120 and all(lengths):
        assert windows == [(0, len(lengths))]
