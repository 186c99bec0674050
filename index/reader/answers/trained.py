"""The reader that comes with Footnote: passages by meaning and words, their sentences by an encoder of our own.

The encoder reads the question and some sentences of a passage at once, and scores each against "none of these"
(`weights/reader.safetensors`; the model card is `weights/README.md`). With the words that question and sentence share,
that says which sentence of a passage answers best. Which passage does is up to `relevance.py`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.reader.answers.coverage import QuestionWords, term_weights
from index.reader.answers.relevance import Relevance, measures
from index.reader.answers.sentence_features import PassageWords, sentence_features
from index.reader.interface import Reading
from index.types import FloatArray, Passage

if TYPE_CHECKING:
    from index.reader.pair_model import PairModel
    from index.reader.pair_tokens import PairTokenizer, TextTokens

WEIGHTS = Path(__file__).parents[1] / "weights" / "reader.safetensors"
CACHED_PASSAGES = 4096
# Tokens of a passage that are read at once. In a longer row the encoder, which is small, sees each sentence less
# clearly: of 60 to 999 tokens this measured best for its price (`weights/README.md`).
WINDOW_TOKENS = 120


class TrainedReader:
    """Reads with the trained encoder. The tokens of a passage are kept for the next question."""

    name = "trained"

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self._path = weights
        self._tokens: OrderedDict[tuple[str, str | None, str], TextTokens] = OrderedDict()

    def read(self, question: str, passages: Sequence[Passage], *, closely: int) -> list[Reading]:
        """Return a reading of each passage, in the order given; of the `closely` best ones with their sentences."""
        asked = QuestionWords.of(question)
        words = [PassageWords.of(passage) for passage in passages]
        found = [Relevance.of(asked, *one) for one in zip(passages, words, strict=True)]
        best = sorted(range(len(passages)), key=lambda place: -found[place].score)[:closely]
        close = dict(zip(best, self.encoder_scores(question, [passages[place] for place in best]), strict=True))
        readings = []
        for place, (passage, its_words) in enumerate(zip(passages, words, strict=True)):
            shares, odds = None, measures().unread
            rows = close.get(place)
            if rows is not None and len(rows):
                sentences = sentence_features(question, asked, passage, its_words, rows) @ measures().sentence
                shares = np.exp(sentences - sentences.max()).astype(np.float32)
                odds = float(rows[:, 0].max()) / 10
            readings.append(Reading(found[place].read_score(odds), found[place].probability(odds), shares))
        return readings

    def warm(self) -> None:
        """Load what reading needs."""
        _ = self._model, self._tokenizer, measures(), term_weights()

    def encoder_scores(self, question: str, passages: Sequence[Passage]) -> list[FloatArray]:
        """Return, for each passage, the log-odds and shares of its sentences, shape (sentences, 2)."""
        if not passages:
            return []
        (asked,) = self._tokenizer.ids([question])
        texts = self._text_tokens(passages)
        windows = [text.windows(WINDOW_TOKENS) for text in texts]
        pairs = [
            self._tokenizer.pair(asked, text.between(*window))
            for text, row in zip(texts, windows, strict=True)
            for window in row
        ]
        found = iter(self._model.read_again(pairs, [last - first for row in windows for first, last in row]))
        return [np.concatenate([_odds_and_shares(next(found)) for _ in row]) for row in windows]

    def _text_tokens(self, passages: Sequence[Passage]) -> list[TextTokens]:
        keys = [(passage.title, passage.heading, passage.text) for passage in passages]
        new = [passage for key, passage in zip(keys, passages, strict=True) if key not in self._tokens]
        for passage, tokens in zip(new, self._tokenizer.text_tokens(new), strict=True):
            self._tokens[(passage.title, passage.heading, passage.text)] = tokens
        found = [self._tokens[key] for key in keys]
        for key in keys:
            self._tokens.move_to_end(key)
        while len(self._tokens) > CACHED_PASSAGES:
            self._tokens.popitem(last=False)
        return found

    @cached_property
    def _tokenizer(self) -> PairTokenizer:
        from index.reader.pair_model import encoder_folder
        from index.reader.pair_tokens import load_pair_tokenizer

        return load_pair_tokenizer(encoder_folder())

    @cached_property
    def _model(self) -> PairModel:
        from index.reader.pair_model import encoder_folder, load_pair_model

        return load_pair_model(encoder_folder(), self._path)


def _odds_and_shares(scores: FloatArray) -> FloatArray:
    """Of each sentence its log-odds against none of them, and its probability among all, shape (sentences, 2).

    `scores` has shape (1 + sentences,), as `PairModel.read_sentences` gives them.
    """
    # A sentence that lies beyond the encoder's window was not seen: as unlikely as any.
    seen = np.where(np.isfinite(scores), scores, scores[0] - 20)
    raised = np.exp(seen - seen.max())
    return np.column_stack([seen[1:] - seen[0], raised[1:] / raised.sum()])
