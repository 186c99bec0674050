"""The embedder and its inputs: the interface that the rest of the index is written against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from index.types import FloatArray


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's token ids without special tokens, and the offsets at which each begins and ends in the text."""

    ids: list[int]
    starts: list[int]
    ends: list[int]


@dataclass(frozen=True, slots=True)
class EmbeddingInput:
    """The input of an embedder for one chunk: the text, and its token ids (without special ones) if known."""

    text: str
    ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class SentencesInput:
    """A text whose sentences are embedded: what stands above it (may be empty), and offsets into `text`."""

    label: str
    text: str
    sentences: Sequence[tuple[int, int]]


class Embedder(Protocol):
    """Turns texts into vectors of length one, float32, that are compared by cosine."""

    @property
    def name(self) -> str:
        """Return the model's name as it was asked for; loading this name again gives the same embedder."""

    @property
    def identity(self) -> str:
        """Return a text that changes whenever the vectors would."""

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""

    @property
    def window(self) -> int:
        """Return the most tokens of a text that are embedded, without special ones and the model's passage prompt."""

    @property
    def languages(self) -> frozenset[str] | None:
        """Return ISO 639-1 codes of the languages that it knows; None for one that knows many."""

    def tokenize(self, texts: Sequence[str]) -> list[Tokens]:
        """Return the tokens of each text, however long."""

    def embed_passages(self, inputs: Sequence[EmbeddingInput], done: Callable[[int], None]) -> FloatArray:
        """Return one row for each input, shape (inputs, dimension); `done` gets the size of each finished batch.

        Raises `EmbedderError` when the model gives a vector that is not finite.
        """

    def embed_question(self, question: str) -> FloatArray:
        """Return the question's vector, shape (dimension,)."""

    def embed_short(self, texts: Sequence[str]) -> FloatArray:
        """Return the vectors of a few short texts, such as questions, shape (texts, dimension); cut at the window."""

    def embed_sentences(self, texts: Sequence[SentencesInput]) -> list[FloatArray]:
        """Return, for each text, one vector for each sentence, shape (sentences, dimension)."""
