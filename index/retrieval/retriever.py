"""A question to its passages: dense and lexical search, fused, near-identical ones collapsed, then read and reranked.

The fusion is a half-and-half sum of min-max-normalised scores; what only one search returned gets its exact cosine from
the catalog's vectors, and no words' score. (Bruch, Gai, Ingber: An Analysis of Fusion Functions for Hybrid Retrieval,
2023, finds such sums better than reciprocal ranks, and so do our measurements.)
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import Literal

import numpy as np

from index.config import DEFAULT_READ_PASSAGES
from index.embedding.interface import Embedder
from index.english.questions import say_other_values
from index.errors import QuestionError
from index.reader.interface import Reader, Reading
from index.retrieval.search_index import OpenGeneration, SearchIndex
from index.retrieval.spelling import corrected
from index.types import FloatArray, Passage

LONGEST_QUESTION = 2000  # characters
CANDIDATES = 50  # chunks that each search may bring
PASSAGES = 10  # passages returned unless told otherwise
READ_PASSAGES = DEFAULT_READ_PASSAGES

# Two passages are near-identical when this share of the three-word runs of the longer one stands in the other: a long
# passage that holds a short one says more than that. So may a copy in which a figure or a name has been changed.
NEAR_IDENTICAL = 0.8

Mode = Literal["hybrid", "dense", "lexical"]


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Passages, best first, with a reading of each; `readings` is None where they were not read.

    `question` is the question as it was searched, with typing errors put right.
    `retrieve_seconds` and `read_seconds` are wall-clock times; `reader` is the name of what has read them.
    """

    question: str
    passages: tuple[Passage, ...]
    readings: tuple[Reading, ...] | None
    retrieve_seconds: float
    read_seconds: float
    reader: str = ""


