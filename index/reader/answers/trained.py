"""Reading with weights of our own: an encoder trained to find the sentence that answers, and to say that none does.

It reads the question and some sentences of a passage at once, and scores each against "none of these". Those scores and
what the similarity reader sees (which knows nothing of reading, but of names and words that are missing) go into two
small models: a linear one ranks the sentences, a logistic one says how likely the best of them is to be right.
`weights/reader.safetensors` and `weights/reader.json` hold the weights; `weights/README.md` is the model card.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.embedding.interface import Embedder
from index.reader.answers.features import FEATURES as SIMILARITY_FEATURES
from index.reader.answers.features import word_features
from index.reader.answers.similarity import SimilarityReader
from index.types import FloatArray, Passage

if TYPE_CHECKING:
    from index.reader.pair_model import PairModel
    from index.reader.pair_tokens import PairTokenizer, TextTokens

WEIGHTS = Path(__file__).parents[1] / "weights" / "reader.safetensors"
MEASURES = WEIGHTS.with_suffix(".json")
CACHED_PASSAGES = 4096
# Tokens of a passage that are read at once. In a longer row the encoder, which is small, sees each sentence less
# clearly: of 60 to 999 tokens this measured best for its price (`weights/README.md`).
WINDOW_TOKENS = 120

# Of each sentence, beside what the similarity reader sees.
TRAINED_FEATURES = (
    "odds",  # log-odds of the sentence against "none of these", a tenth of them
    "odds_margin",  # less those of the best sentence of all
    "share",  # its probability among the sentences read with it and none of them
)
FEATURES = (*TRAINED_FEATURES, *SIMILARITY_FEATURES)

# Whether the sentence holds what a question of its kind asks for, whatever the kind: the sum of those columns.
HOLDS = "holds"
# What the confidence looks at: of the best sentence, and of how the passages together see it.
CONFIDENCE_FEATURES = (
    "odds",
    "share",
    "similarity",
    "coverage_around",
    "names_apart",
    "word_pairs",
    "passage_rank",
    HOLDS,
)


@dataclass(frozen=True, slots=True)
class Measures:
    """`ranking` has a weight for each of `FEATURES` (0 for `NEARNESS`), `confidence` for each of its own."""

    ranking: FloatArray
    confidence: FloatArray
    bias: float


class TrainedReader:
    """Reads with the trained encoder. The tokens of a passage are kept for the next question."""

    name = "trained"

    def __init__(self, embedder: Embedder, weights: Path = WEIGHTS) -> None:
        self._similarity = SimilarityReader(embedder)
        self._path = weights
        self._tokens: OrderedDict[tuple[str, str | None, str], TextTokens] = OrderedDict()

    def read(self, question: str, passages: Sequence[Passage]) -> list[FloatArray]:
        """For each passage an array of one probability (0 to 1) a sentence."""
        tables = self._joined(question, passages, word_features(question, passages)) if passages else []
        rows = np.concatenate(tables) if tables else np.empty((0, len(FEATURES)), np.float32)
        if not len(rows):
            return [np.empty(0, np.float32) for _ in passages]
        scores = rows @ self._measures.ranking
        # To rank, the sentences' own vectors are of no use beside the encoder's scores, and would double what reading
        # takes; to be sure of the best one they are.
        ends = np.cumsum([len(table) for table in tables])
        best = int(scores.argmax())
        place = int(np.searchsorted(ends, best, side="right"))
        nearness = self._similarity.similarities(question, passages[place])
        rows[best, FEATURES.index("similarity")] = nearness[best - ends[place]]  # counted from the passage's end
        sure = float(confidence_row(rows, scores) @ self._measures.confidence) + self._measures.bias
        probabilities = np.exp(scores - scores.max()) / (1 + np.exp(-sure))
        return np.split(probabilities.astype(np.float32), ends[:-1])

    def tables(self, question: str, passages: Sequence[Passage]) -> list[FloatArray]:
        """For each passage all features of its sentences, shape (sentences, len(FEATURES))."""
        return self._joined(question, passages, self._similarity.tables(question, passages))

    def _joined(self, question: str, passages: Sequence[Passage], seen: Sequence[FloatArray]) -> list[FloatArray]:
        """The encoder's features beside those of `seen`."""
        scores = self._scores(question, passages)
        best = max((float(row[:, 0].max()) for row in scores if len(row)), default=0.0)
        return [
            np.column_stack([row[:, 0] / 10, (row[:, 0] - best) / 10, row[:, 1], table]).astype(np.float32)
            for row, table in zip(scores, seen, strict=True)
        ]

    def warm(self) -> None:
        """Load what reading needs."""
        _ = self._model, self._tokenizer, self._measures

    def _scores(self, question: str, passages: Sequence[Passage]) -> list[FloatArray]:
        """For each passage the log-odds of its sentences and their shares, shape (sentences, 2)."""
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
        from index.reader.pair_tokens import PairTokenizer

        return PairTokenizer(encoder_folder())

    @cached_property
    def _model(self) -> PairModel:
        from index.reader.pair_model import encoder_folder, load_pair_model

        return load_pair_model(encoder_folder(), self._path)

    @cached_property
    def _measures(self) -> Measures:
        stored = json.loads(self._path.with_suffix(".json").read_text(encoding="utf-8"))
        confidence = stored["confidence"]
        return Measures(
            ranking=np.array([stored["ranking"][name] for name in FEATURES], np.float32),
            confidence=np.array([confidence[name] for name in CONFIDENCE_FEATURES], np.float32),
            bias=float(confidence["bias"]),
        )


def confidence_row(rows: FloatArray, scores: FloatArray) -> FloatArray:
    """The features of the best sentence that the confidence is computed from, shape (len(CONFIDENCE_FEATURES),).

    `rows` has shape (sentences, len(FEATURES)) and `scores` (sentences,), of all the passages of one question.
    """
    best = rows[int(scores.argmax())]
    found = dict(zip(FEATURES, best.tolist(), strict=True))
    found[HOLDS] = sum(value for name, value in found.items() if name.startswith("holds_"))
    return np.array([found[name] for name in CONFIDENCE_FEATURES], np.float32)


def _odds_and_shares(scores: FloatArray) -> FloatArray:
    """Of each sentence its log-odds against none of them, and its probability among all, shape (sentences, 2).

    `scores` has shape (1 + sentences,), as `PairModel.read_sentences` gives them.
    """
    # A sentence that lies beyond the encoder's window was not seen: as unlikely as any.
    seen = np.where(np.isfinite(scores), scores, scores[0] - 20)
    raised = np.exp(seen - seen.max())
    return np.column_stack([seen[1:] - seen[0], raised[1:] / raised.sum()])
