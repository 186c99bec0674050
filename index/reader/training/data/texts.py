"""Texts for training: split into sentences and tokens, in pieces no longer than a chunk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.embedding.sentences import runs
from index.reader.pair_tokens import PairTokenizer, TextTokens
from index.types import Document

LONGEST = 240  # tokens of a piece: about as many as a chunk has


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of a text: its words, the offsets of its sentences in them, its tokens, and the offsets of those.

    `offsets` has, for each sentence, the offsets of its tokens in `words`.
    """

    words: str
    spans: tuple[tuple[int, int], ...]
    tokens: TextTokens
    offsets: tuple[tuple[tuple[int, int], ...], ...]


class TextReader:
    """Splits texts into pieces and tokenises them."""

    def __init__(self, tokenizer: PairTokenizer) -> None:
        self.tokenizer = tokenizer

    def pieces(self, title: str, text: str, *, sentences: Sequence[str] | None = None) -> list[Text]:
        """Return the pieces of a text. If its `sentences` are known already, `text` is ignored."""
        if sentences is not None:
            text = " ".join(sentences)
            ends = [sum(len(one) + 1 for one in sentences[: index + 1]) - 1 for index in range(len(sentences))]
            spans = [(end - len(one), end) for one, end in zip(sentences, ends, strict=True) if one]
        else:
            document = Document("text.txt", title or "text", text, "text", language="en")
            spans = [(span.start, span.end) for run in runs(document, 0, len(text)) for span in run]
        if not spans:
            return []
        label, *_ = self.tokenizer.ids([title])
        encodings = self.tokenizer.encodings([text[start:end] for start, end in spans])
        rows = [
            (start, end, one.ids, tuple((start + a, start + b) for a, b in one.offsets))
            for (start, end), one in zip(spans, encodings, strict=True)
        ]
        return [
            Text(
                text[piece[0][0] : piece[-1][1]],
                tuple((one[0] - piece[0][0], one[1] - piece[0][0]) for one in piece),
                TextTokens(label, [one[2] for one in piece]),
                tuple(tuple((a - piece[0][0], b - piece[0][0]) for a, b in one[3]) for one in piece),
            )
            for piece in _packed(rows)
        ]


Row = tuple[int, int, list[int], tuple[tuple[int, int], ...]]


def _packed(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield runs of rows of about equal length, none above `LONGEST` tokens unless one sentence is."""
    total = sum(len(row[2]) for row in rows)
    pieces = -(-total // LONGEST)
    room = total / pieces * 1.1
    piece: list[Row] = []
    held = 0
    for row in rows:
        if piece and held + len(row[2]) > min(room, LONGEST):
            yield piece
            piece, held = [], 0
        piece.append(row)
        held += len(row[2])
    if piece:
        yield piece
