"""Measure how well claims are judged: supported by a passage, contradicted, or neither. Also fits that judgement.

    python -m tests.benchmarks.support --data CLAIMS [--sample N] [--scorer similarity] [--fit]

Prints one JSON object with, for each set of claims (those under "kept_out" are never learnt from):

balanced_accuracy: supported against not, at even odds: the mean of the shares of both that are judged right.
calibration_error: how far the probability of support is from the share that is supported, in tenths of its range.
auroc: how well the probability of support separates the two.
overlap_balanced_accuracy, overlap_auroc: the baseline, which is the share of the claim's telling words (stemmed) that
    occur in the passage, at the threshold that is best on the sets learnt from.
contradicted_precision, contradicted_recall: of the claims called contradicted the share that is, and of those that
    are the share called so; null if a set has none or does not separate them from those not mentioned.
told: for each label how many were called supported, contradicted and not mentioned, at the thresholds of the product.

`--fit` first fits both logistic models of the similarity score and writes `index/reader/claims/similarity.json`. Each
set counts as `LEARNT` says, its supported and other claims alike. No feature that speaks for support may get a weight
against it, nor the other way round: with this constraint, and with few numbers, sets unlike those learnt from are
judged better. Takes a quarter of an hour on one core, nearly all of it embedding. `--details` writes each claim's
probability of support and whether it is supported, as JSON Lines, for `tests/benchmarks/reader_curves.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from bot.answering.claim_check import verdict_of  # noqa: E402  (found only once the repository is on the path)
from index.config import IndexConfig  # noqa: E402
from index.embedding.chunking import Splitter  # noqa: E402
from index.embedding.sentence_transformer import SentenceTransformerEmbedder  # noqa: E402
from index.english.words import content_words  # noqa: E402
from index.reader.claims.features import CONFLICTS, FEATURES  # noqa: E402
from index.reader.claims.interface import Support, SupportScorer  # noqa: E402
from index.reader.claims.similarity import WEIGHTS, Judged, SimilaritySupport  # noqa: E402
from index.reader.claims.trained import TrainedSupport  # noqa: E402
from index.reader.training.data.claim_sets import KEPT_OUT, Claim, read_claims  # noqa: E402
from index.reader.training.data.question_sets import normalised  # noqa: E402
from index.types import Document, FloatArray, Passage  # noqa: E402
from tests.benchmarks.measures import auroc  # noqa: E402

# The sets to learn from and their weights. Captions of pictures count less: documents are not written like them.
LEARNT = {
    "fever_athnlp_test": 1.0,
    "fever_athnlp_validation": 1.0,
    "sufficient_facts_fever": 1.0,
    "sufficient_facts_hover": 1.0,
    "alexa_dialog_facts": 1.0,
    "begin_dev_cmu": 1.0,
    "begin_dev_tc": 1.0,
    "mnli_dev_olora": 1.0,
    "mnli_train_olora": 1.0,
    "breaking_nli": 0.5,
    "snli_dev_test": 0.4,
    "snli_train_sub": 0.4,
    "snli_counterfactual": 0.4,
    "med_monotonicity": 0.3,
}
# Sets with realistic shares of contradictions. None of their claims is "not mentioned", so each of them is also
# compared with the nearest passage of another claim.
WITHOUT_UNMENTIONED = ("fever_athnlp_test", "fever_athnlp_validation")
NOT_FOR_CONTRADICTIONS = ("breaking_nli", "med_monotonicity", "sufficient_facts_hover")
ANOTHER_PASSAGE = 0.4  # share of the shorter claim's words that both may have in common at most

SUPPORTS = (
    "similarity aligned aligned_around weakest faintest faintest_around sentences lacking_names lacking_quantities "
    "quantity negation opposite name"
).split()
CONTRADICTS = "rest_aligned rest_faintest lacking_names quantity negation opposite name".split()
AGAINST = frozenset({"sentences", "lacking_names", "lacking_quantities", *CONFLICTS})


@dataclass(frozen=True, slots=True)
class ReadClaim:
    """A claim, the window of its passages that is nearest to it, and the judgements of all of them."""

    claim: Claim
    nearest: Judged
    overlap: float

    @property
    def is_supported(self) -> bool:
        """True if the claim's label is "supported"."""
        return self.claim.label == "supported"


