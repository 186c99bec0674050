"""The features of a sentence that may answer a question: the encoder's scores, and the words they share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from index.english.questions import holds_kind, kind_of, leans_back
from index.english.stemming import stems
from index.english.words import words_of
from index.reader.answers.coverage import QuestionWords
from index.types import FloatArray, Passage

# The order of the columns; `weights/reader.json` has a weight for each.
FEATURES = (
    "odds",  # log-odds of the sentence against "none of these", a tenth of them
    "share",  # its probability among the sentences read with it and none of them
    "coverage",  # weighted share of the question's words in the sentence
    "coverage_around",  # … in the sentence, the one before it, and the title and headings
    "pairs",  # share of the question's neighbouring word pairs that neighbour in the sentence
    "new_words",  # how many words it has that the question lacks
    "is_question",
    "holds_kind",  # 1 or -1: it holds what a question of this kind asks for, such as a number; 0 for other kinds
)
_KINDS_SEEN = frozenset({"number", "date", "person", "place", "reason", "means"})


@dataclass(frozen=True, slots=True)
class PassageWords:
    """The stems of a passage: of its title and headings, and of each sentence in order."""

    label: frozenset[str]
    sentences: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, passage: Passage) -> PassageWords:
        """Return the words of a passage."""
        label = frozenset(stems(f"{passage.title} {passage.heading or ''}"))
        return cls(label, tuple(stems(passage.text_of(span)) for span in passage.sentences))

    @property
    def all(self) -> frozenset[str]:
        """Return the stems of everything."""
        return self.label.union(*self.sentences)


def sentence_features(
    question: str, asked: QuestionWords, passage: Passage, words: PassageWords, encoder: FloatArray
) -> FloatArray:
    """Return one row a sentence, shape (sentences, len(FEATURES)).

    `encoder` has its odds and share, shape (sentences, 2).
    """
    kind, question_words = kind_of(question), frozenset(word.lower for word in words_of(question))
    rows = []
    before: frozenset[str] = frozenset()
    for (odds, share), span, in_order in zip(encoder, passage.sentences, words.sentences, strict=True):
        sentence = passage.text_of(span)
        own = frozenset(in_order)
        if leans_back(sentence):  # it is shown with the one before it, so both together are what answers
            own |= before
        holds = (1.0 if holds_kind(kind, sentence, question_words) else -1.0) if kind in _KINDS_SEEN else 0.0
        rows.append(
            (
                odds / 10,
                share,
                asked.covered(own),
                asked.covered(own, before, words.label),
                _paired(asked, in_order),
                math.log1p(len(own - asked.weights.keys())) / 4,
                float(sentence.rstrip("\"'”’ ").endswith("?")),
                holds,
            )
        )
        before = frozenset(in_order)
    return np.array(rows, np.float32).reshape(len(rows), len(FEATURES))


def _paired(asked: QuestionWords, in_order: Sequence[str]) -> float:
    return len(asked.pairs & set(pairwise(in_order))) / max(1, len(asked.pairs))
