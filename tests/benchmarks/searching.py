"""A folder of documents indexed and opened by the product's own code, for benchmarks that ask questions of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.answering.engine import AnswerEngine
from index.config import IndexConfig
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.ingestion.ingestion import Ingestion
from index.reader.choice import reader_of
from index.retrieval.retriever import Retriever
from index.retrieval.search_index import SearchIndex

THRESHOLD = 0.5  # default of ANSWER_THRESHOLD


@dataclass(frozen=True, slots=True)
class Searching:
    """An open index, and what searches it and answers from it."""

    index: SearchIndex
    retriever: Retriever
    engine: AnswerEngine


@contextmanager
def searching(
    seeds: Path, data: Path, embedder: SentenceTransformerEmbedder, *, threshold: float = THRESHOLD
) -> Iterator[Searching]:
    """Bring the index in `data` up to date with the files in `seeds`, and yield it open; models are shared by calls."""
    Ingestion(data, seeds, IndexConfig(), embedder).run()
    index = SearchIndex(data)
    try:
        retriever = Retriever(index, embedder, reader_of(""))
        yield Searching(index, retriever, AnswerEngine(index, retriever, threshold))
    finally:
        index.close()
