"""True if a passage answers: the order of the passages, and the probability. Nothing here looks at other passages.

The order is the cosine, the share of the question's words that stand in the passage, title and headings, and a little
of the encoder; on questions that people ask of documentation this beats everything trained that was tried
(`docs/decisions/0024-relevance.md`). What makes an answer likely is in record 25.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from index.reader.answers.coverage import QuestionWords
from index.reader.answers.naming import headed, introduced, lacks_name
from index.reader.answers.pointers import only_points
from index.reader.answers.sentence_features import FEATURES, PassageWords
from index.types import FloatArray, Passage

MEASURES = Path(__file__).parents[1] / "weights" / "reader.json"

# How much the words count beside the cosine, to order passages: on four folders of documentation the right passage is
# first for .73, .77, .79, .79, .77 of the questions with 0, 0.2, 0.3, 0.4, 0.5.
COVERAGE_WEIGHT = 0.3
# How much it counts where a heading or the beginning of a sentence names what is asked. It changes no figure on large
# folders; in a short manual it puts "Install › With Docker" before "Upgrading", which speaks of Docker too.
NAME_WEIGHT = 0.05
POINTER_WEIGHT = 0.1  # what is pointed to is to come first
# How much the encoder counts, by a tenth of its log-odds. The right passage is first with 0, 0.1, 0.2, 0.3 for .80,
# .82, .81, .76 of the same questions, .47, .48, .49, .50 where headings are masked, and .88, .91, .93, .96 on squad2.
ENCODER_WEIGHT = 0.15
MOST_ODDS = 0.8  # either way, a tenth of them: beyond, the encoder is only louder
# The power of the share of the question's words that a sentence holds: one that lacks a word tells much less than one
# that has them all.
ALL_BUT = 4
# How much it counts, of what a missing name counts, that no word is shared: the passage may say it in other words.
NO_WORD = 1 / 3


@dataclass(frozen=True, slots=True)
class Measures:
    """The weights of `reader.json`.

    `sentence` has one for each of a sentence's features. The others make a passage's log-odds: of the fields of
    `Relevance`, and of `odds`, a tenth of the encoder's log-odds of its best sentence. `unread` stands for these where
    a passage was not read closely.
    """

    sentence: FloatArray
    cosine: float
    stated: float
    headed: float
    introduced: float
    topical: float
    unnamed: float
    pointing: float
    odds: float
    bias: float
    unread: float


@lru_cache(maxsize=1)
def measures() -> Measures:
    """Return the fitted weights, loaded once."""
    stored = json.loads(MEASURES.read_text(encoding="utf-8"))
    sentence = np.array([stored["sentence"][name] for name in FEATURES], np.float32)
    return Measures(sentence, **{name: float(value) for name, value in stored["passage"].items()})


@dataclass(frozen=True, slots=True)
class Relevance:
    """A passage measured against a question, before it is read closely.

    `cosine` lies between -1 and 1. `coverage` (0 to 1) is the share of the question's words in it, `stated` (0 to 1) is
    close to 1 only where a single sentence, with title and headings, holds all of them. `headed` and `introduced` (0 to
    1) say how exactly a heading, or the beginning of a sentence, names what is asked.
    `topical` is 1 where it holds all words of a topic about which anything is asked for, `unnamed` where it lacks a
    name that the question has (less where it shares no word with it), `pointing` where it only says where to look.
    """

    cosine: float
    coverage: float
    stated: float
    headed: float
    introduced: float
    topical: float
    unnamed: float
    pointing: float

    @classmethod
    def of(cls, asked: QuestionWords, passage: Passage, words: PassageWords) -> Relevance:
        """Measure a passage."""
        coverage = asked.covered(words.all)
        no_word = bool(asked.weights) and coverage == 0
        lacks = lacks_name(asked.text, f"{passage.title}\n{passage.heading or ''}\n{passage.text}")
        return cls(
            cosine=passage.dense_score,
            coverage=coverage,
            stated=max((asked.covered(one, words.label) for one in words.sentences), default=0.0) ** ALL_BUT,
            headed=headed(asked, passage.title, passage.heading),
            introduced=introduced(asked, (passage.text_of(span) for span in passage.sentences)),
            topical=float(bool(asked.topic) and asked.topic <= words.all),
            unnamed=1.0 if lacks else NO_WORD * no_word,
            pointing=float(only_points(passage)),
        )

    @property
    def score(self) -> float:
        """Return the number that orders passages before they are read closely, from about -1 to 1.3."""
        named = max(self.headed, self.introduced)
        score = self.cosine + COVERAGE_WEIGHT * self.coverage + NAME_WEIGHT * named
        return score - POINTER_WEIGHT * self.pointing

    def read_score(self, odds: float) -> float:
        """Return the score after reading; `odds` are a tenth of the log-odds of the best sentence."""
        return self.score + ENCODER_WEIGHT * max(-MOST_ODDS, min(MOST_ODDS, odds))

    def probability(self, odds: float) -> float:
        """Return the probability (0 to 1) that the passage answers; `odds` as for `read_score`."""
        weights = measures()
        found = weights.cosine * self.cosine + weights.stated * self.stated + weights.odds * odds + weights.bias
        found += weights.headed * self.headed + weights.introduced * self.introduced + weights.topical * self.topical
        found += weights.unnamed * self.unnamed + weights.pointing * self.pointing
        return 1 / (1 + math.exp(-found))
