"""Support without a trained model: nearness of words, weighed by a few fitted numbers, and rules for what can be shown.

Two logistic models: whether sentences support a claim, and whether those that differ from it in something that can be
shown contradict it. `support.json` holds their weights, and `tests/benchmarks/support.py` made them.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from index.embedding.interface import Embedder
from index.english.names import Name
from index.english.words import words_of
from index.reader.claims.comparison import Compared, compare, lacking_names
from index.reader.claims.conflict import Conflict
from index.reader.claims.features import FEATURES, Alignment, ReadText, Window, read_texts
from index.reader.claims.interface import Support
from index.types import FloatArray, Passage

WEIGHTS = Path(__file__).with_name("similarity.json")
CACHED_PASSAGES = 1024
WINDOWS = 2  # of each passage, so many of the nearest sentences or runs of sentences are judged
INCOMPLETE = 0.3  # the most that sentences can support a claim whose names or numbers they don't bear out

OVERRULED = 0.25  # the most that a contradiction counts where the documents say the same, more exactly, of another


@dataclass(frozen=True, slots=True)
class Weights:
    """Of each model the weights, one for each of `FEATURES` (0 where it has none), and the bias."""

    supports: FloatArray
    supports_bias: float
    contradicts: FloatArray
    contradicts_bias: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A window of a passage, its features, shape (len(FEATURES),), and what the rules found there.

    `lacking` are the claim's names that are neither there, nor in the sentence before, nor in title and headings.
    """

    window: Window
    row: FloatArray
    compared: Compared
    lacking: tuple[Name, ...]

    @property
    def is_incomplete(self) -> bool:
        """Whether a name or number is missing, it is said of another, or something of the kind is denied."""
        compared = self.compared
        return bool(compared.lacking or self.lacking or compared.is_denied) or not compared.is_of_subject

    @property
    def rest(self) -> float:
        """How near the sentences are to what the claim says besides what both differ in."""
        return float(self.row[FEATURES.index("rest_aligned")])


class SimilaritySupport:
    """Judges with the embedder's own vectors. The vectors of a passage's words are kept for the next claim."""

    name = "similarity"

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._read: OrderedDict[tuple[str, str], ReadText] = OrderedDict()

    def support(self, claim: str, passages: Sequence[Passage]) -> list[Support]:
        """For each passage what its most telling sentences say of the claim."""
        if not words_of(claim):
            return [Support(0.0, 0.0, 1.0, passage.sentences[:1], "") for passage in passages]
        everything = self.judged(claim, passages)
        said_of_another = max((told_of_another(one) for judged in everything for one in judged), default=0.0)
        found = []
        for passage, judged in zip(passages, everything, strict=True):
            supports = [ruled(passage, one, self.likely(one), said_of_another) for one in judged]
            found.append(max(supports, key=lambda one: one.strength))
        return found

    def judged(self, claim: str, passages: Sequence[Passage]) -> list[list[Judged]]:
        """For each passage its windows that are nearest to the claim, at most `WINDOWS`, nearest first."""
        (read_claim,) = read_texts(self._embedder, [("", claim, [(0, len(claim))])])
        found = []
        for passage, read in zip(passages, self._read_passages(passages), strict=True):
            label = label_of(passage)
            alignment = Alignment(read_claim, read, label)
            rows = []
            for window in alignment.windows(WINDOWS):
                compared = compare(claim, read.apart(window.first, window.last), label, alignment.met(window))
                # A sentence before may name what "he" is.
                lacking = lacking_names(claim, f"{label}\n{read.between(max(0, window.first - 1), window.last)}")
                rows.append(Judged(window, alignment.row(window, compared, lacking), compared, lacking))
            found.append(rows)
        return found

    def likely(self, judged: Judged) -> tuple[float, float]:
        """How likely a window supports the claim and contradicts it, before the rules of `ruled`."""
        weights = self._weights
        contradicts = 0.0
        if shown_conflict(judged) is not None:
            contradicts = sigmoid(float(judged.row @ weights.contradicts) + weights.contradicts_bias)
        return sigmoid(float(judged.row @ weights.supports) + weights.supports_bias) * (1 - contradicts), contradicts

    def _read_passages(self, passages: Sequence[Passage]) -> list[ReadText]:
        keys = [(passage.title, passage.text) for passage in passages]
        new = [(key, passage) for key, passage in zip(keys, passages, strict=True) if key not in self._read]
        texts = [
            (
                f"{passage.title}\n",
                passage.text,
                [(span.start - passage.start, span.end - passage.start) for span in passage.sentences],
            )
            for _, passage in new
        ]
        for (key, _), read in zip(new, read_texts(self._embedder, texts), strict=True):
            self._read[key] = read
        found = [self._read[key] for key in keys]
        for key in keys:
            self._read.move_to_end(key)
        while len(self._read) > CACHED_PASSAGES:
            self._read.popitem(last=False)
        return found

    @cached_property
    def _weights(self) -> Weights:
        stored = json.loads(WEIGHTS.read_text(encoding="utf-8"))
        supports, contradicts = stored["supports"], stored["contradicts"]
        return Weights(
            np.array([supports.get(name, 0.0) for name in FEATURES], np.float32),
            float(supports["bias"]),
            np.array([contradicts.get(name, 0.0) for name in FEATURES], np.float32),
            float(contradicts["bias"]),
        )


def ruled(passage: Passage, judged: Judged, likely: tuple[float, float], said_of_another: float) -> Support:
    """What a window says of the claim: how likely it supports and contradicts it, and what the rules leave of that."""
    supports, contradicts = likely
    if judged.is_incomplete:
        supports = min(supports, INCOMPLETE)
    if judged.rest <= said_of_another or not judged.compared.is_of_subject:
        contradicts = min(contradicts, OVERRULED)
    spans = passage.sentences[judged.window.first : judged.window.last + 1]
    return Support(supports, contradicts, 1 - supports - contradicts, spans, reason_of(judged))


def label_of(passage: Passage) -> str:
    """What a passage is said to be about: its title and headings."""
    return f"{passage.title}\n{passage.heading or ''}"


def shown_conflict(judged: Judged) -> Conflict | None:
    """What can be shown to contradict."""
    return next((one for one in judged.compared.conflicts if one.contradicts), None)


def told_of_another(judged: Judged) -> float:
    """How nearly the sentences say the claim, but of another than its subject; 0 where they don't."""
    is_all = [one.kind for one in judged.compared.conflicts] == ["subject"] and not judged.compared.lacking
    return judged.rest if is_all else 0.0


def reason_of(judged: Judged) -> str:
    """What is shown as the difference: a contradiction first, else whatever keeps the claim from being supported."""
    differing = shown_conflict(judged) or next(iter(judged.compared.conflicts), None)
    if differing is not None:
        return differing.reason
    missing = [*(name.text for name in judged.lacking), *(one.text for one in judged.compared.lacking)]
    return f"nothing is said of “{missing[0]}” there" if missing else ""


def sigmoid(value: float) -> float:
    """The logistic function."""
    return float(1 / (1 + np.exp(-value)))
