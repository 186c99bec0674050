"""What the similarity reader knows of each sentence: one row of numbers a sentence, all between about 0 and 1.

Similarity alone finds the sentence that talks of the question's subject; the words that both share, weighed by how few
of the sentences read hold them, find the one that says what was asked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from index.english.questions import KINDS, holds_kind, kind_of, leans_back, name_stems
from index.english.stemming import stems, telling_stems
from index.english.words import lower_words
from index.types import FloatArray, Passage

# The order of the columns; `similarity.json` has a weight for each.
FEATURES = (
    "similarity",  # cosine of question and sentence
    "similarity_margin",  # less that of the nearest sentence of all
    "coverage",  # weighted share of the question's words in the sentence
    "coverage_margin",
    "coverage_around",  # … in the sentence, the one before it, and the title and headings
    "coverage_passage",  # … in the passage, its title and headings
    "similarity_coverage",  # both at once
    "word_pairs",  # share of the question's neighbouring word pairs that neighbour in the sentence
    "missing_names",  # weighted share of the question's names and numbers that the passage lacks
    "names_apart",  # … that the passage has, but neither the sentence, the one before it, nor the title and headings
    "missing_words",  # number of the question's words that the passage lacks, five counting as one
    "passage_similarity",
    "passage_fused",
    "passage_rank",  # 1, 1/2, 1/3, …
    "new_words",  # how many words it has that the question lacks
    "is_question",
    *(f"holds_{kind}" for kind in KINDS),  # 1 or -1: holds what a question of this kind asks for; 0 for other kinds
)

NEARNESS = ("similarity", "similarity_margin", "similarity_coverage")  # what the sentences' vectors are needed for

NAME_WEIGHT = 1.5  # a name or number that is missing matters more than another word


@dataclass(frozen=True, slots=True)
class _Question:
    text: str
    kind: str
    words: frozenset[str]
    stems: tuple[str, ...]
    pairs: frozenset[tuple[str, str]]
    weights: dict[str, float]
    names: frozenset[str]

    def missing_names(self, *others: frozenset[str]) -> float:
        """The weighted share (0 to 1) of the question's stems that are of names and stand in none of the others."""
        total = sum(self.weights.values())
        missing = (stem for stem in self.stems if stem in self.names and not any(stem in other for other in others))
        return sum(self.weights[stem] for stem in missing) / total

    def covered(self, *others: frozenset[str]) -> float:
        """The weighted share (0 to 1) of the question's stems that stand in any of the others."""
        total = sum(self.weights.values())
        return sum(self.weights[stem] for stem in self.stems if any(stem in other for other in others)) / total


def features(
    question: str, question_vector: FloatArray, passages: Sequence[Passage], vectors: Sequence[FloatArray]
) -> list[FloatArray]:
    """For each passage an array of shape (sentences, len(FEATURES)).

    `question_vector` has shape (dimension,), and `vectors` for each passage (sentences, dimension).
    """
    tables = word_features(question, passages)
    found = [similarities(question_vector, *one) for one in zip(passages, vectors, strict=True)]
    nearest = max((float(row.max()) for row in found if len(row)), default=0.0)
    coverage, *columns = map(FEATURES.index, ("coverage", *NEARNESS))
    for table, row in zip(tables, found, strict=True):
        table[:, columns] = np.column_stack([row, row - nearest, row * table[:, coverage]])
    return tables


def word_features(question: str, passages: Sequence[Passage]) -> list[FloatArray]:
    """As `features`, but what needs the sentences' vectors (`NEARNESS`) is 0."""
    sentences = [_sentences(passage) for passage in passages]
    stemmed = [[stems(sentence) for sentence in row] for row in sentences]
    asked = _question(question, [frozenset(one) for row in stemmed for one in row])
    tables = [_table(asked, passage, rank, sentences[rank], stemmed[rank]) for rank, passage in enumerate(passages)]
    column, margin = FEATURES.index("coverage"), FEATURES.index("coverage_margin")
    best = max((float(table[:, column].max()) for table in tables if len(table)), default=0.0)
    for table in tables:
        table[:, margin] = table[:, column] - best
    return tables


def similarities(question_vector: FloatArray, passage: Passage, vectors: FloatArray) -> FloatArray:
    """The cosine of the question and each sentence, shape (sentences,). `vectors` has shape (sentences, dimension)."""
    return _of_units(_sentences(passage), vectors) @ question_vector


def _sentences(passage: Passage) -> list[str]:
    return [passage.text_of(span) for span in passage.sentences]


def _of_units(sentences: Sequence[str], vectors: FloatArray) -> FloatArray:
    """The vectors of what would be shown: a sentence that leans on the one before it is shown with that."""
    units = vectors.copy()
    for place in range(1, len(sentences)):
        if leans_back(sentences[place]):
            together = vectors[place] + vectors[place - 1]
            units[place] = together / max(float(np.linalg.norm(together)), 1e-12)
    return units


def _question(text: str, sentences: Sequence[frozenset[str]]) -> _Question:
    wanted = telling_stems(text)
    names = name_stems(text)
    in_order = stems(text)
    weights = {
        stem: math.log(1 + max(1, len(sentences)) / (sum(stem in one for one in sentences) + 0.5))
        * (NAME_WEIGHT if stem in names else 1.0)
        for stem in wanted
    }
    pairs = frozenset(pairwise(in_order))
    return _Question(text, kind_of(text), lower_words(text), tuple(wanted), pairs, weights, names)


def _table(
    asked: _Question,
    passage: Passage,
    rank: int,
    sentences: Sequence[str],
    stemmed: Sequence[tuple[str, ...]],
) -> FloatArray:
    label = frozenset(stems(f"{passage.title} {passage.heading or ''}"))
    whole = label.union(*stemmed)
    shared = [
        asked.covered(whole),
        asked.missing_names(whole),
        min(sum(stem not in whole for stem in asked.stems), 5) / 5,
        passage.dense_score,
        passage.fused_score,
        1 / (1 + rank),
    ]
    coverage_passage, missing_names, missing_words, *found = shared
    rows = []
    before: frozenset[str] = frozenset()
    for sentence, in_order in zip(sentences, stemmed, strict=True):
        own = frozenset(in_order)
        if leans_back(sentence):  # it is shown with the one before it, so both together are what answers
            own |= before
        coverage = asked.covered(own)
        pairs = asked.pairs & set(pairwise(in_order))
        kind = 1.0 if holds_kind(asked.kind, sentence, asked.words) else -1.0
        rows.append(
            [
                0.0,
                0.0,
                coverage,
                0.0,
                asked.covered(own, before, label),
                coverage_passage,
                0.0,
                len(pairs) / max(1, len(asked.pairs)),
                missing_names,
                asked.missing_names(own, before, label) - missing_names,
                missing_words,
                *found,
                math.log1p(len(own - set(asked.stems))) / 4,
                float(sentence.rstrip("\"'”’ ").endswith("?")),
                *(kind if name == asked.kind else 0.0 for name in KINDS),
            ]
        )
        before = frozenset(in_order)
    return np.array(rows, np.float32).reshape(len(rows), len(FEATURES))
