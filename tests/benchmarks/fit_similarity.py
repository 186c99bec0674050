"""Fits the weights of the similarity reader. Run by hand:

    python -m tests.benchmarks.fit_similarity --data ../shared/data

Writes `index/reader/answers/similarity.json` and prints what it measured as one JSON object. Takes a quarter of an hour
on two cores, most of it embedding. Questions come from open reading sets, of whose passages 30 % are left out of the
index (their questions have no answer there, though others that look right), and from a third of squad2's articles, for
questions that only look answerable; the other articles of squad2 judge. Nothing of the data goes into the weights but
the few numbers in the file.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.config import IndexConfig
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.ingestion.ingestion import Ingestion
from index.reader.answers.features import FEATURES
from index.reader.answers.similarity import CONFIDENCE_FEATURES, WEIGHTS, SimilarityReader, confidence_row
from index.reader.answers.trained import TrainedReader
from index.retrieval.retriever import Retriever
from index.retrieval.search_index import SearchIndex
from index.types import FloatArray
from tests.benchmarks.baselines import sentences_of
from tests.benchmarks.corpora import as_markdown, read_lines
from tests.benchmarks.measures import auroc, holds_answer

# Open sets and the most questions taken from each.
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
SQUAD_QUESTIONS = 2000
LEFT_OUT = 0.3  # share of the reading passages that are not indexed
PASSAGES_READ = 5
SQUAD_WEIGHT = 3.0  # in the confidence: its unanswerable questions are the hard ones
# Kinds of questions whose sign is always there, so that a weight for it means nothing.
WITHOUT_SIGN = ("holds_thing", "holds_other")

RowOfBest = Callable[[FloatArray, FloatArray], FloatArray]  # `confidence_row` of a reader


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its accepted answers, the path of the document that holds one, and its squad2 article if any."""

    text: str
    answers: tuple[str, ...]
    gold: frozenset[str]
    answerable: bool
    article: str | None


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """A question with the features of all sentences read, shape (sentences, features), and what each of them holds.

    `labels`: 1 an accepted answer in the right document, -1 an answer's words elsewhere (not learnt from), 0 none.
    `right`: whether the sentence holds an accepted answer, wherever.
    """

    question: Question
    rows: FloatArray
    labels: FloatArray
    right: FloatArray


