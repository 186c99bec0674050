"""Features of a claim and the sentences that are nearest to it: one row of numbers, all between about 0 and 1.

Each word of the claim is aligned with the word of the passage that is nearest in meaning, as the embedder sees both in
their sentences. The mean nearness of the words, and that of the farthest one, say more than the similarity of the
sentences: sentences about the same thing are similar whatever they say of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.embedding.interface import Embedder, SentencesInput
from index.english.names import Name, is_named, names
from index.english.quantities.extract import quantities
from index.english.questions import leans_back
from index.english.words import Word, content_words, words_of
from index.reader.claims.comparison import Comparison
from index.types import FloatArray

# The order of the columns; `word_model.json` and `weights/support.json` have weights for each.
FEATURES = (
    "similarity",  # cosine of claim and sentences
    "aligned",  # mean nearness of the claim's words to the sentences' words, names and numbers weighted more
    "aligned_around",  # … to the words of the passage, its title and headings
    "weakest",  # nearness of the claim's farthest word
    "faintest",  # mean nearness of the farthest third of the claim's words
    "faintest_around",
    "rest_aligned",  # as "aligned" and "faintest", without the words that both differ in
    "rest_faintest",
    "sentences",  # their number, scaled
    "lacking_names",  # number of the claim's names that are neither there nor just above, two counting as one
    "lacking_quantities",
    "quantity",  # from here on: 1 if the two differ in one, else 0
    "negation",
    "opposite",
    "name",
)
CONFLICTS = ("quantity", "negation", "opposite", "name")

NAME_WEIGHT = 1.5  # a name or number that is missing matters more than another word
SAME_STEM = 0.95  # least nearness of two words of the same stem
MET = 0.6  # nearness from which two words count as counterparts
FAINTEST = 3  # a third of the words
SIMILARITY_SHARE = 0.3  # weight of the sentences' similarity in the choice of sentences, next to that of words
SENTENCE_COSTS = 0.04  # nearness that one more sentence must add
LONGEST_WINDOW = 3  # sentences


@dataclass(frozen=True, slots=True)
class EmbeddedText:
    """A text with the vectors of its sentences, (sentences, dimension), and of its content words, (words, dimension).

    `sentences` are offsets into `text`; `sentence_indexes`, shape (words,), has the index of each word's sentence.
    """

    text: str
    sentences: tuple[tuple[int, int], ...]
    words: tuple[Word, ...]
    sentence_indexes: FloatArray
    sentence_vectors: FloatArray
    word_vectors: FloatArray

    def apart(self, first: int, last: int) -> list[str]:
        """Return the sentences from `first` to `last`, both included."""
        return [self.text[start:end] for start, end in self.sentences[first : last + 1]]

    def between(self, first: int, last: int) -> str:
        """Return the text from the beginning of sentence `first` to the end of sentence `last`."""
        return self.text[self.sentences[first][0] : self.sentences[last][1]]


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive sentences of a passage, from `first` to `last`, both included, and their nearness to the claim."""

    first: int
    last: int
    nearness: float


def embed_texts(embedder: Embedder, texts: Sequence[tuple[str, str, Sequence[tuple[int, int]]]]) -> list[EmbeddedText]:
    """Embed texts, each given as the text above it, itself, and the offsets of its sentences."""
    found = [_indexed_words(text, sentences) for _, text, sentences in texts]
    inputs = [
        SentencesInput(label, text, [*sentences, *((word.start, word.end) for _, word in inside)])
        for (label, text, sentences), inside in zip(texts, found, strict=True)
    ]
    return [
        EmbeddedText(
            text,
            tuple(sentences),
            tuple(word for _, word in inside),
            np.array([index for index, _ in inside], np.float32),
            vectors[: len(sentences)],
            vectors[len(sentences) :],
        )
        for (_, text, sentences), inside, vectors in zip(texts, found, embedder.embed_sentences(inputs), strict=True)
    ]


def _indexed_words(text: str, sentences: Sequence[tuple[int, int]]) -> list[tuple[int, Word]]:
    """Return the content words of a text's sentences (all words if it has none), each behind its sentence's index."""
    inside = [
        (index, word)
        for index, (start, end) in enumerate(sentences)
        for word in words_of(text)
        if start <= word.start < end
    ]
    return [(index, word) for index, word in inside if word.is_content] or inside


