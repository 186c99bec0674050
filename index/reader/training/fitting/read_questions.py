"""Questions with the passages that the product finds for them, measured and read as the trained reader does."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.config import IndexConfig
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.ingestion.ingestion import Ingestion
from index.reader.answers.coverage import QuestionWords
from index.reader.answers.relevance import Relevance
from index.reader.answers.sentence_features import FEATURES, PassageWords, sentence_features
from index.reader.answers.trained import TrainedReader
from index.reader.training.fitting.measures import holds_answer, is_found
from index.reader.training.fitting.questions import Folder, Question
from index.retrieval.retriever import READ_PASSAGES, Retriever
from index.retrieval.search_index import SearchIndex
from index.types import FloatArray, Passage


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage: its relevance before reading, the features of its sentences, and what is right.

    `rows` has shape (sentences, features), (0, features) where the passage was not read closely. `labels`, one a
    sentence, is 1 where it holds an accepted answer, else 0. `right` is true if the passage is one that answers.
    """

    relevance: Relevance
    rows: FloatArray
    labels: FloatArray
    right: bool

    @property
    def odds(self) -> float | None:
        """A tenth of the encoder's log-odds of the best sentence; None where it was not read closely."""
        return float(self.rows[:, 0].max()) if len(self.rows) else None


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """A question with the passages found, in the order of the search."""

    question: Question
    passages: tuple[ReadPassage, ...]


class QuestionReader:
    """Indexes folders, and reads the passages found for their questions."""

    def __init__(self) -> None:
        self._embedder = SentenceTransformerEmbedder()
        self._reader = TrainedReader()

    def read(self, folder: Folder, keep: Path) -> Iterator[ReadQuestion]:
        """Index the folder in `keep`, and yield its questions, read."""
        data = keep / folder.name / "data"
        Ingestion(data, keep / folder.name / "seeds", IndexConfig(), self._embedder).run()
        index = SearchIndex(data)
        retriever = Retriever(index, self._embedder, self._reader)
        try:
            for question in folder.questions:
                passages = retriever.retrieve(question.text, rerank=False).passages
                if passages:
                    yield ReadQuestion(question, tuple(self._passages(question, passages)))
        finally:
            index.close()
        print(f"{folder.name}: {len(folder.questions)} questions read", file=sys.stderr, flush=True)

    def _passages(self, question: Question, passages: Sequence[Passage]) -> Iterator[ReadPassage]:
        asked = QuestionWords.of(question.text)
        words = [PassageWords.of(passage) for passage in passages]
        relevance = [Relevance.of(asked, *one) for one in zip(passages, words, strict=True)]
        best = sorted(range(len(passages)), key=lambda place: -relevance[place].score)[:READ_PASSAGES]
        scores = self._reader.encoder_scores(question.text, [passages[place] for place in best])
        close = dict(zip(best, scores, strict=True))
        for place, passage in enumerate(passages):
            rows, labels = np.empty((0, len(FEATURES)), np.float32), np.empty(0, np.float32)
            right = is_right(question, passage)
            if place in close:
                rows = sentence_features(question.text, asked, passage, words[place], close[place])
                texts = [passage.text_of(span) for span in passage.sentences]
                labels = np.array([right and holds_answer(text, question.answers) for text in texts], np.float32)
            yield ReadPassage(relevance[place], rows, labels, right)


def is_right(question: Question, passage: Passage) -> bool:
    """True if a passage answers: it is of a gold document, or of the section that answers."""
    if question.section is not None:
        return is_found(passage.text, question.section)
    return passage.document in question.gold
