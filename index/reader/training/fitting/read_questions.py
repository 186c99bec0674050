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
from index.reader.answers.sentence_features import PassageWords, sentence_features
from index.reader.answers.trained import TrainedReader
from index.reader.training.data.word_runs import is_found
from index.reader.training.fitting.measures import holds_answer
from index.reader.training.fitting.questions import Folder, Question
from index.retrieval.retriever import READ_PASSAGES, Retriever
from index.retrieval.search_index import SearchIndex
from index.types import FloatArray, Passage


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage that was found for a question.

    `encoder` has shape (sentences, 2), None where it was not read closely. `labels`, one a sentence, is 1 where it
    holds an accepted answer, else 0. `right` is true if the passage is one that answers.
    """

    passage: Passage
    encoder: FloatArray | None
    labels: FloatArray
    right: bool


@dataclass(frozen=True, slots=True)
class FoundQuestion:
    """A question with the passages found, in the order of the search; what is kept between two fits."""

    question: Question
    searched: str
    passages: tuple[FoundPassage, ...]


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage by its features: `rows` of its sentences, shape (sentences, features), None where it was not read."""

    relevance: Relevance
    rows: FloatArray | None
    labels: FloatArray
    right: bool

    @property
    def odds(self) -> float | None:
        """Return a tenth of the encoder's log-odds of the best sentence; None where it was not read closely."""
        return float(self.rows[:, 0].max()) if self.rows is not None and len(self.rows) else None


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """A question with the features of its passages, in the order of the search."""

    question: Question
    passages: tuple[ReadPassage, ...]

    @classmethod
    def of(cls, found: FoundQuestion) -> ReadQuestion:
        """Compute the features of what was found."""
        asked = QuestionWords.of(found.searched)
        passages = []
        for one in found.passages:
            words = PassageWords.of(one.passage)
            rows = None
            if one.encoder is not None:
                rows = sentence_features(found.searched, asked, one.passage, words, one.encoder)
            passages.append(ReadPassage(Relevance.of(asked, one.passage, words), rows, one.labels, one.right))
        return cls(found.question, tuple(passages))


class QuestionReader:
    """Indexes folders, and reads the passages found for their questions."""

    def __init__(self) -> None:
        self._embedder = SentenceTransformerEmbedder()
        self._reader = TrainedReader()

    def read(self, folder: Folder, keep: Path) -> Iterator[FoundQuestion]:
        """Index the folder in `keep`, and yield its questions with what is found and read for them."""
        data = keep / folder.name / "data"
        Ingestion(data, keep / folder.name / "seeds", IndexConfig(), self._embedder).run()
        index = SearchIndex(data)
        retriever = Retriever(index, self._embedder, self._reader)
        try:
            for question in folder.questions:
                found = retriever.retrieve(question.text, rerank=False)
                passages = self._passages(question, found.question, found.passages)
                if passages:
                    yield FoundQuestion(question, found.question, tuple(passages))
        finally:
            index.close()
        print(f"{folder.name}: {len(folder.questions)} questions read", file=sys.stderr, flush=True)

    def _passages(self, question: Question, searched: str, passages: Sequence[Passage]) -> list[FoundPassage]:
        asked = QuestionWords.of(searched)
        scores = [Relevance.of(asked, one, PassageWords.of(one)).score for one in passages]
        best = sorted(range(len(passages)), key=lambda place: -scores[place])[:READ_PASSAGES]
        encoder = self._reader.encoder_scores(searched, [passages[place] for place in best])
        close = dict(zip(best, encoder, strict=True))
        found = []
        for place, passage in enumerate(passages):
            right = is_right(question, passage)
            texts = [passage.text_of(span) for span in passage.sentences]
            labels = np.array([right and holds_answer(text, question.answers) for text in texts], np.float32)
            found.append(FoundPassage(passage, close.get(place), labels, right))
        return found


def is_right(question: Question, passage: Passage) -> bool:
    """True if a passage answers: it is of a gold document, or of the section that answers."""
    if question.section is not None:
        return is_found(passage.text, question.section)
    return passage.document in question.gold
