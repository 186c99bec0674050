"""Fit both logistic models of the word model of claims. Run by hand:

    python -m index.reader.training.fitting.word_model --data ../shared/data/claims [--sample N]

Writes `index/reader/claims/word_model.json`. Each set counts as `LEARNT` says, supported and other claims of a set the
same. The sign of most weights is fixed: with that, and with few numbers, a set unlike those learnt from is judged
better. Takes a quarter of an hour on one core, nearly all of it embedding; `tests/benchmarks/support.py` judges the
result.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.english.words import content_words
from index.reader.claims.candidates import Candidate, CandidateFinder
from index.reader.claims.features import CONFLICTS, FEATURES
from index.reader.claims.word_model import WEIGHTS
from index.reader.training.data.claim_sets import KEPT_OUT, Claim, read_claims
from index.reader.training.data.question_sets import normalised
from index.reader.training.fitting.claims import ClaimPassages
from index.types import FloatArray

# What is learnt from, and how much each counts: captions of pictures less, for documents are not written like them.
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
# Contradictions are learnt from those that have them in proportion. These have no claim that is not mentioned: each of
# theirs is also laid next to the nearest passage of another claim.
WITHOUT_UNMENTIONED = ("fever_athnlp_test", "fever_athnlp_validation")
NOT_FOR_CONTRADICTIONS = ("breaking_nli", "med_monotonicity", "sufficient_facts_hover")
ANOTHER_PASSAGE = 0.4  # at most this share of the shorter one's words are in both

SUPPORTS = (
    "similarity aligned aligned_around weakest faintest faintest_around sentences lacking_names lacking_quantities "
    "quantity negation opposite name"
).split()
CONTRADICTS = "rest_aligned rest_faintest lacking_names quantity negation opposite name".split()
AGAINST = frozenset({"sentences", "lacking_names", "lacking_quantities", *CONFLICTS})


@dataclass(frozen=True, slots=True)
class ReadClaim:
    """A claim, and the candidate of its passages that is nearest to it."""

    claim: Claim
    nearest: Candidate

    @property
    def is_supported(self) -> bool:
        """True if its label says so."""
        return self.claim.label == "supported"


class ClaimReader:
    """Finds the nearest candidates of claims."""

    def __init__(self, embedder: SentenceTransformerEmbedder) -> None:
        self._embedder = embedder
        self._passages = ClaimPassages(embedder)
        self._finder = CandidateFinder(embedder)

    def read(self, claims: Iterable[Claim]) -> list[ReadClaim]:
        """Return the claims, read; those whose text holds no sentence are left out."""
        found = []
        for claim in claims:
            passages = self._passages.of(claim)
            if passages:
                candidates = [one for rows in self._finder.candidates(claim.text, passages) for one in rows]
                found.append(ReadClaim(claim, max(candidates, key=lambda one: one.window.nearness)))
        return found

    def with_other_passages(self, claims: Sequence[Claim]) -> list[Claim]:
        """Return each claim with the nearest passage of another claim that is about something else."""
        texts = list(dict.fromkeys((one.title, one.passage) for one in claims))
        stems = [{word.stem for word in content_words(text)} for _, text in texts]
        near = self._vectors([one.text for one in claims]) @ self._vectors([text for _, text in texts]).T
        found = []
        for claim, row in zip(claims, near, strict=True):
            own = {word.stem for word in content_words(claim.passage)}
            for index in np.argsort(-row):
                if len(own & stems[index]) <= ANOTHER_PASSAGE * min(len(own), len(stems[index])):
                    title, text = texts[index]
                    found.append(replace(claim, title=title, passage=text, label="not_enough"))
                    break
        return found

    def _vectors(self, texts: Sequence[str]) -> FloatArray:
        return np.concatenate(
            [self._embedder.embed_short(texts[start : start + 32]) for start in range(0, len(texts), 32)]
        )


def main() -> None:
    """Read, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the claim sets")
    parser.add_argument("--sample", type=int, default=1000, help="the most claims of each set")
    arguments = parser.parse_args()
    unwanted = {normalised(one.text) for name in KEPT_OUT for one in read_claims(arguments.data, name)}
    learnt = {name: read_claims(arguments.data, name, most=arguments.sample, without=unwanted) for name in LEARNT}
    models = fitted(learnt, ClaimReader(SentenceTransformerEmbedder()))
    WEIGHTS.write_text(json.dumps(models, indent=1) + "\n", encoding="utf-8")


def balanced(labels: Sequence[bool], weight: float) -> FloatArray:
    """Return weights under which both labels count the same, together twice `weight`."""
    counts = Counter(labels)
    return np.array([weight / counts[label] for label in labels], np.float32)


def fitted(learnt: dict[str, list[Claim]], reader: ClaimReader) -> dict[str, dict[str, float]]:
    """Return the weights of both models, as `word_model.json` holds them."""
    read = {}
    for name, claims in learnt.items():
        read[name] = reader.read(claims)
        print(f"{name}: {len(read[name])} claims read", file=sys.stderr)
    everything = [one for several in read.values() for one in several]
    weights = np.concatenate([balanced([one.is_supported for one in several], LEARNT[name])
                              for name, several in read.items()])  # fmt: skip
    supports = fit([one.nearest.row for one in everything], [one.is_supported for one in everything], weights, SUPPORTS,
                   AGAINST, frozenset())  # fmt: skip
    others = [one for name in WITHOUT_UNMENTIONED
              for one in reader.read(reader.with_other_passages(learnt[name]))]  # fmt: skip
    differing = [
        one
        for one in [*others, *(one for name in read if name not in NOT_FOR_CONTRADICTIONS for one in read[name])]
        if not one.claim.is_binary and any(conflict.contradicts for conflict in one.nearest.comparison.conflicts)
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
    *,
    decay: float = 0.01,
    steps: int = 1500,
) -> dict[str, float]:
    """Return weights and bias of a logistic model: at most 0 for `against`, any for `free`, else at least 0."""
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


if __name__ == "__main__":
    main()
