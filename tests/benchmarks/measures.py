"""Measures of the benchmarks: does a sentence hold an answer, how good is a ranking, how good is a confidence."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

# "1,204.5" is one word; otherwise "5" would be found in it.
_WORD = re.compile(r"\d+(?:[.,]\d+)+|\w+")
_ARTICLES = frozenset({"a", "an", "the"})

LONG_ANSWER = 8  # words; longer ones are evidence, of which a sentence may be a part
LEAST_PART = 5  # words; a shorter sentence may occur in long evidence by chance
SAME_WORDS = 0.75  # share of the longer one's words from which two texts count as the same


def words_of(text: str) -> list[str]:
    """Return the words of a text as SQuAD's scorer compares them: lower case, without punctuation and articles.

    Punctuation separates words, so that the answer "Newton" is found in "Newton's", but numbers stay whole.
    """
    words = [word.replace(",", "") for word in _WORD.findall(unicodedata.normalize("NFC", text).lower())]
    return [word for word in words if word not in _ARTICLES] or words


def holds_answer(sentence: str, accepted: Sequence[str]) -> bool:
    """Return True if the words of an accepted answer occur in the sentence, whole and in order.

    For an accepted answer of more than `LONG_ANSWER` words it is enough if the sentence occurs in it, or if the two
    share most of their words.
    """
    words = words_of(sentence)
    return any(_holds(words, words_of(answer)) for answer in accepted)


def _holds(sentence: Sequence[str], answer: Sequence[str]) -> bool:
    if not sentence or not answer:
        return False
    if _stands_in(answer, sentence):
        return True
    if len(answer) <= LONG_ANSWER:
        return False
    if len(sentence) >= LEAST_PART and _stands_in(sentence, answer):
        return True
    shared = (Counter(sentence) & Counter(answer)).total()
    return shared >= SAME_WORDS * max(len(sentence), len(answer))


def _stands_in(part: Sequence[str], whole: Sequence[str]) -> bool:
    return f" {' '.join(part)} " in f" {' '.join(whole)} "


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


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Return how often a positive's score is above a negative's, ties counted half; None if one kind is missing."""
    if not positive or not negative:
        return None
    values, places, counts = np.unique([*positive, *negative], return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - counts + 1 + ends) / 2  # of each value; the mean rank if it occurs more than once
    assert len(values) == len(ranks)
    total = float(ranks[places[: len(positive)]].sum())
    return (total - len(positive) * (len(positive) + 1) / 2) / (len(positive) * len(negative))


def threshold_that_answers(share: float, confidences: Sequence[float]) -> float:
    """Return the highest threshold that at least this share of the confidences reach."""
    return sorted(confidences, reverse=True)[max(0, math.ceil(share * len(confidences)) - 1)]


def mean(values: Sequence[float]) -> float | None:
    """Return the mean, or None if there are no values."""
    return sum(values) / len(values) if values else None


def percentile(values: Sequence[float], percent: float) -> float | None:
    """Return the value that `percent` % of the values do not exceed, or None if there are no values."""
    return float(np.percentile(values, percent)) if values else None
