"""The trained reader with the weights that come with Footnote."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from index.errors import ReaderError
from index.reader.answers.relevance import MEASURES
from index.reader.answers.sentence_features import FEATURES
from index.reader.answers.trained import WEIGHTS, TrainedReader
from index.reader.interface import Reading
from index.types import Passage
from tests.index.reader.passages import passage_of

HERONS = passage_of(
    "Herons are birds of rivers and lakes.",
    "A heron eats mainly fish and frogs.",
    "The heronry at Lake Constance was founded in 1912 by the forester Anna Berg.",
    "In winter most of the birds fly to Spain.",
)
OWLS = passage_of("Owls hunt mice at night.", "A barn owl weighs about 300 grams.", title="owls", document="owls.md")


@pytest.fixture(scope="module")
def reader() -> TrainedReader:
    """The reader, whose weights are loaded once."""
    return TrainedReader()


def best_sentence(reading: Reading) -> int:
    """Return the index of the sentence that answers best."""
    assert reading.shares is not None
    return int(reading.shares.argmax())


@pytest.mark.parametrize(
    ("question", "passage", "sentence"),
    [
        ("What does a heron eat?", HERONS, 1),
        ("what do herons eat", HERONS, 1),
        ("Who founded the heronry at Lake Constance?", HERONS, 2),
        ("Where do the herons spend the winter?", HERONS, 3),
        ("How heavy is a barn owl?", OWLS, 1),
    ],
)
def test_the_sentence_that_answers_has_the_highest_share(
    reader: TrainedReader, question: str, passage: Passage, sentence: int
) -> None:
    readings = reader.read(question, [HERONS, OWLS], closely=2)
    assert [None if one.shares is None else one.shares.shape for one in readings] == [(4,), (2,)]
    chosen = readings[[HERONS, OWLS].index(passage)]
    assert best_sentence(chosen) == sentence
    assert chosen.score == max(one.score for one in readings)
    for one in readings:
        assert one.shares is not None
        assert one.shares.dtype == np.float32
        assert float(one.shares.max()) == 1
        assert ((one.shares >= 0) & (one.shares <= 1)).all()
        assert 0 <= one.probability <= 1


@pytest.mark.parametrize(
    ("answered", "not_answered"),
    [
        ("Who founded the heronry at Lake Constance?", "Who closed the heronry at Lake Balaton?"),
        ("What does a heron eat?", "Who won the World Cup in 2014?"),
        ("How heavy is a barn owl?", "How old does a barn owl get?"),
    ],
)
def test_it_is_less_sure_of_what_is_not_said(reader: TrainedReader, answered: str, not_answered: str) -> None:
    sure, unsure = (
        max(one.probability for one in reader.read(question, [HERONS, OWLS], closely=2))
        for question in (answered, not_answered)
    )
    assert unsure < sure - 0.1


def test_a_passage_near_to_the_question_is_more_likely_to_answer(reader: TrainedReader) -> None:
    far, near = reader.read(
        "What does a heron eat?", [replace(HERONS, dense_score=0.2), replace(HERONS, dense_score=0.7)], closely=2
    )
    assert far.probability < near.probability
    assert far.score < near.score


def test_nothing_in_a_reading_depends_on_the_other_passages(reader: TrainedReader) -> None:
    (alone,) = reader.read("What does a heron eat?", [HERONS], closely=1)
    crowd = [replace(OWLS, document=f"{number}.md", dense_score=0.1) for number in range(20)]
    among = reader.read("What does a heron eat?", [*crowd, HERONS], closely=6)[-1]
    assert among.score == pytest.approx(alone.score, abs=0.01)
    assert among.probability == pytest.approx(alone.probability, abs=0.01)
    assert among.shares == pytest.approx(alone.shares, abs=0.02)


def test_of_passages_beyond_the_closest_only_the_meaning_and_the_words_are_read(reader: TrainedReader) -> None:
    passages = [replace(OWLS, dense_score=0.1), HERONS, replace(OWLS, dense_score=0.15)]
    readings = reader.read("What does a heron eat?", passages, closely=1)
    assert [one.shares is not None for one in readings] == [False, True, False]
    assert all(0 <= one.probability <= 1 for one in readings)


def test_nothing_to_read(reader: TrainedReader) -> None:
    assert reader.read("What does a heron eat?", [], closely=6) == []
    (empty,) = reader.read("What?", [passage_of()], closely=6)
    assert empty.shares is None
    first, second = reader.read("What do owls hunt?", [passage_of(), OWLS], closely=6)
    assert first.shares is None
    assert second.shares is not None


@pytest.mark.parametrize("question", ["x" * 60, "ab" * 900, "E1043", "¿", "the of a", "退款"])
def test_any_question_can_be_read(reader: TrainedReader, question: str) -> None:
    for reading in reader.read(question, [HERONS, OWLS], closely=2):
        assert np.isfinite([reading.score, reading.probability]).all()
        assert reading.shares is not None
        assert np.isfinite(reading.shares).all()


def test_an_answer_at_the_end_of_a_long_passage_is_seen_as_clearly_as_in_a_short_one(reader: TrainedReader) -> None:
    wood = ["The wood was still and nothing moved in it for hours on end."]
    short = passage_of(*wood * 3, "A heron eats frogs.")
    long = passage_of(*wood * 60, "A heron eats frogs.")
    of_short, of_long = reader.encoder_scores("What does a heron eat?", [short, long])
    assert of_short[:, 0].argmax() == 3
    assert of_long[:, 0].argmax() == 60
    assert of_long[60, 0] > of_short[3, 0] - 1.5  # log-odds


def test_what_lies_beyond_the_encoders_window_is_no_answer(reader: TrainedReader) -> None:
    (row,) = reader.encoder_scores("What does a heron eat?", [passage_of("Stillness, silence " * 300, "A heron eats.")])
    assert row.shape == (2, 2)
    assert np.isfinite(row).all()


def test_the_order_of_passages_changes_no_score_of_the_encoder(reader: TrainedReader) -> None:
    one = reader.encoder_scores("What does a heron eat?", [HERONS, OWLS])
    other = reader.encoder_scores("What does a heron eat?", [OWLS, HERONS])
    assert np.allclose(one[0], other[1], atol=0.2)


def test_what_was_read_lately_is_not_read_again_and_says_the_same(reader: TrainedReader) -> None:
    first = reader.encoder_scores("What does a heron eat?", [HERONS, OWLS])
    again = reader.encoder_scores("What does a heron eat?", [HERONS, passage_of("Owls fly."), OWLS])
    assert np.array_equal(first[0], again[0])
    assert np.array_equal(first[1], again[2])


def test_the_weights_are_small_finite_and_complete() -> None:
    assert WEIGHTS.stat().st_size < 15_000_000
    stored = load_file(WEIGHTS)
    assert all(np.isfinite(tensor).all() for tensor in stored.values())
    measures = json.loads(MEASURES.read_text(encoding="utf-8"))
    assert set(measures["sentence"]) == set(FEATURES)
    assert set(measures["passage"]) == {
        "cosine",
        "stated",
        "headed",
        "introduced",
        "topical",
        "unnamed",
        "pointing",
        "odds",
        "bias",
        "unread",
    }


def test_damaged_weights_are_reported_in_one_line(tmp_path: Path) -> None:
    damaged = tmp_path / "reader.safetensors"
    damaged.write_bytes(WEIGHTS.read_bytes()[:5000])
    with pytest.raises(ReaderError, match="install Footnote again") as caught:
        TrainedReader(damaged).read("What does a heron eat?", [HERONS], closely=1)
    assert "\n" not in str(caught.value)
