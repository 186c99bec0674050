"""What a claim and sentences differ in, and where in them the same thing is spoken of."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from index.english.words import Word, content_words

NEAR = 3  # telling words to each side that tell what a word is said of

Kind = Literal["quantity", "negation", "opposite", "name", "subject"]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A difference: words of the claim (from offset `start` to `end`), and those of the evidence in their place."""

    kind: Kind
    claimed: str
    start: int
    end: int
    said: str

    @property
    def contradicts(self) -> bool:
        """Whether it may be that both can't be true. The same can always be said of two, whoever else it is said of."""
        return self.kind != "subject"

    @property
    def reason(self) -> str:
        """The difference in words."""
        if self.kind == "subject":
            return f"the documents say this of “{self.said}”, not of “{self.claimed}”"
        return f"the documents say “{self.said}”, the message says “{self.claimed}”"


class Sentences:
    """Sentences that follow each other, as one text without line breaks."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = [" ".join(sentence.split()) for sentence in sentences]
        self.text = " ".join(self.sentences)
        self._starts = [0]
        for sentence in self.sentences[:-1]:
            self._starts.append(self._starts[-1] + len(sentence) + 1)

    def place(self, offset: int) -> int:
        """Which sentence an offset of the text lies in."""
        return bisect_right(self._starts, offset) - 1

    def start(self, place: int) -> int:
        """The offset that a sentence begins at."""
        return self._starts[place]


def near(text: str, start: int, end: int) -> frozenset[str]:
    """The stems of the telling words around a place."""
    before = [word.stem for word in content_words(text) if word.end <= start][-NEAR:]
    after = [word.stem for word in content_words(text) if word.start >= end][:NEAR]
    return frozenset(before + after)


def nearest(text: str, word: Word, other_text: str, candidates: Sequence[Word]) -> Word | None:
    """Of the other text's candidates the one around which most is said that is also said around the word."""
    wanted = near(text, word.start, word.end)
    return max(candidates, key=lambda one: len(wanted & near(other_text, one.start, one.end)), default=None)
