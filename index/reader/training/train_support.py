"""The examples, the loss and the measures of the support score's training; `__main__` runs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from index.reader.pair_tokens import PairTokenizer, TextTokens, TokenPair
from index.reader.training.data.claim_sets import KEPT_OUT, LABELS, Claim, claims_to_learn, read_claims
from index.reader.training.trainable import TrainableModel

LONGEST_PASSAGE = 320  # tokens
JUDGED_CLAIMS = 100  # of each set


@dataclass(frozen=True, slots=True)
class ClaimExample:
    """A pair of claim and passage, with the index of its label in `LABELS`; 2 of a binary one means "not supported"."""

    pair: TokenPair
    label: int
    is_binary: bool


def claim_examples(claims: Sequence[Claim], tokenizer: PairTokenizer) -> list[ClaimExample]:
    """Return claims as examples."""
    texts = tokenizer.ids([one.text for one in claims])
    labels = tokenizer.ids([one.title for one in claims])
    passages = tokenizer.ids([one.passage for one in claims])
    return [
        ClaimExample(
            tokenizer.pair(text, TextTokens(label, [passage[:LONGEST_PASSAGE]])),
            LABELS.index(one.label),
            one.is_binary,
        )
        for one, text, label, passage in zip(claims, texts, labels, passages, strict=True)
    ]


def examples_of(folder: Path, tokenizer: PairTokenizer, *, part: int = 0) -> list[ClaimExample]:
    """Return all examples to learn from."""
    learnt = claims_to_learn(folder, part=part)
    return [one for claims in learnt.values() for one in claim_examples(claims, tokenizer)]


def loss_of(model: TrainableModel, examples: Sequence[ClaimExample]) -> torch.Tensor:
    """Return the negative log-likelihood of the labels."""
    states, _ = model.states([one.pair.ids for one in examples], [one.pair.second for one in examples])
    likely = torch.log_softmax(model.score_claims(states), 1)
    labels = torch.tensor([one.label for one in examples], device=likely.device)
    unsupported = torch.logsumexp(likely[:, 1:], 1)
    unclear = torch.tensor([one.is_binary and one.label != 0 for one in examples], device=likely.device)
    told = torch.where(unclear, unsupported, likely[torch.arange(len(labels)), labels])
    loss: torch.Tensor = -told.mean()
    return loss


def judging(folder: Path, tokenizer: PairTokenizer) -> dict[str, list[ClaimExample]]:
    """Return some claims of each judging set."""
    return {name: claim_examples(read_claims(folder, name, most=JUDGED_CLAIMS), tokenizer) for name in KEPT_OUT}


def judged(model: TrainableModel, sets: dict[str, list[ClaimExample]]) -> dict[str, float]:
    """Return the balanced accuracy, supported against not, of each set, and the mean."""
    found = {}
    for name, examples in sets.items():
        scores = model.read_claims([one.pair for one in examples])
        told = scores[:, 0] > np.logaddexp(scores[:, 1], scores[:, 2])
        wanted = np.array([one.label == 0 for one in examples])
        found[name] = round(float((told[wanted].mean() + (~told[~wanted]).mean()) / 2), 3)
    return {"mean": round(float(np.mean(list(found.values()))), 3), **found}
