"""Fit the small model between the reader's encoder and its probabilities. Run by hand:

    python -m index.reader.training.fitting.reader --data ../shared/data --keep FOLDER [--dry-run]

Writes `index/reader/weights/reader.json` and prints its measures as one JSON object. Indexes about 80 folders of
documents (an hour on two cores) and reads the passages found for 4,000 questions; both stay in `--keep`, so that an
interrupted run continues, and a second one takes seconds. Remove `FOLDER/read` after the encoder or a feature changed.

The measures of each group are of weights fitted without the fold (article or project) that a question belongs to.
"""

from __future__ import annotations

import argparse
import json
import pickle
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.reader.answers.relevance import MEASURES, Relevance, measures
from index.reader.answers.sentence_features import FEATURES
from index.reader.training.fitting.measures import auroc, calibration_error
from index.reader.training.fitting.questions import folders
from index.reader.training.fitting.read_questions import QuestionReader, ReadPassage, ReadQuestion
from index.types import FloatArray

AGAINST = frozenset({"new_words", "is_question"})  # the sentence features that speak against an answer
# `topical`, `unnamed` and `pointing` are not among them: no set asks for "anything about" something, few questions name
# what the documents do not, and few passages only say where to look. Their weights stay as they are.
PASSAGE_FEATURES = ("cosine", "stated", "headed", "introduced", "odds")
FOLDS = 5
DECAY = 1e-3  # of the squared weights of standardised features, against the mean loss of a question
# How much a group counts: as much as its questions are like those that people ask of their documents.
WEIGHTS = {"help": 2.0, "feedbackqa": 1.0, "squad2": 1.0, "squad2_seen": 0.5, "clapnq": 0.5, "reading": 0.5}


def main() -> None:
    """Read, fit, write, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the question sets")
    parser.add_argument("--keep", type=Path, required=True, help="keeps the indexes and what was read")
    parser.add_argument("--dry-run", action="store_true", help="print the weights instead of writing them")
    arguments = parser.parse_args()
    questions = read_all(arguments.data, arguments.keep)
    sentence, passage = fit_sentences(questions), fit_passages(questions)
    fitted = {"sentence": named(FEATURES, sentence), "passage": named((*PASSAGE_FEATURES, "bias"), passage)}
    fitted["passage"] |= {
        "topical": measures().topical,
        "unnamed": measures().unnamed,
        "pointing": measures().pointing,
        "unread": round(unread(questions), 2),
    }
    if not arguments.dry_run:
        MEASURES.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({"weights": fitted, "measures": measured(questions)}, indent=2))


def named(names: Sequence[str], weights: FloatArray) -> dict[str, float]:
    """Return weights by name, as they are stored."""
    return {name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True)}


def read_all(data: Path, keep: Path) -> list[ReadQuestion]:
    """Return all questions, read; each folder of documents is indexed and read once."""
    reader = QuestionReader()
    (keep / "read").mkdir(parents=True, exist_ok=True)
    found: list[ReadQuestion] = []
    for folder in folders(data, keep):
        stored = keep / "read" / f"{folder.name}.pickle"
        if not stored.is_file():
            stored.write_bytes(pickle.dumps(list(reader.read(folder, keep))))
        found += map(ReadQuestion.of, pickle.loads(stored.read_bytes()))
    return found


def fit_sentences(questions: Sequence[ReadQuestion]) -> FloatArray:
    """Return a weight for each sentence feature, so that the softmax over a right passage favours what answers."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    passages = [
        (one.rows, one.labels == 1, WEIGHTS[question.question.group])
        for question in questions
        for one in question.passages
        if one.right and one.rows is not None and 0 < one.labels.sum() < len(one.labels)
    ]
    scale = np.concatenate([rows for rows, _, _ in passages]).std(0) + 1e-6

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        total, gradient = DECAY * float(weights @ weights), 2 * DECAY * weights
        share = 1 / sum(weight for _, _, weight in passages)
        for rows, labels, weight in passages:
            scores = rows @ (weights / scale)
            likely = np.exp(scores - scores.max())
            total -= weight * share * float(np.log(likely[labels].sum() / likely.sum()))
            off = likely / likely.sum() - np.where(labels, likely, 0) / likely[labels].sum()
            gradient = gradient + weight * share * (rows.T @ off) / scale
        return total, gradient

    bounds = [(None, 0.0) if name in AGAINST else (0.0, None) for name in FEATURES]
    found = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B", bounds=bounds).x
    return np.array(found / scale, np.float32)


def first_of(question: ReadQuestion, least: float) -> tuple[ReadPassage, float]:
    """Return the passage that is first after reading, and its odds; `least` stands for the odds of those not read."""
    known = [(one, least if one.odds is None else one.odds) for one in question.passages]
    return max(known, key=lambda one: one[0].relevance.read_score(one[1]))


