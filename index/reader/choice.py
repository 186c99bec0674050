"""Which reader reads, and what judges claims: our trained weights where they are, else similarity. Loads nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.embedding.interface import Embedder
    from index.reader.claims.interface import SupportScorer
    from index.reader.interface import Reader


def reader_of(model: str, embedder: Embedder) -> Reader:
    """The cross-encoder of that name or folder; for no name the trained reader, without its weights the other."""
    from index.reader.answers.cross_encoder import CrossEncoderReader
    from index.reader.answers.similarity import SimilarityReader
    from index.reader.answers.trained import MEASURES, WEIGHTS, TrainedReader

    if model:
        return CrossEncoderReader(model)
    return TrainedReader(embedder) if WEIGHTS.is_file() and MEASURES.is_file() else SimilarityReader(embedder)


def support_of(embedder: Embedder) -> SupportScorer:
    """The trained support score, without its weights the one by similarity."""
    from index.reader.claims.similarity import SimilaritySupport
    from index.reader.claims.trained import MEASURES, WEIGHTS, TrainedSupport

    return TrainedSupport(embedder) if WEIGHTS.is_file() and MEASURES.is_file() else SimilaritySupport(embedder)


def reader_in_words(model: str) -> str:
    """What `status` says of the reader that a name stands for."""
    from index.reader.answers.cross_encoder import CrossEncoderReader
    from index.reader.answers.similarity import SimilarityReader
    from index.reader.answers.trained import MEASURES, WEIGHTS, TrainedReader

    if model:
        return CrossEncoderReader(model).name
    if WEIGHTS.is_file() and MEASURES.is_file():
        return TrainedReader.name
    return f"{SimilarityReader.name} (the trained weights are missing; install Footnote again)"
