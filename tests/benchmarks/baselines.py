"""Baselines for comparison: Footnote with parts switched off, and readers that know only what a search knows."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import numpy as np

from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.reader.interface import Reader
from index.retrieval.retriever import PASSAGES, Mode, Retrieved, Retriever
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
        self, question: str, limit: int = PASSAGES, folders: Collection[str] | None = None, **_: object
    ) -> Retrieved:
        """Return the passages, and the probabilities of their sentences, in the order of the enabled parts."""
        if self._rerank:
            return self._retriever.retrieve(question, limit, folders, self._mode, rerank=True)
        found = self._retriever.retrieve(question, limit, folders, self._mode, rerank=False)
        started = time.perf_counter()
        if self._baseline is not None:
            probabilities = self._baseline.read(question, found.passages)
        else:
            read = self._retriever.retrieve(question, limit, folders, self._mode, rerank=True)
            rows = zip(read.passages, read.probabilities or (), strict=False)  # only the first passages are read
            known = {passage.chunk_id: row for passage, row in rows}
            unread = (np.zeros(len(one.sentences), np.float32) for one in found.passages)
            probabilities = [known.get(one.chunk_id, row) for one, row in zip(found.passages, unread, strict=True)]
        return Retrieved(found.passages, tuple(probabilities), found.retrieve_seconds, time.perf_counter() - started)


class NearestSentence:
    """Dense search alone: a sentence's score is its cosine similarity to the question, at least 0."""

    name = "nearest sentence"
    threshold = 0.5

    def __init__(self, embedder: SentenceTransformerEmbedder) -> None:
        self._embedder = embedder

    def warm(self) -> None:
        """Do nothing: there is no model to load."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[FloatArray]:
        """Return the scores of the sentences of each passage."""
        vector = self._embedder.embed_question(question)
        return [
            np.clip(self._embedder.embed_short(sentences) @ vector, 0, 1) for sentences in map(sentences_of, passages)
        ]


class MatchingWords:
    """BM25 alone: a sentence's score is the question's BM25 over sentences, scaled to 0…1.

    Words are stemmed. Their document frequencies are counted in `texts`.
    """

    name = "matching words"
    threshold = 0.5

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

    def read(self, question: str, passages: Sequence[Passage]) -> list[FloatArray]:
        """Return the scores of the sentences of each passage."""
        asked = {term: self.rarity(term) for term in self._terms(question)}
        read = [[self._terms(sentence) for sentence in sentences_of(passage)] for passage in passages]
        lengths = [len(terms) for sentences in read for terms in sentences]
        usual_length = max(1.0, sum(lengths) / max(1, len(lengths)))
        return [
            np.array([self._score(asked, terms, usual_length) for terms in sentences], np.float32) for sentences in read
        ]

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
