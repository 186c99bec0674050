"""Baselines for comparison: Footnote with parts switched off, and readers that know only what a search knows."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import numpy as np

from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.reader.interface import Reader, Reading
from index.retrieval.retriever import PASSAGES, READ_PASSAGES, Mode, Retrieved, Retriever
from index.types import FloatArray, Passage

FREQUENCY_WEIGHT, LENGTH_WEIGHT = 1.2, 0.75  # BM25's usual k1 and b


class PartsSwitchedOff:
    """A retriever for the answer engine that searches with `mode`, and reranks only if `rerank` is set.

    If there is a `baseline`, it reads the passages instead of the product's reader.
    """

    def __init__(self, retriever: Retriever, mode: Mode, rerank: bool, baseline: Reader | None) -> None:
        self._retriever = retriever
        self._mode = mode
        self._rerank = rerank
        self._baseline = baseline

    def retrieve(
        self,
        question: str,
        limit: int = PASSAGES,
        folders: Collection[str] | None = None,
        *,
        most_read: int = READ_PASSAGES,
    ) -> Retrieved:
        """Return the passages with their readings, in the order of the enabled parts."""
        if self._rerank:
            return self._retriever.retrieve(
                question, limit=limit, folders=folders, mode=self._mode, most_read=most_read
            )
        found = self._retriever.retrieve(question, limit=limit, folders=folders, mode=self._mode, rerank=False)
        started = time.perf_counter()
        if self._baseline is not None:
            readings = self._baseline.read(question, found.passages, closely=limit)
        else:
            read = self._retriever.retrieve(
                question, limit=limit, folders=folders, mode=self._mode, most_read=most_read
            )
            by_chunk = {one.chunk_id: reading for one, reading in zip(read.passages, read.readings or (), strict=False)}
            readings = [by_chunk[one.chunk_id] for one in found.passages]
        seconds = time.perf_counter() - started
        return Retrieved(found.question, found.passages, tuple(readings), found.retrieve_seconds, seconds)


class NearestSentence:
    """Dense search alone: a sentence's score is its cosine similarity to the question, at least 0."""

    name = "nearest sentence"

    def __init__(self, embedder: SentenceTransformerEmbedder) -> None:
        self._embedder = embedder

    def warm(self) -> None:
        """Do nothing: there is no model to load."""

    def read(self, question: str, passages: Sequence[Passage], *, closely: int) -> list[Reading]:
        """Return readings; those behind the first `closely` passages are 0."""
        vector = self._embedder.embed_question(question)
        rows = [
            np.clip(self._embedder.embed_short(sentences) @ vector, 0, 1)
            for sentences in map(sentences_of, passages[:closely])
        ]
        return readings_of(rows, len(passages))


class MatchingWords:
    """BM25 alone: a sentence's score is the question's BM25 over sentences, scaled to 0…1.

    Words are stemmed. Their document frequencies are counted in `texts`.
    """

    name = "matching words"

    def __init__(self, texts: Iterable[str]) -> None:
        import tantivy

        analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase())
        self._analyzer = analyzer.filter(tantivy.Filter.stemmer("english")).build()
        self._documents = 0
        self._found_in: Counter[str] = Counter()
        for text in texts:
            self._documents += 1
            self._found_in.update(self._terms(text))

    def warm(self) -> None:
        """Do nothing: there is no model to load."""

    def read(self, question: str, passages: Sequence[Passage], *, closely: int) -> list[Reading]:
        """Return readings; those behind the first `closely` passages are 0."""
        asked = {term: self.rarity(term) for term in self._terms(question)}
        read = [[self._terms(sentence) for sentence in sentences_of(passage)] for passage in passages[:closely]]
        lengths = [len(terms) for sentences in read for terms in sentences]
        usual_length = max(1.0, sum(lengths) / max(1, len(lengths)))
        rows = [
            np.array([self._score(asked, terms, usual_length) for terms in sentences], np.float32) for sentences in read
        ]
        return readings_of(rows, len(passages))

    def rarity(self, term: str) -> float:
        """Return the inverse document frequency of a stemmed word."""
        found = self._found_in[term]
        return math.log(1 + (self._documents - found + 0.5) / (found + 0.5))

    def _terms(self, text: str) -> set[str]:
        return set(self._analyzer.analyze(text))

    @staticmethod
    def _score(asked: dict[str, float], terms: set[str], usual_length: float) -> float:
        length = 1 - LENGTH_WEIGHT + LENGTH_WEIGHT * len(terms) / usual_length
        weight = (FREQUENCY_WEIGHT + 1) / (1 + FREQUENCY_WEIGHT * length)
        score = weight * sum(rarity for term, rarity in asked.items() if term in terms)
        return score / (score + 10)


def sentences_of(passage: Passage) -> list[str]:
    """Return the words of each sentence of a passage."""
    return [passage.text_of(span) for span in passage.sentences]


def readings_of(rows: Sequence[FloatArray], passages: int) -> list[Reading]:
    """Return readings of the first passages from the scores (0 to 1) of their sentences; those of the others are 0."""
    best = [float(row.max(initial=0.0)) for row in rows]
    read = [Reading(most, most, row / max(most, 1e-9)) for most, row in zip(best, rows, strict=True)]
    return [*read, *(Reading(0.0, 0.0, None) for _ in range(passages - len(rows)))]
