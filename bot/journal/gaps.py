"""Group the questions that found no answer by their meaning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.types import JournalEntry
from index.english.questions import name_stems
from index.types import FloatArray

# Least mean cosine between two groups of questions that are merged. Measured with all-MiniLM-L6-v2 on 73 questions with
# 30 meanings, some of which differ in one word: at 0.70 the precision of pairs is .95 and the recall .66; at 0.65 they
# are .80 and .82.
SAME_MEANING = 0.70

MOST_QUESTIONS = 500  # different questions that are compared with each other; takes about a second
EMBEDDED_AT_ONCE = 64

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions that mean the same.

    `question` is the most typical wording, `others` are the other wordings, most similar first. `count` is how often
    they were asked, `last_asked` when last (seconds since 1970), `askers` by how many people.
    """

    question: str
    count: int
    last_asked: float
    others: tuple[str, ...]
    askers: int


def grouped(entries: Sequence[JournalEntry], embed: Callable[[Sequence[str]], FloatArray]) -> list[Gap]:
    """Return the questions of entries, as they were searched, grouped by meaning: most asked first, then latest.

    `embed` returns one unit vector a question, shape (questions, dimension). If there are more than `MOST_QUESTIONS`
    different questions, only the latest are grouped.
    """
    asked = _by_wording(entries)
    if not asked:
        return []
    questions = [those[0].searched for those in asked]
    starts = range(0, len(questions), EMBEDDED_AT_ONCE)
    vectors = np.concatenate([embed(questions[start : start + EMBEDDED_AT_ONCE]) for start in starts])
    labels = _labels(questions, vectors)
    gaps = [_gap(np.flatnonzero(labels == label).tolist(), asked, vectors) for label in np.unique(labels)]
    return sorted(gaps, key=lambda gap: (-gap.count, -gap.last_asked))


def _by_wording(entries: Sequence[JournalEntry]) -> list[list[JournalEntry]]:
    """Return the entries grouped by question, ignoring case, punctuation and spaces; latest first."""
    found: dict[str, list[JournalEntry]] = {}
    for entry in sorted(entries, key=lambda entry: -entry.question.asked_at):
        found.setdefault(_folded(entry.searched), []).append(entry)
    return list(found.values())[:MOST_QUESTIONS]


def _folded(question: str) -> str:
    folded = unicodedata.normalize("NFKC", question).casefold()
    return " ".join(re.findall(r"\w+", folded)) or folded.strip()


def _labels(questions: Sequence[str], vectors: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Return the number of each question's group, shape (questions,)."""
    if len(questions) == 1:
        return np.ones(1, np.int32)
    from scipy.cluster.hierarchy import fcluster, linkage  # type: ignore[import-untyped]
    from scipy.spatial.distance import squareform  # type: ignore[import-untyped]

    distances = np.clip(1 - vectors.astype(np.float64) @ vectors.T.astype(np.float64), 0, 2)
    distances[_differing(questions)] = 2
    np.fill_diagonal(distances, 0)
    labels: np.ndarray[tuple[int], np.dtype[np.int32]] = fcluster(
        linkage(squareform(distances, checks=False), "average"), 1 - SAME_MEANING, "distance"
    )
    return labels


def _differing(questions: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Return true for pairs in which each question names something that the other does not, such as 2019 and 2020.

    Shape (questions, questions). An embedder gives such questions nearly the same vector.
    """
    named = [_named(question) for question in questions]
    columns = {term: column for column, term in enumerate(sorted(frozenset().union(*named)))}
    holds = np.zeros((len(questions), len(columns)), np.float32)
    for row, those in enumerate(named):
        holds[row, [columns[term] for term in those]] = 1
    shared = holds @ holds.T
    has_own = shared < np.diag(shared)[:, None]  # the row's question names something that the column's doesn't
    return has_own & has_own.T


def _named(question: str) -> frozenset[str]:
    """Return the stems of a question's names, and its numbers."""
    names = frozenset() if question.isupper() else name_stems(question)
    return names | frozenset(_NUMBER.findall(question))


def _gap(rows: Sequence[int], asked: Sequence[Sequence[JournalEntry]], vectors: FloatArray) -> Gap:
    entries = [entry for row in rows for entry in asked[row]]
    counts = np.asarray([len(asked[row]) for row in rows], np.float32)
    similarities = vectors[rows] @ (counts @ vectors[rows])
    order = np.argsort(-similarities, kind="stable")
    questions = [asked[rows[position]][0].searched for position in order]
    return Gap(
        question=questions[0],
        count=len(entries),
        last_asked=max(entry.question.asked_at for entry in entries),
        others=tuple(questions[1:]),
        askers=len({entry.question.asker for entry in entries}),
    )
