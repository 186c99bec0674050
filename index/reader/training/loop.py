"""The training loop: batches of equal length, a learning rate that rises and falls, a state to continue from."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import torch

from index.embedding.bert_encoder import BertShape
from index.embedding.runtime import fastest_dtype
from index.reader.pair_model import new_heads
from index.reader.pair_tokens import TokenPair
from index.reader.training.trainable import TrainableModel, load_weights

TOKENS_A_STEP = 2048
SORTED_AT_ONCE = 64  # batches whose examples are sorted by length together, so that there is little padding
RATE = 1e-4
WARMING = 0.04  # share of the steps over which the rate rises
LOWEST = 0.03  # share of the rate at the end
SAVED_EVERY = 400  # steps
JUDGED_EVERY = 900
AVERAGED_FROM = 0.5  # share of the steps
SHOWN_EVERY = 50
DIMENSION = 384


class Pair(Protocol):
    """An example: a row of tokens, and whatever the loss needs."""

    @property
    def pair(self) -> TokenPair:
        """Return the row."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A training: passes over the examples, the weights to start from (None for the embedder's), the highest rate."""

    passes: int = 1
    start: Path | None = None
    rate: float = RATE
    tokens: int = TOKENS_A_STEP
    saved_every: int = SAVED_EVERY  # steps


One = TypeVar("One", bound=Pair)


def batches(lengths: Sequence[int], seed: int, tokens: int) -> list[list[int]]:
    """Return the indexes of all examples once, in batches of about equal length and `tokens` tokens."""
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
    """Return the share of the rate after a share of the steps."""
    return min(done / WARMING, 1.0) * (LOWEST + (1 - LOWEST) * max(0.0, 1 - done))


def train(
    examples: Sequence[One],
    loss: Callable[[TrainableModel, Sequence[One]], torch.Tensor],
    judge: Callable[[TrainableModel], dict[str, float]],
    folder: Path,
    state_file: Path,
    weights_file: Path,
    plan: Plan,
) -> None:
    """Train on all examples and print progress; write `weights_file` now and then and at the end.

    Continues from `state_file` if that exists. `folder` is the embedder's.
    """
    shape = BertShape.of(folder)
    assert shape is not None
    stored = load_weights(plan.start) if plan.start else new_heads(DIMENSION)
    model = TrainableModel(folder, shape, _dtype(), stored)
    optimizer = model.optimizer(plan.rate)
    lengths = [len(one.pair.ids) for one in examples]
    steps = [batch for seed in range(plan.passes) for batch in batches(lengths, seed, plan.tokens)]
    first = 0
    if state_file.is_file():
        state = torch.load(state_file, map_location=model.device)
        model.restore(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        first = state["step"]
    began, tokens, mean = time.monotonic(), 0, 0.0
    for step in range(first, len(steps)):
        for group in optimizer.param_groups:
            group["lr"] = plan.rate * group["share"] * rate_at((step + 1) / len(steps))
        if step == int(AVERAGED_FROM * len(steps)):
            model.restart_average()
        batch = [examples[place] for place in steps[step]]
        value = loss(model, batch)
        model.learn(value, optimizer)
        tokens += sum(len(one.pair.ids) for one in batch)
        mean += (float(value.detach()) - mean) / min(SHOWN_EVERY, step - first + 1)
        if (step + 1) % SHOWN_EVERY == 0:
            seconds = time.monotonic() - began
            left = seconds / (step + 1 - first) * (len(steps) - step - 1)
            speed = f"{tokens / seconds:,.0f} tokens/s, {left / 60:.0f} min left"
            report(f"step {step + 1} of {len(steps)}, loss {mean:.3f}, {speed}")
        if (step + 1) % plan.saved_every == 0 or step + 1 == len(steps):
            state = {"model": model.state(), "optimizer": optimizer.state_dict(), "step": step + 1}
            unfinished = state_file.with_suffix(".unfinished")
            torch.save(state, unfinished)
            unfinished.replace(state_file)
            model.save(weights_file)
        if (step + 1) % JUDGED_EVERY == 0 or step + 1 == len(steps):
            report(f"step {step + 1}: {judge(model)}")


def _dtype() -> str:
    return "bfloat16" if torch.cuda.is_available() else fastest_dtype()


def report(line: str) -> None:
    """Print a line of progress."""
    print(line, file=sys.stderr, flush=True)
