"""Reading without weights of its own: similarity and shared words, weighed by a few fitted numbers.

Which sentence answers and whether any does are two questions. A linear score ranks the sentences of one question; a
logistic model of the best one's absolute features says how likely it is to be right; the others get that probability,
less as their score falls behind. `similarity.json` holds the weights, and
`similarity_fit.py` made them.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from index.embedding.interface import Embedder, SentencesInput
from index.reader.answers.features import FEATURES, features, similarities
from index.types import FloatArray, Passage

WEIGHTS = Path(__file__).with_name("similarity.json")
CACHED_PASSAGES = 4096

# What the confidence looks at in the best sentence. Not its lead over the next: several documents may say the same.
CONFIDENCE_FEATURES = ("similarity", "coverage", "coverage_around", "missing_names", "word_pairs")


@dataclass(frozen=True, slots=True)
class Weights:
    """`ranking` has a weight for each of `FEATURES`; `confidence` for each of `CONFIDENCE_FEATURES`."""

    ranking: FloatArray
    confidence: FloatArray
    bias: float


class SimilarityReader:
    """Reads with the embedder's own vectors. The vectors of a passage's sentences are kept for the next question."""

    name = "similarity"

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: OrderedDict[tuple[str, str], FloatArray] = OrderedDict()

    def read(self, question: str, passages: Sequence[Passage]) -> list[FloatArray]:
        """For each passage an array of one probability (0 to 1) a sentence."""
        tables = self.tables(question, passages)
        rows = np.concatenate(tables) if tables else np.empty((0, len(FEATURES)), np.float32)
        if not len(rows):
            return [np.empty(0, np.float32) for _ in passages]
        scores = rows @ self._weights.ranking
        confidence = _sigmoid(float(confidence_row(rows, scores) @ self._weights.confidence) + self._weights.bias)
        probabilities = confidence * np.exp(scores - scores.max())
        ends = np.cumsum([len(table) for table in tables])
        return np.split(probabilities.astype(np.float32), ends[:-1])

    def tables(self, question: str, passages: Sequence[Passage]) -> list[FloatArray]:
        """For each passage the features of its sentences, shape (sentences, len(FEATURES))."""
        vector = self._embedder.embed_question(question)
        return features(question, vector, passages, self._sentence_vectors(passages))

    def similarities(self, question: str, passage: Passage) -> FloatArray:
        """The cosine of the question and each sentence of one passage, shape (sentences,)."""
        (vectors,) = self._sentence_vectors([passage])
        return similarities(self._embedder.embed_question(question), passage, vectors)

    def warm(self) -> None:
        """Load what reading needs besides the embedder, which is warm by then."""
        _ = self._weights

    def _sentence_vectors(self, passages: Sequence[Passage]) -> list[FloatArray]:
        """The vectors of each passage's sentences, shape (sentences, dimension)."""
        keys = [(_label(passage), passage.text) for passage in passages]
        new = [(key, passage) for key, passage in zip(keys, passages, strict=True) if key not in self._vectors]
        inputs = [
            SentencesInput(
                label, text, [(span.start - passage.start, span.end - passage.start) for span in passage.sentences]
            )
            for (label, text), passage in new
        ]
        for (key, _), vectors in zip(new, self._embedder.embed_sentences(inputs), strict=True):
            self._vectors[key] = vectors
        found = [self._vectors[key] for key in keys]
        for key in keys:
            self._vectors.move_to_end(key)
        while len(self._vectors) > CACHED_PASSAGES:
            self._vectors.popitem(last=False)
        return found

    @cached_property
    def _weights(self) -> Weights:
        stored = json.loads(WEIGHTS.read_text(encoding="utf-8"))
        confidence = stored["confidence"]
        return Weights(
            ranking=np.array([stored["ranking"][name] for name in FEATURES], np.float32),
            confidence=np.array([confidence[name] for name in CONFIDENCE_FEATURES], np.float32),
            bias=float(confidence["bias"]),
        )


def confidence_row(rows: FloatArray, scores: FloatArray) -> FloatArray:
    """The features of the best sentence that the confidence is computed from, shape (len(CONFIDENCE_FEATURES),).

    `rows` has shape (sentences, len(FEATURES)) and `scores` (sentences,), of all the passages of one question.
    """
    columns = [FEATURES.index(name) for name in CONFIDENCE_FEATURES]
    best: FloatArray = rows[int(scores.argmax()), columns]
    return best


def _label(passage: Passage) -> str:
    """What a passage's text doesn't say of itself, as far as it is on one line: its title."""
    return f"{passage.title}\n"


def _sigmoid(value: float) -> float:
    return float(1 / (1 + np.exp(-value)))
