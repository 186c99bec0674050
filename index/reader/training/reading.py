"""Trains the reader. See `__main__`."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from index.embedding import fastest_dtype
from index.encoder import BertShape
from index.reader.pair_model import new_heads, padded
from index.reader.pair_tokens import PairTokenizer, TokenPair
from index.reader.training.examples import Corpus, Example
from index.reader.training.question_sets import judging_articles, normalised, squad2
from index.reader.training.texts import TextReader
from index.reader.training.trainable import TrainableModel, load_weights

TOKENS_A_STEP = 4096
SORTED_AT_ONCE = 64  # batches: of so many the examples are sorted by length, so that hardly anything is padding
RATE = 1e-4
WARMING = 0.04  # share of the steps over which the rate rises
LOWEST = 0.03  # what is left of the rate at the end
TOKEN_LOSS = 0.2
SAVED_EVERY = 400  # steps
JUDGED_EVERY = 800
AVERAGED_FROM = 0.5  # share of the steps
JUDGED_QUESTIONS = 300
JUDGED_PASSAGES = 5


@dataclass(frozen=True, slots=True)
class Judged:
    """A question that judges, the pairs with the passages found for it, and of each sentence whether it answers."""

    pairs: tuple[TokenPair, ...]
    holds: tuple[tuple[bool, ...], ...]
    answerable: bool


def batches(lengths: Sequence[int], seed: int, tokens: int = TOKENS_A_STEP) -> list[list[int]]:
    """All examples once, in batches of about equal length and `tokens` tokens, the same for a seed."""
    rng = random.Random(seed)
    order = list(range(len(lengths)))
    rng.shuffle(order)
    block = max(1, int(SORTED_AT_ONCE * tokens / (sum(lengths) / max(1, len(lengths)))))
    found = []
    for first in range(0, len(order), block):
        ordered = sorted(order[first : first + block], key=lambda place: lengths[place])
        batch: list[int] = []
        for place in ordered:
            if batch and (len(batch) + 1) * lengths[place] > tokens:
                found.append(batch)
                batch = []
            batch.append(place)
        found.append(batch)
    rng.shuffle(found)
    return found


def rate_at(done: float) -> float:
    """The share of the rate when this share of the steps is done."""
    return min(done / WARMING, 1.0) * (LOWEST + (1 - LOWEST) * max(0.0, 1 - done))


def loss_of(model: TrainableModel, examples: Sequence[Example]) -> torch.Tensor:
    """How unlikely the model finds what answers: no sentence, or one of those that do."""
    states, _ = model._states([one.pair.ids for one in examples], [one.pair.second for one in examples])
    marks = padded([one.pair.sentence_of for one in examples], states.shape[1], -1)
    count = max(len(one.labels) for one in examples)
    scores, tokens = model.score_sentences(states, marks, count)
    labels = padded([one.labels for one in examples], count, -1)
    labels = torch.cat([torch.zeros(len(labels), 1, dtype=torch.long), labels], 1)
    labels[:, 0] = (~(labels == 1).any(1)).long()
    right = torch.logsumexp(scores.masked_fill(labels != 1, -torch.inf), 1)
    every = torch.logsumexp(scores.masked_fill(labels == -1, -torch.inf), 1)
    inside = marks >= 0
    wanted = torch.zeros_like(tokens)
    known = torch.tensor([bool(one.answer) or 1 not in one.labels for one in examples])
    for row, one in enumerate(examples):
        wanted[row, list(one.answer)] = 1.0
    errors = torch.nn.functional.binary_cross_entropy_with_logits(tokens, wanted, reduction="none")
    inside = inside & known[:, None]
    of_tokens = (errors * wanted * inside).sum() / wanted.sum().clamp(min=1) + (
        errors * (1 - wanted) * inside
    ).sum() / inside.sum().clamp(min=1)
    # A sentence whose label was cut off with its tokens leaves nothing that is right.
    told = torch.isfinite(right)
    loss: torch.Tensor = (every - right)[told].mean() + TOKEN_LOSS * of_tokens
    return loss


def judging(data: Path, tokenizer: PairTokenizer) -> list[Judged]:
    """Questions on articles that nothing is learnt from, with what a search by words finds for them."""
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
    """Share of the answerable whose best sentence holds an answer, and how well the best score tells them apart."""
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


def train(
    examples: Sequence[Example],
    folder: Path,
    state_file: Path,
    weights_file: Path,
    judge: Callable[[TrainableModel], dict[str, float]],
    passes: int,
    start: Path | None = None,
    loss: Callable[[TrainableModel, Sequence[Example]], torch.Tensor] = loss_of,
) -> None:
    """Learn from all examples `passes` times; goes on from `state_file` where that exists, saying how far it is."""
    shape = BertShape.of(folder)
    assert shape is not None
    model = TrainableModel(folder, shape, fastest_dtype(), load_weights(start) if start else new_heads(384))
    optimizer = model.optimizer(RATE)
    lengths = [len(one.pair.ids) for one in examples]
    steps = list(_steps(lengths, passes))
    first = 0
    if state_file.is_file():
        state = torch.load(state_file)
        model.restore(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        first = state["step"]
    began, tokens, mean = time.monotonic(), 0, 0.0
    for step in range(first, len(steps)):
        for group in optimizer.param_groups:
            group["lr"] = RATE * group["share"] * rate_at((step + 1) / len(steps))
        if step == int(AVERAGED_FROM * len(steps)):
            model.restart_average()
        batch = [examples[place] for place in steps[step]]
        value = loss(model, batch)
        model.learn(value, optimizer)
        tokens += sum(len(one.pair.ids) for one in batch)
        mean += (float(value.detach()) - mean) / min(50, step - first + 1)
        if (step + 1) % 50 == 0:
            seconds = time.monotonic() - began
            left = seconds / (step + 1 - first) * (len(steps) - step - 1)
            speed = f"{tokens / seconds:,.0f} tokens/s, {left / 60:.0f} min left"
            say(f"step {step + 1} of {len(steps)}, loss {mean:.3f}, {speed}")
        if (step + 1) % SAVED_EVERY == 0 or step + 1 == len(steps):
            state = {"model": model.state(), "optimizer": optimizer.state_dict(), "step": step + 1}
            unfinished = state_file.with_suffix(".unfinished")
            torch.save(state, unfinished)
            unfinished.replace(state_file)
            model.save(weights_file)
        if (step + 1) % JUDGED_EVERY == 0 or step + 1 == len(steps):
            say(f"step {step + 1}: {judge(model)}")


def _steps(lengths: Sequence[int], passes: int) -> Iterator[list[int]]:
    for number in range(passes):
        yield from batches(lengths, number)


def say(line: str) -> None:
    """Tell how far it is."""
    print(line, file=sys.stderr, flush=True)
