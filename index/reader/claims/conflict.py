"""A difference between a claim and sentences, and the words around an offset that show what is spoken of there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from index.english.words import Word, content_words

NEAR = 3  # content words to each side that show what a word is said of

Kind = Literal["quantity", "negation", "opposite", "name", "subject"]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A difference: words of the claim (from offset `start` to `end`), and the words of the evidence instead."""

    kind: Kind
    claimed: str
    start: int
    end: int
    said: str

    @property
    def contradicts(self) -> bool:
        """True if claim and evidence may exclude each other. What is said of another subject never does."""
        return self.kind != "subject"

    @property
    def reason(self) -> str:
        """Return the difference in words."""
        if self.kind == "subject":
            return f"the documents say this of “{self.said}”, not of “{self.claimed}”"
        return f"the documents say “{self.said}”, the message says “{self.claimed}”"


class Sentences:
    """Consecutive sentences, as one text without line breaks."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = [" ".join(sentence.split()) for sentence in sentences]
        self.text = " ".join(self.sentences)
        self._starts = [0]
        for sentence in self.sentences[:-1]:
            self._starts.append(self._starts[-1] + len(sentence) + 1)

    def index_at(self, offset: int) -> int:
        """Return the index of the sentence at an offset of the text."""
        return bisect_right(self._starts, offset) - 1

    def start(self, index: int) -> int:
        """Return the offset at which a sentence begins."""
        return self._starts[index]


def stems_near(text: str, start: int, end: int) -> frozenset[str]:
    """Return the stems of the content words around a span."""
    before = [word.stem for word in content_words(text) if word.end <= start][-NEAR:]
    after = [word.stem for word in content_words(text) if word.start >= end][:NEAR]
    return frozenset(before + after)


def nearest(text: str, word: Word, other_text: str, candidates: Sequence[Word]) -> Word | None:
    """Return the candidate of the other text that shares the most neighbours with a word; None without candidates."""
    wanted = stems_near(text, word.start, word.end)
    return max(candidates, key=lambda one: len(wanted & stems_near(other_text, one.start, one.end)), default=None)