def main() -> None:
    """Fit, write, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the question sets")
    parser.add_argument("--keep", type=Path, help="keep the index in this folder and use it again")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        (folder / "seeds").mkdir(parents=True, exist_ok=True)
        rng = random.Random(0)
        reading = reading_questions(arguments.data / "reading", folder / "seeds", rng)
        squad = squad_questions(arguments.data / "squad2", folder / "seeds", rng, SQUAD_QUESTIONS)
        embedder = SentenceTransformerEmbedder()
        Ingestion(folder / "data", folder / "seeds", IndexConfig(), embedder).run()
        index = SearchIndex(folder / "data")
        reader = SimilarityReader(embedder)
        retriever = Retriever(index, embedder, reader)
        read_reading = list(read(reading, retriever, reader))
        read_squad = list(read(squad, retriever, reader))
        index.close()
    articles = sorted({str(one.question.article) for one in read_squad})
    learnt = set(rng.sample(articles, len(articles) // 3))
    train = [one for one in read_squad if one.question.article in learnt]
    judge = [one for one in read_squad if one.question.article not in learnt]
    ranking = fit_ranking([*train, *read_reading], FEATURES)
    confidence, bias = fit_confidence(train, read_reading, ranking, confidence_row)
    stored = {
        "ranking": {name: round(float(weight), 3) for name, weight in zip(FEATURES, ranking, strict=True)},
        "confidence": {
            **{name: round(float(weight), 3) for name, weight in zip(CONFIDENCE_FEATURES, confidence, strict=True)},
            "bias": round(bias, 3),
        },
    }
    WEIGHTS.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    groups = {"squad2_held_out": judge, "reading": read_reading}
    figures = {}
    for name, group in groups.items():
        rows = np.array([confidence_row(one.rows, one.rows @ ranking) for one in group])
        figures[name] = measure(group, ranking, 1 / (1 + np.exp(-(rows @ confidence + bias))))
    print(json.dumps(figures, indent=2))


def reading_questions(source: Path, seeds: Path, rng: random.Random) -> list[Question]:
    """Questions of the reading sets; writes 70 % of their passages as documents."""
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
    # Few questions come without an answer: none of those is left aside.
    rng.shuffle(questions)
    return sorted(questions, key=lambda one: one.answerable)[:READING_QUESTIONS]


def squad_questions(source: Path, seeds: Path, rng: random.Random, most: int | None) -> list[Question]:
    """At most so many questions of squad2; writes all of its paragraphs as documents."""
    paths = {}
    for number, document in enumerate(read_lines(source / "corpus.jsonl")):
        path = paths[str(document["id"])] = f"squad2-{number:05}.md"
        (seeds / path).write_text(as_markdown(str(document["title"]), str(document["text"])), encoding="utf-8")
    rows: list[dict[str, Any]] = read_lines(source / "questions.jsonl")
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
    """Retrieve `most` passages for each question, and compute the features of the sentences that the reader sees."""
    for number, question in enumerate(questions, 1):
        passages = retriever.retrieve(question.text, most, rerank=False).passages
        tables = reader.tables(question.text, passages)
        sentences = [(passage, text) for passage in passages for text in sentences_of(passage)]
        right = [question.answerable and holds_answer(text, question.answers) for _, text in sentences]
        gold = [passage.document in question.gold for passage, _ in sentences]
        labels = [(1 if inside else -1) if holds else 0 for holds, inside in zip(right, gold, strict=True)]
        if sentences:
            yield ReadQuestion(
                question, np.concatenate(tables), np.array(labels, np.float32), np.array(right, np.float32)
            )
        if number % 500 == 0:
            print(f"{number} of {len(questions)} questions read", file=sys.stderr)


def fit_ranking(
    questions: Sequence[ReadQuestion], names: Sequence[str], decay: float = 3e-3, steps: int = 300
) -> FloatArray:
    """A weight for each feature named, so that the softmax over sentences gives those that answer the most."""
    import torch

    useful = [one for one in questions if (one.labels == 1).any()]
    everything = np.concatenate([one.rows for one in useful])
    scale = everything.std(0) + 1e-6
    longest = max(len(one.rows) for one in useful)
    rows = torch.zeros(len(useful), longest, len(names))
    candidates = torch.zeros(len(useful), longest, dtype=torch.bool)
    answers = torch.zeros(len(useful), longest, dtype=torch.bool)
    for place, one in enumerate(useful):
        rows[place, : len(one.rows)] = torch.from_numpy((one.rows - everything.mean(0)) / scale)
        candidates[place, : len(one.rows)] = torch.from_numpy(one.labels >= 0)
        answers[place, : len(one.rows)] = torch.from_numpy(one.labels == 1)
    weights = torch.zeros(len(names), requires_grad=True)
    optimizer = torch.optim.Adam([weights], lr=0.05)
    for _ in range(steps):
        scores = (rows @ weights).masked_fill(~candidates, -1e9)
        likelihood = torch.logsumexp(scores.masked_fill(~answers, -1e9), 1) - torch.logsumexp(scores, 1)
        loss = decay * (weights**2).sum() - likelihood.mean()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    fitted: FloatArray = weights.detach().numpy() / scale
    fitted[[names.index(name) for name in WITHOUT_SIGN]] = 0
    return fitted.astype(np.float32)


def fit_confidence(
    squad: Sequence[ReadQuestion], reading: Sequence[ReadQuestion], ranking: FloatArray, row: RowOfBest
) -> tuple[FloatArray, float]:
    """Weights and bias of the logistic model that says how likely the best sentence is to be right."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    questions = [*squad, *reading]
    rows = np.array([row(one.rows, one.rows @ ranking) for one in questions])
    right = np.array([one.right[int((one.rows @ ranking).argmax())] for one in questions])
    scaler = StandardScaler().fit(rows)
    model = LogisticRegression(max_iter=2000, C=0.3)
    model.fit(scaler.transform(rows), right, sample_weight=[SQUAD_WEIGHT] * len(squad) + [1.0] * len(reading))
    weights = model.coef_[0] / scaler.scale_
    return weights.astype(np.float32), float(model.intercept_[0] - weights @ scaler.mean_)


def measure(questions: Sequence[ReadQuestion], ranking: FloatArray, confidence: FloatArray) -> dict[str, float]:
    """First sentence right, answerable against not, right against wrong, and expected calibration error.

    `confidence`, shape (questions,), is how likely the best sentence of each question is said to be right.
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


if __name__ == "__main__":
    main()
