"""Measures of answers and confidences: does a sentence hold an answer, how well do scores separate two kinds."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

import numpy as np

from index.english.function_words import ARTICLES

# "1,204.5" is one word: otherwise "5" would be found in it.
_WORD = re.compile(r"\d+(?:[.,]\d+)+|\w+")

LONG_ANSWER = 8  # words; a longer one is evidence: a sentence may hold a part of it, or be a part
LEAST_PART = 5  # words; a shorter sentence may stand in long evidence by chance
BINS = 10  # of the calibration error
SAME_WORDS = 0.75  # share of the longer one's words from which a sentence is the evidence in other tokens


def words_of(text: str) -> list[str]:
    """Return the words of a text as SQuAD's scorer compares them: lower case, without punctuation and articles.

    Punctuation separates words, so that the answer "Newton" stands in "Newton's", but numbers stay whole.
    """
    words = [word.replace(",", "") for word in _WORD.findall(unicodedata.normalize("NFC", text).lower())]
    return [word for word in words if word not in ARTICLES] or words


def holds_answer(sentence: str, accepted: Sequence[str]) -> bool:
    """True if the words of one of the accepted answers stand, whole and in order, in the sentence.

    For an accepted answer of more than `LONG_ANSWER` words it is enough if the sentence stands in it, or if they share
    most of their words.
    """
    words = words_of(sentence)
    return any(_holds(words, words_of(answer)) for answer in accepted)


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Return the share of pairs in which the positive's score is higher, ties counted half; None if a kind is empty."""
    if not positive or not negative:
        return None
    values, indexes, counts = np.unique([*positive, *negative], return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - counts + 1 + ends) / 2  # of each value, the mean of its ranks
    assert len(values) == len(ranks)
    total = float(ranks[indexes[: len(positive)]].sum())
    return (total - len(positive) * (len(positive) + 1) / 2) / (len(positive) * len(negative))


def calibration_error(probabilities: Sequence[float], right: Sequence[bool]) -> float | None:
    """Return the expected calibration error in `BINS` bins (Naeini et al. 2015); None if there are no probabilities."""
    if not probabilities:
        return None
    stated, held = np.array(probabilities), np.array(right)
    bins = np.minimum((stated * BINS).astype(int), BINS - 1)
    inside = [bins == one for one in np.unique(bins)]
    return float(sum(one.mean() * abs(stated[one].mean() - held[one].mean()) for one in inside))


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
