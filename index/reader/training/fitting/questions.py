"""Questions of open sets, read by the product's own path: what the small models are fitted on."""

from __future__ import annotations

import gzip
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.reader.answers.similarity import SimilarityReader
from index.reader.answers.trained import TrainedReader
from index.reader.training.data.markdown import as_markdown
from index.reader.training.data.question_sets import rows_of
from index.reader.training.fitting.measures import auroc, holds_answer
from index.retrieval.retriever import Retriever
from index.types import FloatArray

# Open sets, and the most questions taken from each.
READING_SETS = {
    "squad2_train_part": 5000,
    "squad_routerlens_dev": 2500,
    "squadshifts_newwiki": 3000,
    "tydiqa_goldp_en_train": 2500,
    "timeqa_human_train": 1500,
    "squad_train_part_answerable": 1500,
    "tweetqa_dev": 300,
    "policyqa_dev": 300,
    "squadshifts_reddit": 500,
}
READING_QUESTIONS = 4000
LEFT_OUT = 0.3  # share of the reading passages that are not indexed
PASSAGES_READ = 5


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its accepted answers, the paths of the documents that hold one, and its squad2 article if any."""

    text: str
    answers: tuple[str, ...]
    gold: frozenset[str]
    answerable: bool
    article: str | None


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """A question with the features of all sentences read, shape (sentences, features), and two labels of each.

    `labels` is 1 for an accepted answer in the right document, -1 for an answer's words elsewhere (not learnt from),
    else 0. `right` is 1 if the sentence holds an accepted answer in any document, else 0.
    """

    question: Question
    rows: FloatArray
    labels: FloatArray
    right: FloatArray


def reading_questions(source: Path, seeds: Path, rng: random.Random) -> list[Question]:
    """Return questions of the reading sets, and write 70 % of their passages as documents."""
    paths: dict[str, str] = {}
    questions = []
    for name, most in READING_SETS.items():
        with gzip.open(source / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        rng.shuffle(rows)
        for row in rows[:most]:
            path = paths.setdefault(row["passage"], f"{len(paths):06}.md")
            questions.append(
                Question(row["question"], tuple(row["answers"]), frozenset([path]), row["answerable"], None)
            )
    for passage, path in paths.items():
        if rng.random() >= LEFT_OUT:
            (seeds / path).write_text(as_markdown("", passage), encoding="utf-8")
    # Few questions come without an answer: all of those are kept.
    rng.shuffle(questions)
    return sorted(questions, key=lambda one: one.answerable)[:READING_QUESTIONS]


def squad_questions(source: Path, seeds: Path, rng: random.Random, most: int | None) -> list[Question]:
    """Return at most so many questions of squad2, and write all of its paragraphs as documents."""
    paths = {}
    for number, document in enumerate(rows_of(source / "corpus.jsonl")):
        path = paths[str(document["id"])] = f"squad2-{number:05}.md"
        (seeds / path).write_text(as_markdown(str(document["title"]), str(document["text"])), encoding="utf-8")
    rows = rows_of(source / "questions.jsonl")
    rng.shuffle(rows)
    return [
        Question(
            str(row["question"]),
            tuple(row["answers"]),
            frozenset(paths[name] for name in row["gold_doc_ids"]),
            bool(row["answerable"]),
            str(row["meta"]["article"]),
        )
        for row in rows[:most]
    ]


def read(
    questions: Sequence[Question],
    retriever: Retriever,
    reader: SimilarityReader | TrainedReader,
    most: int = PASSAGES_READ,
) -> Iterator[ReadQuestion]:
    """Yield each question with the features of the sentences that the reader sees in its first `most` passages."""
    for number, question in enumerate(questions, 1):
        passages = retriever.retrieve(question.text, most, rerank=False).passages
        tables = reader.tables(question.text, passages)
        sentences = [(one, one.text_of(span)) for one in passages for span in one.sentences]
        right = [question.answerable and holds_answer(text, question.answers) for _, text in sentences]
        gold = [passage.document in question.gold for passage, _ in sentences]
        labels = [(1 if inside else -1) if holds else 0 for holds, inside in zip(right, gold, strict=True)]
        if sentences:
            yield ReadQuestion(
                question, np.concatenate(tables), np.array(labels, np.float32), np.array(right, np.float32)
            )
        if number % 500 == 0:
            print(f"{number} of {len(questions)} questions read", file=sys.stderr)


def measure(questions: Sequence[ReadQuestion], ranking: FloatArray, confidence: FloatArray) -> dict[str, float]:
    """Return how often the first sentence is right, how well the confidence separates, and its calibration error.

    `confidence`, shape (questions,), is the probability that the best sentence of each question is right.
    """
    best = [int((one.rows @ ranking).argmax()) for one in questions]
    right = np.array([bool(one.right[place]) for one, place in zip(questions, best, strict=True)])
    answerable = np.array([one.question.answerable for one in questions])
    bins = np.minimum((confidence * 10).astype(int), 9)
    calibration = sum(
        float((bins == one).mean() * abs(confidence[bins == one].mean() - right[bins == one].mean()))
        for one in set(bins.tolist())
    )
    return {
        "questions": len(questions),
        "first_sentence": round(float(right[answerable].mean()), 4),
        "auroc_answerable": round(auroc(confidence[answerable].tolist(), confidence[~answerable].tolist()) or 0.0, 4),
        "auroc_right": round(auroc(confidence[right].tolist(), confidence[~right].tolist()) or 0.0, 4),
        "calibration_error": round(calibration, 4),
    }
