"""Probabilities of support and contradiction from the nearness of words alone: two logistic models over `FEATURES`.

They know names, numbers and denials better than the trained encoder does, and are one half of its judgement.
`index/reader/training/fitting/word_model.py` fits them.
"""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path

import numpy as np

from index.reader.claims.candidates import Candidate
from index.reader.claims.features import FEATURES
from index.types import FloatArray

WEIGHTS = Path(__file__).with_name("word_model.json")


class WordModel:
    """Both logistic models. Their weights are loaded on first use."""

    def probabilities(self, candidate: Candidate) -> tuple[float, float]:
        """Return the probabilities that a candidate supports and contradicts its claim.

        A difference that cannot be shown is no contradiction.
        """
        supports, contradicts = self._models
        contradiction = _sigmoid(candidate.row, *contradicts) if candidate.contradiction is not None else 0.0
        return _sigmoid(candidate.row, *supports) * (1 - contradiction), contradiction

    @cached_property
    def _models(self) -> tuple[tuple[FloatArray, float], tuple[FloatArray, float]]:
        """The weights (0 for features that a model does not use) and the bias of each model."""
        stored = json.loads(WEIGHTS.read_text(encoding="utf-8"))
        supports, contradicts = (
            (np.array([model.get(name, 0.0) for name in FEATURES], np.float32), float(model["bias"]))
            for model in (stored["supports"], stored["contradicts"])
        )
        return supports, contradicts


def _sigmoid(row: FloatArray, weights: FloatArray, bias: float) -> float:
    return float(1 / (1 + np.exp(-(float(row @ weights) + bias))))
