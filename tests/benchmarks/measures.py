"""Measures of the benchmarks: does a sentence hold an answer, how good is a ranking, how good is a confidence."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np

from index.reader.training.data.word_runs import is_found, word_runs
from index.reader.training.fitting.measures import auroc, calibration_error, holds_answer, words_of

__all__ = [
    "auroc",
    "calibration_error",
    "gain",
    "holds_answer",
    "is_found",
    "mean",
    "percentile",
    "recall",
    "reciprocal_rank",
    "threshold_that_answers",
    "word_runs",
    "words_of",
]


def recall(ranked: Sequence[str], gold: Collection[str], depth: int) -> float:
    """Return the share of the gold documents that are among the first `depth`."""
    return len(set(ranked[:depth]) & set(gold)) / len(gold)


def reciprocal_rank(ranked: Sequence[str], gold: Collection[str], depth: int) -> float:
    """Return 1 / rank of the first gold document, or 0 if none is among the first `depth`."""
    return next((1 / rank for rank, document in enumerate(ranked[:depth], 1) if document in gold), 0.0)


def gain(ranked: Sequence[str], gold: Collection[str], depth: int) -> float:
    """Return nDCG: the discounted gain of the gold documents among the first `depth`, by the best possible one."""
    found = sum(1 / math.log2(rank + 1) for rank, document in enumerate(ranked[:depth], 1) if document in gold)
    return found / sum(1 / math.log2(rank + 1) for rank in range(1, min(len(gold), depth) + 1))


def threshold_that_answers(share: float, confidences: Sequence[float]) -> float:
    """Return the highest threshold that at least this share of the confidences reach."""
    return sorted(confidences, reverse=True)[max(0, math.ceil(share * len(confidences)) - 1)]


def mean(values: Sequence[float]) -> float | None:
    """Return the mean, or None if there are no values."""
    return sum(values) / len(values) if values else None


def percentile(values: Sequence[float], percent: float) -> float | None:
    """Return the value that `percent` % of the values do not exceed, or None if there are no values."""
    return float(np.percentile(values, percent)) if values else None