class Reading:
    """Claims compared with their passages, which are split as the index would split them."""

    def __init__(self, embedder: SentenceTransformerEmbedder) -> None:
        config = IndexConfig()
        self._embedder = embedder
        self._splitter = Splitter(embedder.tokenize, config.chunk_tokens, config.overlap_tokens)
        self._scorer = SimilaritySupport(embedder)

    def read(self, claims: Iterable[Claim]) -> list[ReadClaim]:
        """Return the claims, read; without those whose text holds no sentence."""
        found = []
        for claim in claims:
            passages = self.passages(claim)
            if passages:
                judged = [one for several in self._scorer.judged(claim.text, passages) for one in several]
                nearest = max(judged, key=lambda one: one.window.nearness)
                found.append(ReadClaim(claim, nearest, word_overlap(claim.text, f"{claim.title} {claim.passage}")))
        return found

    def judge(self, claims: Iterable[Claim], scorer: SupportScorer) -> list[Support]:
        """Return the strongest judgement of each claim's passages; without claims whose text holds no sentence."""
        return [
            max(scorer.support(claim.text, passages), key=lambda one: one.strength)
            for claim in claims
            if (passages := self.passages(claim))
        ]

    def passages(self, claim: Claim) -> list[Passage]:
        """Return the passages of a claim's text."""
        document = Document("passage.txt", claim.title, claim.passage, "text", bool(claim.title), language="en")
        (tokens,) = self._embedder.tokenize([document.text])
        chunks = [one.chunk for one in self._splitter.split(document, tokens)]
        return [
            Passage(
                chunk_id=0,
                document=document.path,
                title=claim.title,
                url=None,
                start=chunk.start,
                end=chunk.end,
                text=chunk.text,
                heading=None,
                page=None,
                line=None,
                sentences=chunk.sentences,
                score=0.0,
                dense_rank=None,
                lexical_rank=None,
                dense_score=0.0,
                lexical_score=0.0,
                fused_score=0.0,
            )
            for chunk in chunks
        ]

    def with_other_passages(self, claims: Sequence[Claim]) -> list[Claim]:
        """Return each claim with the nearest passage of another one, which is about something else."""
        texts = list(dict.fromkeys((one.title, one.passage) for one in claims))
        stems = [{word.stem for word in content_words(text)} for _, text in texts]
        near = self._vectors([one.text for one in claims]) @ self._vectors([text for _, text in texts]).T
        found = []
        for claim, row in zip(claims, near, strict=True):
            own = {word.stem for word in content_words(claim.passage)}
            for place in np.argsort(-row):
                if len(own & stems[place]) <= ANOTHER_PASSAGE * min(len(own), len(stems[place])):
                    title, text = texts[place]
                    found.append(replace(claim, title=title, passage=text, label="not_enough"))
                    break
        return found

    def _vectors(self, texts: Sequence[str]) -> FloatArray:
        return np.concatenate(
            [self._embedder.embed_short(texts[start : start + 32]) for start in range(0, len(texts), 32)]
        )


