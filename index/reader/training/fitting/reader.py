"""Fit the small model between the trained reader's encoder and its probabilities. Run by hand:

    python -m index.reader.training.fitting.reader --data ../shared/data [--keep FOLDER]

Writes `index/reader/weights/reader.json` and prints its measures as one JSON object. The confidences of each group are
fitted without the article (for the open reading sets, without the fifth) that a question belongs to; the ranking, and
so the first sentence, is fitted on all. The encoder has seen the questions of "squad2_seen": if that group is much
better, the encoder has memorised them. 30 % of the passages of the reading sets are left out of the index.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from index.config import IndexConfig
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.ingestion.ingestion import Ingestion
from index.reader.answers.features import NEARNESS
from index.reader.answers.trained import CONFIDENCE_FEATURES, FEATURES, MEASURES, TrainedReader, confidence_row
from index.reader.training.data.markdown import as_markdown
from index.reader.training.data.question_sets import HELD_OUT, held_out, judging_articles, rows_of
from index.reader.training.fitting.questions import (
    LEFT_OUT,
    Question,
    ReadQuestion,
    measure,
    read,
    squad_questions,
)
from index.reader.training.fitting.similarity import SQUAD_WEIGHT, fit_ranking
from index.retrieval.retriever import READ_PASSAGES, Retriever
from index.retrieval.search_index import SearchIndex
from index.types import FloatArray

CALIBRATING = 2  # articles of those that nothing was learnt from
JUDGING = 200  # questions on the other articles; the benchmark `quality` asks more
SEEN = 300
FOLDS = 5  # of the reading sets
SQUAD_SETS = ("squad2_calibrating", "squad2_judging", "squad2_seen")
AGAINST = frozenset({"names_apart"})  # the features that speak against an answer
DECAY = 0.3  # weight of the questions against the size of the weights
_NEARNESS = [FEATURES.index(name) for name in NEARNESS]  # not computed when sentences are ranked
WIKIPEDIA = 4000  # further documents that look like answers


def main() -> None:
    """Fit, write, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the question sets")
    parser.add_argument("--keep", type=Path, help="keep the index in this folder and use it again")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        groups = read_all(arguments.data, arguments.keep or Path(temporary))
    ranking, confidence, bias = fit(groups)
    MEASURES.write_text(json.dumps(stored(ranking, confidence, bias), indent=1) + "\n", encoding="utf-8")
    print(json.dumps(measured(groups, ranking), indent=2))


def stored(ranking: FloatArray, confidence: FloatArray, bias: float) -> dict[str, dict[str, float]]:
    """Return the content of `reader.json`."""
    return {
        "ranking": {name: round(float(weight), 3) for name, weight in zip(FEATURES, ranking, strict=True)},
        "confidence": {
            **{name: round(float(weight), 3) for name, weight in zip(CONFIDENCE_FEATURES, confidence, strict=True)},
            "bias": round(bias, 3),
        },
    }


def read_all(data: Path, folder: Path) -> dict[str, list[ReadQuestion]]:
    """Return the questions by their source, read over one index of all documents."""
    (folder / "seeds").mkdir(parents=True, exist_ok=True)
    rng = random.Random(0)
    reading = unseen_questions(data / "reading", folder / "seeds", rng)
    squad = squad_questions(data / "squad2", folder / "seeds", rng, None)
    for number, document in enumerate(rows_of(data / "wiki" / "corpus.jsonl")[:WIKIPEDIA]):
        text = as_markdown(str(document["title"]), str(document["text"]))
        (folder / "seeds" / f"wiki-{number:05}.md").write_text(text, encoding="utf-8")
    judging = judging_articles(data)
    calibrating = frozenset(sorted(judging)[:CALIBRATING])
    groups = {
        "squad2_calibrating": [one for one in squad if one.article in calibrating],
        "squad2_judging": [one for one in squad if one.article in judging - calibrating][:JUDGING],
        "squad2_seen": [one for one in squad if one.article not in judging][:SEEN],
        "reading": reading,
    }
    embedder = SentenceTransformerEmbedder()
    Ingestion(folder / "data", folder / "seeds", IndexConfig(), embedder).run()
    index = SearchIndex(folder / "data")
    reader = TrainedReader(embedder)
    retriever = Retriever(index, embedder, reader)
    try:
        return {name: list(read(group, retriever, reader, READ_PASSAGES)) for name, group in groups.items()}
    finally:
        index.close()