class Retriever:
    """Searches one index. To be used by one thread at a time. Raises `QuestionError` for what can't be searched."""

    def __init__(self, index: SearchIndex, embedder: Embedder, reader: Reader) -> None:
        self._index = index
        self._embedder = embedder
        self._reader = reader

    def retrieve(
        self,
        question: str,
        *,
        limit: int = PASSAGES,
        folders: Collection[str] | None = None,
        mode: Mode = "hybrid",
        rerank: bool = True,
        most_read: int = READ_PASSAGES,
    ) -> Retrieved:
        """Return up to `limit` passages that bear on the question, from the given first-level folders (None: all).

        The best `most_read` of them are read, unless `rerank` is false.
        """
        started = time.perf_counter()
        question = checked(question)
        with self._index.pinned() as generation:
            question = corrected(question, generation, self._index.catalog)
            vector = self._embedder.embed_question(question)
            passages = self._fused(question, vector, generation, folders, mode)
        passages = _without_near_identical(passages, limit)
        retrieved = time.perf_counter()
        if not rerank:
            return Retrieved(question, tuple(passages), None, retrieved - started, 0.0)
        readings = self._reader.read(question, passages, closely=most_read)
        order = sorted(range(len(passages)), key=lambda place: -readings[place].score)
        return Retrieved(
            question,
            tuple(replace(passages[place], score=readings[place].probability) for place in order),
            tuple(readings[place] for place in order),
            retrieved - started,
            time.perf_counter() - retrieved,
            self._reader.name,
        )

    def _fused(
        self, question: str, vector: FloatArray, generation: OpenGeneration, folders: Collection[str] | None, mode: Mode
    ) -> list[Passage]:
        """Every candidate of both searches, best first by the fused score."""
        near = generation.nearest(vector, CANDIDATES, folders) if mode != "lexical" else []
        worded = generation.matching(question, CANDIDATES, folders) if mode != "dense" else []
        dense = {hit.chunk_id: hit.similarity for hit in near}
        lexical = {hit.chunk_id: hit.score for hit in worded}
        dense_ranks = {hit.chunk_id: rank for rank, hit in enumerate(near, 1)}
        lexical_ranks = {hit.chunk_id: rank for rank, hit in enumerate(worded, 1)}
        catalog = self._index.catalog
        chunks = catalog.chunks(list(dense | lexical))
        lacking = [chunk for chunk_id, chunk in chunks.items() if chunk_id not in dense]
        vectors = generation.vectors_of(catalog, lacking)
        dense.update(zip((chunk.chunk_id for chunk in lacking), (vectors @ vector).tolist(), strict=True))
        labels = catalog.labels(list({chunk.document_id for chunk in chunks.values()}))

        superseded = {
            number
            for number, label in labels.items()
            if label.superseded_by is not None and catalog.has_document(label.superseded_by)
        }
        numbers = [number for number, chunk in chunks.items() if chunk.document_id not in superseded]
        by_meaning = _normalised([dense[number] for number in numbers])
        by_words = _normalised([lexical.get(number, 0.0) for number in numbers])
        shares: dict[Mode, tuple[float, float]] = {"hybrid": (0.5, 0.5), "dense": (1.0, 0.0), "lexical": (0.0, 1.0)}
        scores = shares[mode][0] * by_meaning + shares[mode][1] * by_words
        passages = []
        for place in np.argsort(-scores, kind="stable"):
            chunk = chunks[numbers[place]]
            label = labels[chunk.document_id]
            passages.append(
                Passage(
                    chunk_id=chunk.chunk_id,
                    document=label.path,
                    title=label.title,
                    url=label.url,
                    start=chunk.chunk.start,
                    end=chunk.chunk.end,
                    text=chunk.chunk.text,
                    heading=chunk.chunk.heading,
                    page=chunk.chunk.page,
                    line=chunk.chunk.line,
                    sentences=chunk.chunk.sentences,
                    score=float(scores[place]),
                    dense_rank=dense_ranks.get(chunk.chunk_id),
                    lexical_rank=lexical_ranks.get(chunk.chunk_id),
                    dense_score=dense[chunk.chunk_id],
                    lexical_score=lexical.get(chunk.chunk_id, 0.0),
                    fused_score=float(scores[place]),
                    date=label.date,
                )
            )
        return passages


def checked(question: str) -> str:
    """Return the question with its whitespace normalised. Raises `QuestionError` if it can't be searched."""
    question = " ".join(question.split())
    if not question:
        raise QuestionError("the question is empty; ask something, as in: What did Bolton say the talks were about?")
    if len(question) > LONGEST_QUESTION:
        raise QuestionError(f"the question is {len(question):,} characters long; ask in {LONGEST_QUESTION:,} or fewer")
    if not any(map(str.isalnum, question)):
        raise QuestionError("the question holds no word to search for; ask it in words")
    return question


def _normalised(scores: Sequence[float]) -> FloatArray:
    """Scores moved and scaled to 0..1; all 1 where they are equal."""
    values = np.asarray(scores, np.float32)
    if not len(values):
        return values
    spread = float(values.max() - values.min())
    return np.ones_like(values) if spread < 1e-9 else (values - values.min()) / np.float32(spread)


def _without_near_identical(passages: Sequence[Passage], limit: int) -> list[Passage]:
    """The best `limit` passages of which none says what a better one says already."""
    kept: list[Passage] = []
    seen: list[set[tuple[str, ...]]] = []
    for passage in passages:
        if len(kept) == limit:
            break
        runs = _word_runs(passage.text)
        alike = [len(runs & other) >= NEAR_IDENTICAL * max(len(runs), len(other)) for other in seen]
        if all(say_other_values(passage.text, one.text) for one in compress(kept, alike)):
            kept.append(passage)
            seen.append(runs)
    return kept


def _word_runs(text: str, length: int = 3) -> set[tuple[str, ...]]:
    words = text.lower().split()
    return {tuple(words[start : start + length]) for start in range(max(1, len(words) - length + 1))}