def main() -> None:
    """Fit if asked to, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the claim sets")
    parser.add_argument("--sample", type=int, default=1000, help="maximum number of claims of each set")
    parser.add_argument("--fit", action="store_true", help="fit the weights and write them")
    parser.add_argument(
        "--details", type=Path, metavar="PATH", help="write each claim and its probability to this file"
    )
    parser.add_argument("--scorer", choices=("trained", "similarity"), default="trained", help="what judges the claims")
    arguments = parser.parse_args()
    embedder = SentenceTransformerEmbedder()
    kept_out = {name: read_claims(arguments.data, name, arguments.sample) for name in KEPT_OUT}
    unwanted = {normalised(one.text) for name in KEPT_OUT for one in read_claims(arguments.data, name)}
    learnt = {name: read_claims(arguments.data, name, arguments.sample, unwanted) for name in LEARNT}
    if arguments.fit:
        WEIGHTS.write_text(json.dumps(fitted(learnt, Reading(embedder)), indent=1) + "\n", encoding="utf-8")
    threshold = overlap_threshold(learnt)
    reading = Reading(embedder)
    scorer = TrainedSupport(embedder) if arguments.scorer == "trained" else SimilaritySupport(embedder)
    details: list[dict[str, Any]] = []
    figures = {name: measured(name, claims, reading, scorer, threshold, details) for name, claims in kept_out.items()}
    means = {
        key: round(float(np.mean([one[key] for one in figures.values()])), 4)
        for key in ("balanced_accuracy", "overlap_balanced_accuracy", "auroc", "overlap_auroc", "calibration_error")
    }
    if arguments.details is not None:
        arguments.details.write_text("\n".join(map(json.dumps, details)) + "\n", encoding="utf-8")
    print(json.dumps({"kept_out": figures, "kept_out_mean": means, "overlap_threshold": threshold}, indent=2))


def word_overlap(claim: str, passage: str) -> float:
    """Return the share of a claim's telling words, stemmed, that occur in a passage."""
    wanted = {word.stem for word in content_words(claim)}
    return len(wanted & {word.stem for word in content_words(passage)}) / max(1, len(wanted))


def overlap_threshold(learnt: dict[str, list[Claim]]) -> float:
    """Return the share of common words that separates supported claims from others best."""
    claims = [one for several in learnt.values() for one in several]
    shares = np.array([word_overlap(one.text, f"{one.title} {one.passage}") for one in claims])
    supported = np.array([one.label == "supported" for one in claims])
    weights = np.concatenate([balanced([one.label == "supported" for one in several], LEARNT[name])
                              for name, several in learnt.items()])  # fmt: skip
    return max(
        (place / 100 for place in range(101)),
        key=lambda threshold: float(weights[(shares >= threshold) == supported].sum()),
    )


def balanced(labels: Sequence[bool], weight: float) -> FloatArray:
    """Return weights that make both labels count the same, together twice `weight`."""
    counts = Counter(labels)
    return np.array([weight / counts[label] for label in labels], np.float32)


def fitted(learnt: dict[str, list[Claim]], reading: Reading) -> dict[str, dict[str, float]]:
    """Return the weights of both models, in the format of `similarity.json`."""
    read = {}
    for name, claims in learnt.items():
        read[name] = reading.read(claims)
        print(f"{name}: {len(read[name])} claims read", file=sys.stderr)
    everything = [one for several in read.values() for one in several]
    weights = np.concatenate([balanced([one.is_supported for one in several], LEARNT[name])
                              for name, several in read.items()])  # fmt: skip
    supports = fit([one.nearest.row for one in everything], [one.is_supported for one in everything], weights, SUPPORTS,
                   AGAINST, frozenset())  # fmt: skip
    others = [one for name in WITHOUT_UNMENTIONED
              for one in reading.read(reading.with_other_passages(learnt[name]))]  # fmt: skip
    differing = [
        one
        for one in [*others, *(one for name in read if name not in NOT_FOR_CONTRADICTIONS for one in read[name])]
        if not one.claim.is_binary and any(conflict.contradicts for conflict in one.nearest.compared.conflicts)
    ]
    contradicts = fit(
        [one.nearest.row for one in differing],
        [one.claim.label == "contradicted" for one in differing],
        np.ones(len(differing), np.float32),
        CONTRADICTS,
        frozenset({"lacking_names"}),
        frozenset(CONFLICTS),
    )
    return {"supports": supports, "contradicts": contradicts}


