"""The loss and the measures of the reader's training; `__main__` runs it."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from index.reader.pair_model import padded
from index.reader.pair_tokens import PairTokenizer, TokenPair
from index.reader.training.data.examples import Corpus, Example
from index.reader.training.data.question_sets import judging_articles, normalised, squad2
from index.reader.training.data.texts import TextReader
from index.reader.training.trainable import TrainableModel

TOKEN_LOSS = 0.2
JUDGED_QUESTIONS = 200
JUDGED_PASSAGES = 5


@dataclass(frozen=True, slots=True)
class Judged:
    """A question that judges, its pairs with the passages found for it, and for each sentence true if it answers."""

    pairs: tuple[TokenPair, ...]
    holds: tuple[tuple[bool, ...], ...]
    answerable: bool


def loss_of(model: TrainableModel, examples: Sequence[Example]) -> torch.Tensor:
    """Return the negative log-likelihood of the answering sentences, or of none, and a loss for the answer's tokens."""
    states, _ = model.states([one.pair.ids for one in examples], [one.pair.second for one in examples])
    marks = padded([one.pair.sentence_of for one in examples], states.shape[1], -1)
    count = max(len(one.labels) for one in examples)
    scores, tokens = model.score_sentences(states, marks, count)
    labels = padded([one.labels for one in examples], count, -1).to(states.device)
    labels = torch.cat([labels.new_zeros(len(labels), 1), labels], 1)
    labels[:, 0] = (~(labels == 1).any(1)).long()
    right = torch.logsumexp(scores.masked_fill(labels != 1, -torch.inf), 1)
    every = torch.logsumexp(scores.masked_fill(labels == -1, -torch.inf), 1)
    inside = marks.to(states.device) >= 0
    wanted = torch.zeros_like(tokens)
    known = torch.tensor([bool(one.answer) or 1 not in one.labels for one in examples], device=states.device)
    for row, one in enumerate(examples):
        wanted[row, list(one.answer)] = 1.0
    errors = torch.nn.functional.binary_cross_entropy_with_logits(tokens, wanted, reduction="none")
    inside = inside & known[:, None]
    of_tokens = (errors * wanted * inside).sum() / wanted.sum().clamp(min=1) + (
        errors * (1 - wanted) * inside
    ).sum() / inside.sum().clamp(min=1)
    # If the sentence that answers was cut off with its tokens, nothing is right.
    told = torch.isfinite(right)
    loss: torch.Tensor = (every - right)[told].mean() + TOKEN_LOSS * of_tokens
    return loss


def judging(data: Path, tokenizer: PairTokenizer) -> list[Judged]:
    """Return questions on the judging articles, with the passages that a search by words finds for them."""
    asked = list(squad2(data, judging_articles(data), wanted=True))
    with tempfile.TemporaryDirectory() as folder:
        corpus = Corpus(TextReader(tokenizer), asked, Path(folder))
        found = []
        for one in random.Random(1).sample(asked, JUDGED_QUESTIONS):
            (ids,) = tokenizer.ids([one.question])
            pieces = [corpus.pieces[number] for number in corpus.search(one.question, JUDGED_PASSAGES)]
            wanted = [f" {normalised(word)} " for word in one.words]
            holds = tuple(
                tuple(any(word in f" {normalised(piece.words[a:b])} " for word in wanted) for a, b in piece.spans)
                for piece in pieces
            )
            found.append(Judged(tuple(tokenizer.pair(ids, one.tokens) for one in pieces), holds, bool(one.words)))
    return found


def judged(model: TrainableModel, questions: Sequence[Judged]) -> dict[str, float]:
    """Return the share of answerable questions whose best sentence holds an answer, and the AUROC of the best score."""
    right: list[bool] = []
    sure: list[float] = []
    unsure: list[float] = []
    pairs = [pair for one in questions for pair in one.pairs]
    scores = iter(model.read_sentences(pairs, [len(row) for one in questions for row in one.holds]))
    for one in questions:
        rows = [(next(scores), row) for row in one.holds]
        best = max(((row[1 + place] - row[0], holds[place]) for row, holds in rows for place in range(len(holds))),
                   default=(-99.0, False))  # fmt: skip
        if one.answerable:
            right.append(best[1])
        (sure if one.answerable else unsure).append(float(best[0]))
    return {
        "first_sentence": float(np.mean(right)),
        "auroc": float(np.mean(np.array(sure)[:, None] > np.array(unsure)[None, :])),
    }
