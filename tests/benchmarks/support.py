"""Measure the judgement of claims: does a passage support a claim, contradict it, or neither? Run by hand:

    python -m tests.benchmarks.support --data ../shared/data/claims [--sample N]

Prints one JSON object with, for each set of claims that nothing is learnt from:

balanced_accuracy: supported against not, at even odds: the mean of the shares of both that are judged right.
calibration_error: mean distance of the probability of support from the share that is supported, in tenths of its range.
auroc: how well the probability of support separates the two.
overlap_balanced_accuracy, overlap_auroc: the same for the share of the claim's content words (stemmed) that stand in
    the passage, at the threshold that is best on the sets learnt from: the baseline.
contradicted_precision, contradicted_recall: the share of claims judged contradicted that are, and the share of
    contradicted claims that are judged so; null if a set has none or does not separate them from those not mentioned.
verdicts: for each label the number judged supported, contradicted, not mentioned, at the product's thresholds.

`--details` writes each claim's probability of support and its label (supported or not), as JSON Lines, for
`tests/benchmarks/reader_curves.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from bot.answering.claim_check import verdict_of  # noqa: E402  (found only once the repository is on the path)
from index.embedding.sentence_transformer import SentenceTransformerEmbedder  # noqa: E402
from index.english.words import content_words  # noqa: E402
from index.reader.claims.trained import TrainedSupport  # noqa: E402
from index.reader.training.data.claim_sets import KEPT_OUT, Claim, read_claims  # noqa: E402
from index.reader.training.data.question_sets import normalised  # noqa: E402
from index.reader.training.fitting.claims import ClaimPassages  # noqa: E402
from index.reader.training.fitting.word_model import LEARNT, balanced  # noqa: E402
from tests.benchmarks.measures import auroc, calibration_error  # noqa: E402


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the claim sets")
    parser.add_argument("--sample", type=int, default=1000, help="the most claims of each set")
    parser.add_argument("--details", type=Path, metavar="PATH", help="write each claim and its probability here")
    arguments = parser.parse_args()
    kept_out = {name: read_claims(arguments.data, name, most=arguments.sample) for name in KEPT_OUT}
    unwanted = {normalised(one.text) for name in KEPT_OUT for one in read_claims(arguments.data, name)}
    learnt = {name: read_claims(arguments.data, name, most=arguments.sample, without=unwanted) for name in LEARNT}
    threshold = overlap_threshold(learnt)
    embedder = SentenceTransformerEmbedder()
    passages, scorer = ClaimPassages(embedder), TrainedSupport(embedder)
    details: list[dict[str, Any]] = []
    figures = {name: measured(name, claims, passages, scorer, threshold, details) for name, claims in kept_out.items()}
    means = {
        key: round(float(np.mean([one[key] for one in figures.values()])), 4)
        for key in ("balanced_accuracy", "overlap_balanced_accuracy", "auroc", "overlap_auroc", "calibration_error")
    }
    if arguments.details is not None:
        arguments.details.write_text("\n".join(map(json.dumps, details)) + "\n", encoding="utf-8")
    print(json.dumps({"kept_out": figures, "kept_out_mean": means, "overlap_threshold": threshold}, indent=2))


def word_overlap(claim: Claim) -> float:
    """Return the share of a claim's content words, stemmed, that stand in its passage or title."""
    wanted = {word.stem for word in content_words(claim.text)}
    found = {word.stem for word in content_words(f"{claim.title} {claim.passage}")}
    return len(wanted & found) / max(1, len(wanted))


def overlap_threshold(learnt: dict[str, list[Claim]]) -> float:
    """Return the share of words in common that separates supported claims from others best."""
    claims = [one for several in learnt.values() for one in several]
    shares = np.array([word_overlap(one) for one in claims])
    supported = np.array([one.label == "supported" for one in claims])
    weights = np.concatenate([balanced([one.label == "supported" for one in several], LEARNT[name])
                              for name, several in learnt.items()])  # fmt: skip
    return max(
        (step / 100 for step in range(101)),
        key=lambda threshold: float(weights[(shares >= threshold) == supported].sum()),
    )


def measured(
    name: str,
    claims: Sequence[Claim],
    passages: ClaimPassages,
    scorer: TrainedSupport,
    threshold: float,
    details: list[dict[str, Any]],
) -> dict[str, Any]:
    """Return the figures of one set; claims whose text holds no sentence are left out."""
    read = [(one, found) for one in claims if (found := passages.of(one))]
    kept = [one for one, _ in read]
    supports = [max(scorer.support(one.text, found), key=lambda support: support.strength) for one, found in read]
    shares = [word_overlap(one) for one in kept]
    labels = [one.label == "supported" for one in kept]
    scores = [one.supports for one in supports]
    details += [{"set": name, "confidence": round(score, 4), "right": right}
                for score, right in zip(scores, labels, strict=True)]  # fmt: skip
    verdicts = [verdict_of(one) for one in supports]
    right = sum(verdict == one.label == "contradicted" for verdict, one in zip(verdicts, kept, strict=True))
    judged = verdicts.count("contradicted")
    contradicted = sum(one.label == "contradicted" for one in kept)
    print(f"{name}: {len(kept)} claims judged", file=sys.stderr)
    return {
        "claims": len(kept),
        "balanced_accuracy": balanced_accuracy([one >= 0.5 for one in scores], labels),
        "overlap_balanced_accuracy": balanced_accuracy([one >= threshold for one in shares], labels),
        "auroc": separated(scores, labels),
        "overlap_auroc": separated(shares, labels),
        "calibration_error": round(calibration_error(scores, labels) or 0.0, 4),
        "contradicted_precision": round(right / judged, 4) if judged and contradicted else None,
        "contradicted_recall": round(right / contradicted, 4) if contradicted else None,
        "verdicts": {
            label: dict(Counter(verdict for verdict, one in zip(verdicts, kept, strict=True) if one.label == label))
            for label in ("supported", "contradicted", "not_enough")
        },
    }


def balanced_accuracy(judged: Sequence[bool], labels: Sequence[bool]) -> float:
    """Return the mean of the shares of either label that are judged right."""
    shares = [
        np.mean([one == label for one, label in zip(judged, labels, strict=True) if label == wanted])
        for wanted in (True, False)
    ]
    return round(float(np.mean(shares)), 4)


def separated(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Return the AUROC of the scores; 0 if a label is missing."""
    positive = [score for score, label in zip(scores, labels, strict=True) if label]
    negative = [score for score, label in zip(scores, labels, strict=True) if not label]
    return round(auroc(positive, negative) or 0.0, 4)


if __name__ == "__main__":
    main()