def fit(
    rows: Sequence[FloatArray],
    labels: Sequence[bool],
    weights: FloatArray,
    columns: Sequence[str],
    against: Collection[str],
    free: Collection[str],
    decay: float = 0.01,
    steps: int = 1500,
) -> dict[str, float]:
    """Return weights and bias of a logistic model: weights of `against` at most 0, of `free` any, others at least 0."""
    import torch

    torch.manual_seed(0)
    table = np.stack(rows)[:, [FEATURES.index(name) for name in columns]]
    scale = table.std(0) + 1e-6
    inputs = torch.from_numpy((table - table.mean(0)) / scale)
    targets = torch.tensor(labels, dtype=torch.float32)
    shares = torch.from_numpy(weights / weights.sum())
    lowest = torch.tensor([-torch.inf if name in against or name in free else 0.0 for name in columns])
    highest = torch.tensor([0.0 if name in against and name not in free else torch.inf for name in columns])
    found = torch.zeros(len(columns), requires_grad=True)
    bias = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.Adam([found, bias], lr=0.02)
    for _ in range(steps):
        losses = torch.nn.functional.binary_cross_entropy_with_logits(inputs @ found + bias, targets, reduction="none")
        loss = (shares * losses).sum() + decay * (found**2).sum()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        with torch.no_grad():
            found.clamp_(lowest, highest)
    unscaled = found.detach().numpy() / scale
    offset = float(bias.item() - unscaled @ table.mean(0))
    return {
        **{name: round(float(one), 3) for name, one in zip(columns, unscaled, strict=True)},
        "bias": round(offset, 3),
    }


def measured(
    name: str,
    claims: Sequence[Claim],
    reading: Reading,
    scorer: SupportScorer,
    threshold: float,
    details: list[dict[str, Any]],
) -> dict[str, Any]:
    """Return the figures of one set."""
    kept = [one for one in claims if reading.passages(one)]
    supports = reading.judge(kept, scorer)
    shares = [word_overlap(one.text, f"{one.title} {one.passage}") for one in kept]
    labels = [one.label == "supported" for one in kept]
    scores = [one.supports for one in supports]
    details += [{"set": name, "confidence": round(score, 4), "right": right}
                for score, right in zip(scores, labels, strict=True)]  # fmt: skip
    verdicts = [verdict_of(one) for one in supports]
    right = sum(verdict == one.label == "contradicted" for verdict, one in zip(verdicts, kept, strict=True))
    called = verdicts.count("contradicted")
    are = sum(one.label == "contradicted" for one in kept)
    print(f"{name}: {len(kept)} claims judged", file=sys.stderr)
    return {
        "claims": len(kept),
        "balanced_accuracy": balanced_accuracy([one >= 0.5 for one in scores], labels),
        "overlap_balanced_accuracy": balanced_accuracy([one >= threshold for one in shares], labels),
        "auroc": separated(scores, labels),
        "overlap_auroc": separated(shares, labels),
        "calibration_error": calibration_error(scores, labels),
        "contradicted_precision": round(right / called, 4) if called and are else None,
        "contradicted_recall": round(right / are, 4) if are else None,
        "told": {
            label: dict(Counter(verdict for verdict, one in zip(verdicts, kept, strict=True) if one.label == label))
            for label in ("supported", "contradicted", "not_enough")
        },
    }


def calibration_error(scores: Sequence[float], labels: Sequence[bool], bins: int = 10) -> float:
    """Return the mean distance of the probabilities, by tenths, from the share that is supported."""
    told, right = np.array(scores), np.array(labels)
    places = np.minimum((told * bins).astype(int), bins - 1)
    gaps = [
        (places == one).mean() * abs(told[places == one].mean() - right[places == one].mean()) for one in set(places)
    ]
    return round(float(sum(gaps)), 4)


def balanced_accuracy(told: Sequence[bool], labels: Sequence[bool]) -> float:
    """Return the mean of the shares of both labels that are judged right."""
    shares = [
        np.mean([one == label for one, label in zip(told, labels, strict=True) if label == wanted])
        for wanted in (True, False)
    ]
    return round(float(np.mean(shares)), 4)


def separated(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Return how well scores separate the labels."""
    positive = [score for score, label in zip(scores, labels, strict=True) if label]
    negative = [score for score, label in zip(scores, labels, strict=True) if not label]
    return round(auroc(positive, negative) or 0.0, 4)


if __name__ == "__main__":
    main()