class Alignment:
    """The words of a claim aligned with those of a passage. `label` is the text above the passage."""

    def __init__(self, claim: EmbeddedText, passage: EmbeddedText, label: str) -> None:
        self.claim = claim
        self.passage = passage
        self._weights = _weights(claim)
        nearness = claim.word_vectors @ passage.word_vectors.T
        stems = [word.stem for word in passage.words]
        same = np.array([[stem == word.stem for stem in stems] for word in claim.words], bool)
        same = same.reshape(len(claim.words), len(stems))
        nearness = np.where(same, np.maximum(nearness, SAME_STEM), nearness)
        shape = (len(claim.words), len(passage.sentences))
        self._nearness = np.zeros(shape, np.float32)  # of each word of the claim to each sentence
        for index in range(shape[1]):
            columns = passage.sentence_indexes == index
            if columns.any():
                self._nearness[:, index] = nearness[:, columns].max(1)
            self._align_names(index)
        above = {word.stem for word in content_words(label)}
        self._above = np.array([SAME_STEM if word.stem in above else 0.0 for word in claim.words], np.float32)

    def _align_names(self, index: int) -> None:
        """Align the claim's names with their other forms in a sentence: "AP" and "Associated Press"."""
        sentence = self.passage.between(index, index)
        for name in names(self.claim.text):
            if is_named(name, sentence):
                inside = [name.start <= word.start < name.end for word in self.claim.words]
                self._nearness[inside, index] = np.maximum(self._nearness[inside, index], SAME_STEM)

    def met(self, window: Window) -> frozenset[str]:
        """Return the stems of the claim's words that have a counterpart in a window."""
        near = self._nearness[:, window.first : window.last + 1].max(1)
        return frozenset(word.stem for word, one in zip(self.claim.words, near, strict=True) if one >= MET)

    def windows(self, most: int) -> list[Window]:
        """Return the sentences and runs of sentences that are nearest to the claim, at most so many, nearest first."""
        found = []
        for last in range(len(self.passage.sentences)):
            cost = 0.0
            for first in range(last, max(-1, last - LONGEST_WINDOW), -1):
                found.append(Window(first, last, self._window_nearness(first, last) - cost))
                # A sentence that leans on the one before it says nothing without that.
                cost += 0.0 if leans_back(self.passage.between(first, first)) else SENTENCE_COSTS
        return sorted(found, key=lambda window: -window.nearness)[:most]

    def row(self, window: Window, comparison: Comparison, lacking: Sequence[Name]) -> FloatArray:
        """Return the features of a window, shape (len(FEATURES),), from its comparison and the names it lacks."""
        near = self._nearness[:, window.first : window.last + 1].max(1)
        around = np.maximum(self._nearness.max(1), self._above)
        differing = [(one.start, one.end) for one in comparison.conflicts]
        rest = np.array([not any(start <= word.start < end for start, end in differing) for word in self.claim.words])
        kinds = {conflict.kind for conflict in comparison.conflicts}
        values = {
            "similarity": self._similarity(window),
            "aligned": float(self._weights @ near),
            "aligned_around": float(self._weights @ around),
            "weakest": float(near.min()),
            "faintest": _faintest(near),
            "faintest_around": _faintest(around),
            "rest_aligned": float(near[rest].mean()) if rest.any() else 0.0,
            "rest_faintest": _faintest(near[rest]) if rest.any() else 0.0,
            "sentences": (window.last - window.first) / (LONGEST_WINDOW - 1),
            "lacking_names": min(len(lacking), 2) / 2,
            "lacking_quantities": min(len(comparison.lacking), 2) / 2,
            **{kind: float(kind in kinds) for kind in CONFLICTS},
        }
        return np.array([values[name] for name in FEATURES], np.float32)

    def _window_nearness(self, first: int, last: int) -> float:
        near = self._nearness[:, first : last + 1].max(1)
        return float(self._weights @ near) + SIMILARITY_SHARE * self._similarity(Window(first, last, 0.0))

    def _similarity(self, window: Window) -> float:
        vector = self.passage.sentence_vectors[window.first : window.last + 1].sum(0)
        return float(vector @ self.claim.sentence_vectors[0]) / max(float(np.linalg.norm(vector)), 1e-12)


def _weights(claim: EmbeddedText) -> FloatArray:
    """Return the weight of each word of the claim, shape (words,), together 1."""
    special = [(name.start, name.end) for name in names(claim.text)]
    special += [(one.start, one.end) for one in quantities(claim.text)]
    weights = [NAME_WEIGHT if any(start <= word.start < end for start, end in special) else 1.0 for word in claim.words]
    return np.array(weights, np.float32) / np.float32(sum(weights))


def _faintest(nearness: FloatArray) -> float:
    """Return the mean of the lowest third."""
    return float(np.sort(nearness)[: -(-len(nearness) // FAINTEST)].mean())
