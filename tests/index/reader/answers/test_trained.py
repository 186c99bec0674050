"""The trained reader with the weights that come with Footnote."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.errors import ReaderError
from index.reader.answers.trained import CONFIDENCE_FEATURES, FEATURES, MEASURES, WEIGHTS, TrainedReader
from tests.index.reader.passages import passage_of

HERONS = passage_of(
    "Herons are birds of rivers and lakes.",
    "A heron eats mainly fish and frogs.",
    "The heronry at Lake Constance was founded in 1912 by the forester Anna Berg.",
    "In winter most of the birds fly to Spain.",
)
OWLS = passage_of("Owls hunt mice at night.", "A barn owl weighs about 300 grams.", title="owls", document="owls.md")


@pytest.fixture(scope="module")
def reader(embedder: SentenceTransformerEmbedder) -> TrainedReader:
    return TrainedReader(embedder)


@pytest.mark.parametrize(
    ("question", "passage", "place"),
    [
        ("What does a heron eat?", 0, 1),
        ("Who founded the heronry at Lake Constance?", 0, 2),
        ("Where do the herons spend the winter?", 0, 3),
        ("How heavy is a barn owl?", 1, 1),
    ],
)
def test_the_sentence_that_answers_comes_first(reader: TrainedReader, question: str, passage: int, place: int) -> None:
    rows = reader.read(question, [HERONS, OWLS])
    assert [row.shape for row in rows] == [(4,), (2,)]
    best = max((float(row[n]), number, n) for number, row in enumerate(rows) for n in range(len(row)))
    assert best[1:] == (passage, place)
    assert all(((row >= 0) & (row <= 1)).all() and row.dtype == np.float32 for row in rows)


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
        max(float(row.max()) for row in reader.read(question, [HERONS, OWLS])) for question in (answered, not_answered)
    )
    assert unsure < sure - 0.1


def test_nothing_to_read(reader: TrainedReader) -> None:
    assert reader.read("What does a heron eat?", []) == []
    assert [row.shape for row in reader.read("What?", [passage_of()])] == [(0,)]
    assert [row.shape for row in reader.read("What do owls hunt?", [passage_of(), OWLS])] == [(0,), (2,)]


def test_the_order_of_passages_changes_no_score_of_the_encoder(reader: TrainedReader) -> None:
    column = FEATURES.index("odds")
    one = reader.tables("What does a heron eat?", [HERONS, OWLS])
    other = reader.tables("What does a heron eat?", [OWLS, HERONS])
    assert np.allclose(one[0][:, column], other[1][:, column], atol=0.02)


def test_an_answer_at_the_end_of_a_long_passage_is_seen_as_clearly_as_in_a_short_one(reader: TrainedReader) -> None:
    wood = ["The wood was still and nothing moved in it for hours on end."]
    short = passage_of(*wood * 3, "A heron eats frogs.")
    long = passage_of(*wood * 60, "A heron eats frogs.")
    odds = FEATURES.index("odds")
    (of_short,), (of_long,) = (reader.tables("What does a heron eat?", [one]) for one in (short, long))
    assert of_short[:, odds].argmax() == 3
    assert of_long[:, odds].argmax() == 60
    assert of_long[60, odds] > of_short[3, odds] - 0.15  # a tenth of log-odds


def test_what_lies_beyond_the_encoders_window_is_no_answer(reader: TrainedReader) -> None:
    (row,) = reader.read("What does a heron eat?", [passage_of("Stillness and silence " * 300, "A heron eats.")])
    assert row.shape == (2,)
    assert np.isfinite(row).all()


def test_the_weights_are_small_finite_and_complete() -> None:
    assert WEIGHTS.stat().st_size < 15_000_000
    stored = load_file(WEIGHTS)
    assert all(np.isfinite(tensor).all() for tensor in stored.values())
    measures = json.loads(MEASURES.read_text(encoding="utf-8"))
    assert set(measures["ranking"]) == set(FEATURES)
    assert set(measures["confidence"]) == {*CONFIDENCE_FEATURES, "bias"}


def test_damaged_weights_are_told_in_one_line(embedder: SentenceTransformerEmbedder, tmp_path: Path) -> None:
    damaged = tmp_path / "reader.safetensors"
    damaged.write_bytes(WEIGHTS.read_bytes()[:5000])
    damaged.with_suffix(".json").write_bytes(MEASURES.read_bytes())
    with pytest.raises(ReaderError, match="install Footnote again") as caught:
        TrainedReader(embedder, damaged).read("What does a heron eat?", [HERONS])
    assert "\n" not in str(caught.value)


def test_what_was_read_lately_is_not_read_again_and_says_the_same(reader: TrainedReader) -> None:
    first = reader.tables("What does a heron eat?", [HERONS, OWLS])
    again = reader.tables("What does a heron eat?", [HERONS, passage_of("Owls fly."), OWLS])
    column = FEATURES.index("odds")
    assert np.array_equal(first[0][:, column], again[0][:, column])
    assert np.array_equal(first[1][:, column], again[2][:, column])