def fit_confidence(
    squad: Sequence[ReadQuestion], reading: Sequence[ReadQuestion], ranking: FloatArray
) -> tuple[FloatArray, float]:
    """Return weights and bias of the logistic model of the probability that the best sentence is right.

    The sign of each weight is fixed: otherwise the long paragraphs of Wikipedia make the model unsure of plain answers
    in short documents.
    """
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    questions = [*squad, *reading]
    rows = np.array([confidence_row(one.rows, one.rows @ ranking) for one in questions])
    right = np.array([one.right[int((one.rows @ ranking).argmax())] for one in questions])
    counts = np.array([SQUAD_WEIGHT] * len(squad) + [1.0] * len(reading))
    scale = rows.std(0) + 1e-6
    scaled = (rows - rows.mean(0)) / scale

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        scores = scaled @ weights[:-1] + weights[-1]
        off = DECAY * counts * (1 / (1 + np.exp(-scores)) - right)
        unlikely = DECAY * counts @ np.logaddexp(0, np.where(right == 1, -scores, scores))
        gradient = np.append(scaled.T @ off + weights[:-1], off.sum())
        return float(unlikely + (weights[:-1] ** 2).sum() / 2), gradient

    bounds = [(None, 0.0) if name in AGAINST else (0.0, None) for name in CONFIDENCE_FEATURES]
    start = np.zeros(len(bounds) + 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)]).x
    weights = found[:-1] / scale
    return weights.astype(np.float32), float(found[-1] - weights @ rows.mean(0))


def fit(groups: Mapping[str, Sequence[ReadQuestion]]) -> tuple[FloatArray, FloatArray, float]:
    """Return the weights of the ranking, the weights of the confidence, and its bias."""
    squad = [one for name in SQUAD_SETS for one in groups[name]]
    ranking = fit_ranking([_without_nearness(one) for one in [*squad, *groups["reading"]]], FEATURES)
    ranking[_NEARNESS] = 0
    return ranking, *fit_confidence(squad, groups["reading"], ranking)


def measured(groups: Mapping[str, Sequence[ReadQuestion]], ranking: FloatArray) -> dict[str, dict[str, float]]:
    """Return the measures of each group, with confidences fitted without the fold of each question."""
    folds = {
        id(one): one.question.article or str(place % FOLDS)
        for group in groups.values()
        for place, one in enumerate(group)
    }
    confidences: dict[int, float] = {}
    for fold in sorted(set(folds.values())):
        squad = [one for name in SQUAD_SETS for one in groups[name] if folds[id(one)] != fold]
        reading = [one for one in groups["reading"] if folds[id(one)] != fold]
        weights, bias = fit_confidence(squad, reading, ranking)
        for group in groups.values():
            for one in group:
                if folds[id(one)] == fold:
                    row = confidence_row(one.rows, one.rows @ ranking)
                    confidences[id(one)] = float(1 / (1 + np.exp(-(row @ weights + bias))))
    everything = {**groups, "together": [one for group in groups.values() for one in group]}
    return {
        name: measure(group, ranking, np.array([confidences[id(one)] for one in group]))
        for name, group in everything.items()
    }


def _without_nearness(question: ReadQuestion) -> ReadQuestion:
    rows = question.rows.copy()
    rows[:, _NEARNESS] = 0
    return replace(question, rows=rows)


def unseen_questions(source: Path, seeds: Path, rng: random.Random) -> list[Question]:
    """Return questions that the encoder has not learnt from, and write 70 % of their passages as documents."""
    paths: dict[str, str] = {}
    questions = []
    for name in HELD_OUT:
        for row in held_out(source, name):
            path = paths.setdefault(row["passage"], f"{len(paths):06}.md")
            questions.append(
                Question(row["question"], tuple(row["answers"]), frozenset([path]), row["answerable"], None)
            )
    left_out = set()
    for passage, path in paths.items():
        if rng.random() >= LEFT_OUT:
            (seeds / path).write_text(as_markdown("", passage), encoding="utf-8")
        else:
            left_out.add(path)
    return [
        Question(one.text, one.answers, frozenset(), False, None) if one.gold <= left_out else one for one in questions
    ]


if __name__ == "__main__":
    main()
