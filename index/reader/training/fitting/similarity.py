"""Fit the weights of the similarity reader. Run by hand:

    python -m index.reader.training.fitting.similarity --data ../shared/data

Writes `index/reader/answers/similarity.json` and prints its measures as one JSON object. Takes a quarter of an hour on
two cores, most of it embedding. Questions come from open reading sets, of whose passages 30 % are left out of the index
(their questions have no answer there, only passages that look right), and from a third of squad2's articles, for
questions that only look answerable; the other articles of squad2 judge. Nothing of the data goes into the weights
except the few numbers in the file.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from index.config import IndexConfig
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.ingestion.ingestion import Ingestion
from index.reader.answers.features import FEATURES
from index.reader.answers.similarity import CONFIDENCE_FEATURES, WEIGHTS, SimilarityReader, confidence_row
from index.reader.training.fitting.questions import ReadQuestion, measure, read, reading_questions, squad_questions
from index.retrieval.retriever import Retriever
from index.retrieval.search_index import SearchIndex
from index.types import FloatArray

SQUAD_QUESTIONS = 2000
SQUAD_WEIGHT = 3.0  # in the confidence: its unanswerable questions are the hard ones
# Kinds of questions that every sentence holds something for, so that a weight would mean nothing.
WITHOUT_SIGN = ("holds_thing", "holds_other")

RowOfBest = Callable[[FloatArray, FloatArray], FloatArray]  # `confidence_row` of a reader


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


def fit_ranking(
    questions: Sequence[ReadQuestion], names: Sequence[str], decay: float = 3e-3, steps: int = 300
) -> FloatArray:
    """Return a weight for each feature, so that the softmax over sentences favours those that answer."""
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
    """Return weights and bias of the logistic model of the probability that the best sentence is right."""
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


if __name__ == "__main__":
    main()
