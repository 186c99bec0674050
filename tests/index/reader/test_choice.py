"""The choice of a reader: the trained one by default, the user's if one is set, an error if weights are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.errors import ReaderError
from index.reader.answers.cross_encoder import CrossEncoderReader
from index.reader.answers.trained import TrainedReader
from index.reader.choice import check_weights, reader_in_words, reader_of, support_of
from index.reader.claims.trained import MEASURES, WEIGHTS, TrainedSupport


def test_the_trained_reader_reads_unless_another_is_set() -> None:
    assert isinstance(reader_of(""), TrainedReader)
    assert reader_in_words("") == "trained"
    other = reader_of("some/cross-encoder")
    assert isinstance(other, CrossEncoderReader)
    assert other.name == reader_in_words("some/cross-encoder") == "cross-encoder some/cross-encoder"


def test_claims_are_judged_by_the_trained_scorer(embedder: SentenceTransformerEmbedder) -> None:
    assert isinstance(support_of(embedder), TrainedSupport)


def test_missing_weights_are_an_error_that_says_how_to_reinstall(tmp_path: Path) -> None:
    check_weights(WEIGHTS, MEASURES)
    missing = tmp_path / "reader.json"
    with pytest.raises(ReaderError) as caught:
        check_weights(WEIGHTS, missing)
    assert str(caught.value) == (
        f"the weights {missing} are missing; reinstall Footnote (pip install --force-reinstall --no-deps footnote)"
    )
