"""The similarity reader: which sentence it prefers, and what makes it sure or unsure."""

from __future__ import annotations

import numpy as np
import pytest

from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.reader.answers.features import FEATURES
from index.reader.answers.similarity import SimilarityReader
from tests.index.reader.passages import passage_of

HERONS = passage_of(
    "Herons are birds of rivers and lakes.",
    "A heron eats mainly fish and frogs.",
    "The heronry at Lake Constance was founded in 1912.",
)


@pytest.fixture(scope="module")
def reader(embedder: SentenceTransformerEmbedder) -> SimilarityReader:
    return SimilarityReader(embedder)


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("What does a heron eat?", 1),
        ("When was the heronry at Lake Constance founded?", 2),
        ("Where do herons live?", 0),
    ],
)
def test_the_sentence_that_answers_comes_first(reader: SimilarityReader, question: str, place: int) -> None:
    (row,) = reader.read(question, [HERONS])
    assert int(row.argmax()) == place
    assert row.dtype == np.float32
    assert ((row >= 0) & (row <= 1)).all()


def test_a_name_that_the_passages_lack_makes_it_unsure(reader: SimilarityReader) -> None:
    known = reader.read("When was the heronry at Lake Constance founded?", [HERONS])[0].max()
    unknown = reader.read("When was the heronry at Lake Balaton founded?", [HERONS])[0].max()
    assert unknown < 0.6 * known
    assert reader.read("Who won the World Cup in 2014?", [HERONS])[0].max() < 0.2


def test_nothing_to_read(reader: SimilarityReader) -> None:
    assert reader.read("What does a heron eat?", []) == []
    assert [row.shape for row in reader.read("What?", [passage_of()])] == [(0,)]


def test_features_are_finite_and_complete(reader: SimilarityReader) -> None:
    tables = reader.tables("What does a heron eat?", [HERONS, passage_of("Owls hunt at night.", document="owls.md")])
    assert [table.shape for table in tables] == [(3, len(FEATURES)), (1, len(FEATURES))]
    assert all(np.isfinite(table).all() for table in tables)
