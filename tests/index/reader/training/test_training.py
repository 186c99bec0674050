"""Training on a few questions: the examples, that the loss falls, and that an interrupted training continues."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from index.config import DEFAULT_EMBED_MODEL
from index.embedding.bert_encoder import BertShape
from index.embedding.model_files import folder_of
from index.reader.pair_model import PairModel, differences, in_eight_bits, new_heads
from index.reader.pair_tokens import PairTokenizer, TextTokens
from index.reader.training import train_reader, train_support
from index.reader.training.averaging import averaged
from index.reader.training.data.claim_sets import Claim
from index.reader.training.data.examples import Example, _part, examples_of
from index.reader.training.data.question_sets import Asked, part_of, places
from index.reader.training.loop import Plan, train
from index.reader.training.trainable import TrainableModel, load_weights, put

BIRDS = (
    "Herons are birds of rivers and lakes. A heron eats mainly fish and frogs. The heronry at the lake was founded "
    "in 1912 by Anna Berg. It has ninety nests. In winter the birds fly south. Most of them return in March, when "
    "the ice has melted. Each pair builds its nest again from twigs, high in the same tree. The young hatch in May "
    "and stay for seven weeks. Foxes cannot reach them there. Ravens can, and take some of the eggs every year. "
    "Since 1975 nobody may enter the wood in spring. A keeper counts the nests from a boat."
)
BRIDGE = (
    "The bridge was opened in 1931. It is ninety metres long. A toll of two francs was taken until 1950. Then the "
    "canton bought it. Cyclists like it."
)


def asked(question: str, text: str, *answers: str) -> Asked:
    return Asked("test", question, "", text, places(text, answers), answers)


QUESTIONS = [
    asked("What does a heron eat?", BIRDS, "mainly fish and frogs"),
    asked("Who founded the heronry at the lake?", BIRDS, "Anna Berg"),
    asked("When was the bridge opened?", BRIDGE, "1931"),
    asked("How long was a toll taken?", BRIDGE, "until 1950"),
    asked("Who painted the bridge?", BRIDGE),
]


@pytest.fixture(scope="module")
def folder() -> Path:
    found = folder_of(DEFAULT_EMBED_MODEL)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def tokenizer(folder: Path) -> PairTokenizer:
    return PairTokenizer(folder)


@pytest.fixture(scope="module")
def examples(tokenizer: PairTokenizer) -> list[Example]:
    return [one for seed in range(4) for one in examples_of(QUESTIONS, tokenizer, seed=seed)]


def test_examples_are_the_same_for_a_seed(tokenizer: PairTokenizer) -> None:
    assert examples_of(QUESTIONS, tokenizer, seed=1) == examples_of(QUESTIONS, tokenizer, seed=1)


def test_the_sentence_that_answers_is_marked_and_so_are_its_words(
    examples: list[Example], tokenizer: PairTokenizer
) -> None:
    found = [one for one in examples if one.group == 1 and 1 in one.labels]
    (answer,) = tokenizer.ids(["Anna Berg"])
    for one in found:
        assert len(one.labels) == 1 + max(one.pair.sentence_of)
        right = one.labels.index(1)
        assert [one.pair.ids[place] for place in one.answer] == answer
        assert {one.pair.sentence_of[place] for place in one.answer} == {right}
    assert len({len(one.labels) for one in found}) > 1  # whole passages, and parts of them


def test_a_passage_that_does_not_answer_has_no_sentence_that_does(examples: list[Example]) -> None:
    unanswerable = [one for one in examples if one.group == 4]
    assert unanswerable
    assert all(set(one.labels) == {0} and not one.answer for one in unanswerable)


def test_a_part_holds_the_chosen_sentence_and_keeps_to_its_room() -> None:
    text = TextTokens([], [[1] * 40] * 12)
    for seed in range(50):
        first, last = _part(text, 5, random.Random(seed))
        assert first <= 5 < last
        assert last - first == 12 or 1 <= last - first <= 3


def test_eight_bits_keep_a_difference_to_a_hundredth() -> None:
    change = torch.randn(6, 50) * torch.tensor([[1.0], [1e-3], [0.0], [5.0], [1e-6], [0.1]])
    whole, scale = in_eight_bits(change)
    again = differences({"w": whole, "w.scale": scale, "head.x": scale})
    assert list(again) == ["w"]
    assert (again["w"] - change).abs().amax(1).le(change.abs().amax(1) / 100).all()


def trained(examples: list[Example], folder: Path, work: Path, plan: Plan) -> None:
    train(examples, train_reader.loss_of, lambda _: {}, folder, work / "state", work / "weights.safetensors", plan)


def test_training_learns_and_the_saved_weights_read_the_same(
    examples: list[Example], folder: Path, tmp_path: Path
) -> None:
    trained(examples, folder, tmp_path, Plan(passes=10, tokens=512))
    shape = BertShape.of(folder)
    assert shape is not None
    stored = load_weights(tmp_path / "weights.safetensors")
    assert not any(name.startswith(("embeddings.", "encoder.layer.0.", "encoder.layer.1.")) for name in stored)
    model = PairModel(folder, shape, "float32", stored)
    before = PairModel(folder, shape, "float32", new_heads(384))
    pairs = [one.pair for one in examples]
    counts = [len(one.labels) for one in examples]

    def likely(model: PairModel) -> float:
        rows = [row - np.logaddexp.reduce(row) for row in model.read_sentences(pairs, counts)]
        return float(np.mean([row[1 + one.labels.index(1) if 1 in one.labels else 0]
                              for row, one in zip(rows, examples, strict=True)]))  # fmt: skip

    assert likely(model) > likely(before) + 0.3
    alone = [model.read_sentences([one], [count])[0] for one, count in zip(pairs[:5], counts[:5], strict=True)]
    together = model.read_sentences(pairs, counts)[:5]
    assert all(np.allclose(one, other, atol=1e-3) for one, other in zip(alone, together, strict=True))


def test_an_interrupted_training_continues_to_the_same_weights(
    examples: list[Example], folder: Path, tmp_path: Path
) -> None:
    plan = Plan(passes=2, tokens=512, saved_every=2)
    few = examples[:16]
    (tmp_path / "whole").mkdir()
    (tmp_path / "parts").mkdir()
    trained(few, folder, tmp_path / "whole", plan)

    steps = []

    def interrupted(model: TrainableModel, batch: Sequence[Example]) -> torch.Tensor:
        steps.append(len(batch))
        if len(steps) == 4:
            raise KeyboardInterrupt
        return train_reader.loss_of(model, batch)

    work = tmp_path / "parts"
    with pytest.raises(KeyboardInterrupt):
        train(few, interrupted, lambda _: {}, folder, work / "state", work / "weights.safetensors", plan)
    trained(few, folder, work, plan)
    one, other = (load_weights(tmp_path / name / "weights.safetensors") for name in ("whole", "parts"))
    assert one.keys() == other.keys()
    assert all(torch.allclose(one[name].float(), other[name].float(), atol=1e-5) for name in one)


def test_training_learns_claims(folder: Path, tokenizer: PairTokenizer) -> None:
    claims = [
        Claim("Herons eat fish.", "", BIRDS, "supported", False),
        Claim("Herons eat grass.", "", BIRDS, "contradicted", False),
        Claim("The bridge is red.", "", BRIDGE, "not_enough", True),
    ]
    shape = BertShape.of(folder)
    assert shape is not None
    model = TrainableModel(folder, shape, "float32", new_heads(384))
    optimizer = model.optimizer(1e-4)
    rows = train_support.claim_examples(claims, tokenizer)
    losses = []
    for _ in range(6):
        loss = train_support.loss_of(model, rows)
        model.learn(loss, optimizer)
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0] - 0.1
    assert set(train_support.judged(model, {"birds": rows})) == {"mean", "birds"}


def test_parts_of_a_set_differ_and_wrap_around() -> None:
    rows = list(range(10))
    assert [part_of(rows, 4, part) for part in range(3)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 0, 1]]
    assert part_of(rows, 20, 1) == rows
    assert part_of([], 4, 1) == []


def test_the_mean_of_weights_lies_between_them() -> None:
    rng = np.random.default_rng(0)
    names = ("encoder.layer.5.output.dense.weight", "encoder.layer.5.output.dense.bias", "head.token.weight")
    changes = [{name: torch.tensor(rng.normal(size=(4, 8) if "weight" in name else 4)).float() for name in names}
               for _ in range(2)]  # fmt: skip
    stored: list[dict[str, torch.Tensor]] = [{}, {}]
    for one, change in zip(stored, changes, strict=True):
        for name, tensor in change.items():
            if name.startswith("head."):
                one[name] = tensor
            else:
                put(one, name, tensor)
    mean = averaged(stored)
    assert set(mean) == set(stored[0])
    found = {**differences(mean), "head.token.weight": mean["head.token.weight"]}
    for name in names:
        assert torch.allclose(found[name], (changes[0][name] + changes[1][name]) / 2, atol=0.05)
