"""The trained support score: an encoder that reads claim and passage together, and rules for what can be shown.

The encoder gives the probabilities that a passage, and the sentences of it that are nearest to the claim, support it,
contradict it, or do neither. They go, with the features of the sentences (missing and differing names and numbers),
into one small calibrated model of the three classes. `weights/support.safetensors` and `weights/support.json` hold the
weights; `weights/README.md` is the model card.
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
from index.reader.claims.candidates import Candidate, CandidateFinder
from index.reader.claims.features import FEATURES as WORD_FEATURES
from index.reader.claims.interface import Support
from index.reader.claims.word_model import WordModel
from index.types import FloatArray, Passage

if TYPE_CHECKING:
    from index.reader.pair_model import PairModel
    from index.reader.pair_tokens import PairTokenizer, TokenPair

WEIGHTS = READER_WEIGHTS.with_name("support.safetensors")
MEASURES = WEIGHTS.with_suffix(".json")

TRAINED_FEATURES = (
    "passage_supports",  # log-probabilities, divided by five: of the whole passage
    "passage_contradicts",
    "passage_silent",
    "window_supports",  # … and of the sentences alone, with the one before them
    "window_contradicts",
    "window_silent",
)
FEATURES = (*TRAINED_FEATURES, *WORD_FEATURES)
CLASSES = ("supports", "contradicts", "silent")
DENIED = ("negation", "opposite")  # kinds of conflicts that an encoder of this size reads badly
LOWEST = -8.0  # lower log-probabilities are cut
INCOMPLETE = 0.3  # highest support by sentences that do not confirm all names and numbers of the claim
OVERRULED = 0.25  # highest contradiction where the documents say the same, more exactly, of another subject


class TrainedSupport:
    """Judges claims with the trained encoder and the word model, each with half of the weight."""

    name = "trained"

    def __init__(self, embedder: Embedder, *, weights: Path = WEIGHTS) -> None:
        self._finder = CandidateFinder(embedder)
        self._words = WordModel()
        self._path = weights

    def support(self, claim: str, passages: Sequence[Passage]) -> list[Support]:
        """Return, for each passage, the judgement by its strongest sentences."""
        if not words_of(claim):
            return [Support(0.0, 0.0, 1.0, passage.sentences[:1], "") for passage in passages]
        tables = self.tables(claim, passages)
        of_another = max((one.rest for rows in tables for one, _ in rows if one.is_of_another), default=0.0)
        return [
            max((self._judged(passage, *pair, of_another) for pair in rows), key=lambda one: one.strength)
            for passage, rows in zip(passages, tables, strict=True)
        ]

    def tables(self, claim: str, passages: Sequence[Passage]) -> list[list[tuple[Candidate, FloatArray]]]:
        """Return, for each passage, its candidates, each with all its features, shape (len(FEATURES),)."""
        found = self._finder.candidates(claim, passages)
        (claimed,) = self._tokenizer.ids([claim])
        pairs: list[TokenPair] = []
        for passage, candidates in zip(passages, found, strict=True):
            (text,) = self._tokenizer.text_tokens([passage])
            pairs.append(self._tokenizer.pair(claimed, text))
            for one in candidates:
                first, last = max(0, one.window.first - 1), one.window.last + 1
                pairs.append(self._tokenizer.pair(claimed, text.between(first, last)))
        scores = iter(_log_softmax(self._model.read_claims(pairs)))
        tables = []
        for candidates in found:
            of_passage = next(scores)
            tables.append([(one, np.concatenate([of_passage / 5, next(scores) / 5, one.row])) for one in candidates])
        return tables

    def warm(self) -> None:
        """Load everything that judging needs. Raises `ReaderError`."""
        _ = self._model, self._tokenizer, self._measures

    def probabilities(self, candidate: Candidate, row: FloatArray) -> tuple[float, float]:
        """Return the probabilities that a candidate supports and contradicts its claim.

        A contradiction that cannot be shown counts as none, whatever the encoder says.
        """
        weights, bias = self._measures
        supports, contradicts, _ = np.exp(_log_softmax((row @ weights.T + bias)[None])[0]).tolist()
        words_support, words_contradict = self._words.probabilities(candidate)
        conflict = candidate.contradiction
        if conflict is None:
            contradicts = 0.0
        elif conflict.kind in DENIED:
            contradicts = words_contradict
        else:
            contradicts = (contradicts + words_contradict) / 2
        return min((supports + words_support) / 2, 1 - contradicts), contradicts

    def _judged(self, passage: Passage, candidate: Candidate, row: FloatArray, of_another: float) -> Support:
        """Return the judgement of one candidate, after the rules.

        `of_another` is the nearness (0 to 1) of the sentences that say the same of another subject.
        """
        supports, contradicts = self.probabilities(candidate, row)
        if candidate.is_incomplete:
            supports = min(supports, INCOMPLETE)
        if candidate.rest <= of_another or not candidate.comparison.is_of_subject:
            contradicts = min(contradicts, OVERRULED)
        spans = passage.sentences[candidate.window.first : candidate.window.last + 1]
        return Support(supports, contradicts, 1 - supports - contradicts, spans, candidate.reason)

    @cached_property
    def _tokenizer(self) -> PairTokenizer:
        from index.reader.pair_model import encoder_folder
        from index.reader.pair_tokens import load_pair_tokenizer

        return load_pair_tokenizer(encoder_folder())

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
    """Return the log-probabilities of rows of scores, none below `LOWEST`."""
    raised = scores - scores.max(-1, keepdims=True)
    logs: FloatArray = raised - np.log(np.exp(raised).sum(-1, keepdims=True))
    return np.maximum(logs, LOWEST).astype(np.float32)
