"""A question and a passage, or a claim and a passage, as one row of tokens that an encoder reads at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from index.types import Passage

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

WINDOW = 512  # tokens, special ones included: as many places as the encoder knows
LONGEST_FIRST = 96  # tokens of a question or claim; what goes beyond is cut
LONGEST_LABEL = 32  # tokens of title and heading


@dataclass(frozen=True, slots=True)
class TokenPair:
    """One row: `ids` with special tokens; the second text begins at `second`.

    `sentence_of` has for each token the sentence (from 0) of the passage that it belongs to, -1 for all others.
    """

    ids: list[int]
    second: int
    sentence_of: list[int]


@dataclass(frozen=True, slots=True)
class TextTokens:
    """A passage by token ids without special ones: those of its label, and of each of its sentences."""

    label: list[int]
    sentences: list[list[int]]

    def between(self, first: int, last: int) -> TextTokens:
        """Return the sentences from one (inclusive, from 0) to another (exclusive), under the same label."""
        return TextTokens(self.label, self.sentences[first:last])

    def windows(self, tokens: int) -> list[tuple[int, int]]:
        """Return runs of sentences of about equal length, some `tokens` at most: (first, last), last exclusive."""
        lengths = [len(one) for one in self.sentences]
        count = max(1, -(-sum(lengths) // tokens))
        cuts, before = [0], 0
        for place, length in enumerate(lengths):
            # Cut in front of the sentence whose middle lies beyond the next bound.
            if place > cuts[-1] and before + length / 2 >= sum(lengths) * len(cuts) / count:
                cuts.append(place)
            before += length
        return list(pairwise([*cuts, len(lengths)]))


class PairTokenizer:
    """The tokenizer of the encoder in `folder`, a BERT's: [CLS] first [SEP] label, sentences [SEP]."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer: Tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        probe = self._tokenizer.encode("a").ids  # [CLS] a [SEP]
        self._first, self._between = probe[0], probe[-1]

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of each text, without special ones."""
        return [one.ids for one in self.encodings(texts)]

    def encodings(self, texts: Sequence[str]) -> list[Encoding]:
        """Return the tokens of each text with their offsets, without special ones."""
        return self._tokenizer.encode_batch(list(texts), add_special_tokens=False)

    def text_tokens(self, passages: Sequence[Passage]) -> list[TextTokens]:
        """Return each passage's tokens."""
        texts = []
        for passage in passages:
            texts.append(label_of(passage.title, passage.heading))
            texts += [passage.text_of(span) for span in passage.sentences]
        found = iter(self.ids(texts))
        return [TextTokens(next(found), [next(found) for _ in passage.sentences]) for passage in passages]

    def pair(self, first: Sequence[int], text: TextTokens) -> TokenPair:
        """Return the row of a first text and a passage. Sentences beyond the window have no tokens in it."""
        ids = [self._first, *first[:LONGEST_FIRST], self._between]
        second = len(ids)
        ids += text.label[:LONGEST_LABEL]
        sentence_of = [-1] * len(ids)
        for number, sentence in enumerate(text.sentences):
            room = WINDOW - 1 - len(ids)
            if room <= 0:
                break
            ids += sentence[:room]
            sentence_of += [number] * min(room, len(sentence))
        return TokenPair([*ids, self._between], second, [*sentence_of, -1])


def label_of(title: str, heading: str | None) -> str:
    """Return the label of a passage: its title, and the headings above it."""
    return f"{title}: {heading}" if heading else title


@lru_cache(maxsize=1)
def load_pair_tokenizer(folder: Path) -> PairTokenizer:
    """Return the tokenizer of the encoder in `folder`; loaded once a process, because its vocabulary takes 13 MB."""
    return PairTokenizer(folder)
