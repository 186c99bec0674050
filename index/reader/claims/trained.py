"""Support by weights of our own: an encoder that reads a claim and a passage at once, and rules for what can be shown.

The encoder says how likely a passage, and the sentences of it that are nearest to the claim, support it, contradict it,
or do neither. That and what the similarity score sees (names and numbers that are missing or differ) go into one small
model of the three, whose probabilities are calibrated. `weights/support.safetensors` and `weights/support.json` hold
the weights; `weights/README.md` is the model card.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.embedding.interface import Embedder
from index.english.words import words_of
from index.reader.answers.trained import WEIGHTS as READER_WEIGHTS
from index.reader.claims.features import FEATURES as SIMILARITY_FEATURES
from index.reader.claims.interface import Support
from index.reader.claims.similarity import (
    Judged,
    SimilaritySupport,
    ruled,
    shown_conflict,
    told_of_another,
)
from index.types import FloatArray, Passage

if TYPE_CHECKING:
    from index.reader.pair_model import PairModel
    from index.reader.pair_tokens import PairTokenizer, TokenPair

WEIGHTS = READER_WEIGHTS.with_name("support.safetensors")
MEASURES = WEIGHTS.with_suffix(".json")

TRAINED_FEATURES = (
    "passage_supports",  # log-probabilities, a fifth of them: of the whole passage
    "passage_contradicts",
    "passage_silent",
    "window_supports",  # … and of the sentences alone, with the one before them
    "window_contradicts",
    "window_silent",
)
FEATURES = (*TRAINED_FEATURES, *SIMILARITY_FEATURES)
CLASSES = ("supports", "contradicts", "silent")
DENIED = ("negation", "opposite")  # kinds of conflicts
LEAST_LIKELY = -8.0  # log-probabilities below are all the same


class TrainedSupport:
    """Judges with the trained encoder."""

    name = "trained"

    def __init__(self, embedder: Embedder, weights: Path = WEIGHTS) -> None:
        self._similarity = SimilaritySupport(embedder)
        self._path = weights

    def support(self, claim: str, passages: Sequence[Passage]) -> list[Support]:
        """For each passage what its most telling sentences say of the claim."""
        if not words_of(claim):
            return [Support(0.0, 0.0, 1.0, passage.sentences[:1], "") for passage in passages]
        everything = self.judged(claim, passages)
        said_of_another = max((told_of_another(one) for rows in everything for one, _ in rows), default=0.0)
        return [
            max(
                (ruled(passage, one, self.likely(one, row), said_of_another) for one, row in rows),
                key=lambda one: one.strength,
            )
            for passage, rows in zip(passages, everything, strict=True)
        ]

    def judged(self, claim: str, passages: Sequence[Passage]) -> list[list[tuple[Judged, FloatArray]]]:
        """For each passage the sentences nearest to the claim, each with its features, shape (len(FEATURES),)."""
        found = self._similarity.judged(claim, passages)
        (claimed,) = self._tokenizer.ids([claim])
        pairs: list[TokenPair] = []
        for passage, rows in zip(passages, found, strict=True):
            (text,) = self._tokenizer.text_tokens([passage])
            pairs.append(self._tokenizer.pair(claimed, text))
            for one in rows:
                first, last = max(0, one.window.first - 1), one.window.last + 1
                pairs.append(self._tokenizer.pair(claimed, text.between(first, last)))
        likely = iter(_log_softmax(self._model.read_claims(pairs)))
        tables = []
        for rows in found:
            of_passage = next(likely)
            tables.append([(one, np.concatenate([of_passage / 5, next(likely) / 5, one.row])) for one in rows])
        return tables

    def warm(self) -> None:
        """Load what judging needs."""
        _ = self._model, self._tokenizer, self._measures

    def likely(self, judged: Judged, row: FloatArray) -> tuple[float, float]:
        """How likely a window supports the claim and contradicts it: the mean of what the encoder and similarity say.

        A contradiction that can't be shown is none, whatever the encoder says. Of denials and opposites, which an
        encoder of this size reads badly, it isn't asked.
        """
        weights, bias = self._measures
        supports, contradicts, _ = np.exp(_log_softmax((row @ weights.T + bias)[None])[0]).tolist()
        near_supports, near_contradicts = self._similarity.likely(judged)
        conflict = shown_conflict(judged)
        if conflict is None:
            contradicts = 0.0
        elif conflict.kind in DENIED:
            contradicts = near_contradicts
        else:
            contradicts = (contradicts + near_contradicts) / 2
        return min((supports + near_supports) / 2, 1 - contradicts), contradicts

    @cached_property
    def _tokenizer(self) -> PairTokenizer:
        from index.reader.pair_model import encoder_folder
        from index.reader.pair_tokens import PairTokenizer

        return PairTokenizer(encoder_folder())

    @cached_property
    def _model(self) -> PairModel:
        from index.reader.pair_model import encoder_folder, load_pair_model

        return load_pair_model(encoder_folder(), self._path)

    @cached_property
    def _measures(self) -> tuple[FloatArray, FloatArray]:
        """Weights of shape (3, len(FEATURES)), and biases of shape (3,)."""
        stored = json.loads(self._path.with_suffix(".json").read_text(encoding="utf-8"))
        weights = np.array([[stored[one][name] for name in FEATURES] for one in CLASSES], np.float32)
        return weights, np.array([stored[one]["bias"] for one in CLASSES], np.float32)


def _log_softmax(scores: FloatArray) -> FloatArray:
    """Log-probabilities of rows of scores, none below `LEAST_LIKELY`."""
    raised = scores - scores.max(-1, keepdims=True)
    likely: FloatArray = raised - np.log(np.exp(raised).sum(-1, keepdims=True))
    return np.maximum(likely, LEAST_LIKELY).astype(np.float32)
