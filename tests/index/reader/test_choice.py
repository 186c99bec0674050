"""Which reader reads: ours by default, the user's where one is set."""

from __future__ import annotations

from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.reader.answers.cross_encoder import CrossEncoderReader
from index.reader.answers.trained import TrainedReader
from index.reader.choice import reader_in_words, reader_of, support_of


def test_the_trained_reader_unless_another_is_set(embedder: SentenceTransformerEmbedder) -> None:
    assert isinstance(reader_of("", embedder), TrainedReader)
    assert reader_in_words("") == "trained"
    other = reader_of("some/cross-encoder", embedder)
    assert isinstance(other, CrossEncoderReader)
    assert other.name == reader_in_words("some/cross-encoder") == "cross-encoder some/cross-encoder"
    assert support_of(embedder).name in ("trained", "similarity")