def unread(questions: Sequence[ReadQuestion]) -> float:
    """Return the odds that stand for passages that are not read: the mean of the least relevant ones that are."""
    last = []
    for question in questions:
        read = [one for one in question.passages if one.odds is not None]
        last += [one.odds or 0.0 for one in sorted(read, key=lambda one: one.relevance.score)[:1]]
    return float(np.mean(last))


def passage_row(relevance: Relevance, odds: float) -> list[float]:
    """Return the features of a passage in the order of `PASSAGE_FEATURES`, and a 1 behind them."""
    return [relevance.cosine, relevance.stated, relevance.headed, relevance.introduced, odds, 1.0]


def passage_table(questions: Sequence[ReadQuestion]) -> tuple[FloatArray, FloatArray]:
    """Return the row of each question's first passage, and 1 where it is right."""
    least = unread(questions)
    first = [first_of(one, least) for one in questions]
    rows = [passage_row(one.relevance, odds) for one, odds in first]
    return np.array(rows, np.float32), np.array([one.right for one, _ in first], np.float32)


def fit_passages(questions: Sequence[ReadQuestion]) -> FloatArray:
    """Return the weights of `PASSAGE_FEATURES` and the bias: a logistic model of "the first passage is right".

    No feature may speak against an answer.
    """
    from scipy.optimize import minimize

    rows, right = passage_table(questions)
    groups = [one.question.group for one in questions]
    counts = np.array([WEIGHTS[group] / groups.count(group) for group in groups])
    counts /= counts.sum()
    scale = np.append(rows[:, :-1].std(0) + 1e-6, 1.0)
    penalty = np.append(np.full(len(PASSAGE_FEATURES), DECAY), 0.0)

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        scores = rows @ (weights / scale)
        unlikely = counts @ np.logaddexp(0, np.where(right == 1, -scores, scores))
        off = counts * (1 / (1 + np.exp(-scores)) - right)
        return float(unlikely + penalty @ weights**2), rows.T @ off / scale + 2 * penalty * weights

    bounds = [*[(0.0, None)] * len(PASSAGE_FEATURES), (None, None)]
    found = minimize(loss, np.zeros(len(bounds)), jac=True, method="L-BFGS-B", bounds=bounds).x
    return np.array(found / scale, np.float32)


def measured(questions: Sequence[ReadQuestion]) -> dict[str, dict[str, float | None]]:
    """Return the measures of each group, by weights fitted without the folds that a question belongs to."""
    folds = sorted({one.question.fold for one in questions})
    part_of = {fold: number % FOLDS for number, fold in enumerate(folds)}
    rows: dict[str, list[Measured]] = defaultdict(list)
    for part in range(FOLDS):
        others = [one for one in questions if part_of[one.question.fold] != part]
        sentence, passage, least = fit_sentences(others), fit_passages(others), unread(others)
        for one in questions:
            if part_of[one.question.fold] == part:
                rows[one.question.group].append(measured_question(one, sentence, passage, least))
    return {**{name: figures(group) for name, group in rows.items()},
            "together": figures([one for group in rows.values() for one in group])}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """What became of a question. `sentence` is None where its first passage is wrong or no sentence is labelled."""

    answerable: bool
    first_before: bool
    first_after: bool
    sentence: bool | None
    confidence: float


def measured_question(question: ReadQuestion, sentence: FloatArray, passage: FloatArray, least: float) -> Measured:
    """Return what becomes of a question with these weights."""
    first, odds = first_of(question, least)
    row = np.array(passage_row(first.relevance, odds))
    best = int((first.rows @ sentence).argmax()) if first.rows is not None and first.labels.any() else None
    return Measured(
        answerable=question.question.answerable,
        first_before=question.passages[0].right,
        first_after=first.right,
        sentence=None if best is None else bool(first.labels[best]),
        confidence=float(1 / (1 + np.exp(-(row @ passage)))),
    )


def figures(rows: Sequence[Measured]) -> dict[str, float | None]:
    """Return the measures of some questions."""
    yes = [one for one in rows if one.answerable]
    sentences = [one.sentence for one in rows if one.sentence is not None]
    found: dict[str, float | None] = {
        "first_before": float(np.mean([one.first_before for one in yes])),
        "first_after": float(np.mean([one.first_after for one in yes])),
        "sentence": float(np.mean(sentences)) if sentences else None,
        "auroc": auroc([one.confidence for one in yes], [one.confidence for one in rows if not one.answerable]),
        "calibration_error": calibration_error([one.confidence for one in rows], [one.first_after for one in rows]),
        "mean_confidence": float(np.mean([one.confidence for one in rows])),
        "right": float(np.mean([one.first_after for one in rows])),
    }
    return {"questions": len(rows)} | {key: None if one is None else round(one, 3) for key, one in found.items()}


if __name__ == "__main__":
    main()
