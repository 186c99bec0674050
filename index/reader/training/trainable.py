"""The pair model with trainable weights: float32 masters, a running average; on a GPU if there is one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from index.embedding.bert_encoder import BertShape
from index.reader.pair_model import HEAD, SCALE, PairModel, in_eight_bits, new_heads

FROZEN_LAYERS = 2  # the lowest ones, with the embeddings: a quarter less to compute, and a third less to store
CLIPPED_AT = 1.0  # norm of all gradients together
DECAY = 0.01
AVERAGE = 0.998  # share of the average that stays at each step
HEADS_FASTER = 10.0  # factor of the rate: the heads start from nothing


class TrainableModel(PairModel):
    """A `PairModel` with gradients. `stored` are the weights it starts from (heads and differences)."""

    def __init__(self, folder: Path, shape: BertShape, dtype: str, stored: Mapping[str, torch.Tensor]) -> None:
        super().__init__(folder, shape, dtype, stored)
        self._folder = folder
        exact = PairModel(folder, shape, "float32", stored)
        for model in (self, exact):
            model.move("cuda" if torch.cuda.is_available() else "cpu")
        learning_layers = range(FROZEN_LAYERS, shape.layers)
        prefixes = tuple(f"encoder.layer.{layer}." for layer in learning_layers)
        self._names = [name for name in self._weights if name.startswith(prefixes)]
        exact_tensors = [exact._weights[name] for name in self._names]
        for name in self._names:
            self._weights[name] = self._weights[name].clone().requires_grad_()
        self.learning = [self._weights[name] for name in self._names]
        for layer in learning_layers:
            exact_tensors += exact._attention[layer]
            weight, bias = self._attention[layer]
            self._attention[layer] = (weight.clone().requires_grad_(), bias.clone().requires_grad_())
            self.learning += self._attention[layer]
        self.head = {name: tensor.clone().requires_grad_() for name, tensor in self.head.items()}
        self.masters = [tensor.float().clone() for tensor in exact_tensors]
        self.average = [tensor.clone() for tensor in [*self.masters, *self._heads()]]

    def _heads(self) -> list[torch.Tensor]:
        return [tensor.detach() for tensor in self.head.values()]

    def optimizer(self, rate: float) -> torch.optim.Optimizer:
        """Return AdamW over the masters and the heads."""
        groups = [
            {"params": self.masters, "lr": rate, "weight_decay": DECAY, "share": 1.0},
            {"params": list(self.head.values()), "lr": rate * HEADS_FASTER, "weight_decay": 0.0, "share": HEADS_FASTER},
        ]
        return torch.optim.AdamW(groups, betas=(0.9, 0.98), eps=1e-6, fused=True)

    def learn(self, loss: torch.Tensor, optimizer: torch.optim.Optimizer) -> None:
        """Take one step: clip the gradients, update the masters, copy them to the weights, update the average."""
        loss.backward()  # type: ignore[no-untyped-call]
        for master, tensor in zip(self.masters, self.learning, strict=True):
            master.grad = None if tensor.grad is None else tensor.grad.float()
            tensor.grad = None
        torch.nn.utils.clip_grad_norm_([*self.masters, *self.head.values()], CLIPPED_AT)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        with torch.no_grad():
            torch._foreach_copy_(self.learning, self.masters)
            torch._foreach_lerp_(self.average, [*self.masters, *self._heads()], 1 - AVERAGE)

    def restart_average(self) -> None:
        """Restart the average at the current weights."""
        self.average = [tensor.detach().clone() for tensor in [*self.masters, *self.head.values()]]

    def state(self) -> dict[str, Any]:
        """Return the state that a later run continues from."""
        return {"masters": self.masters, "head": self._heads(), "average": self.average}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Continue from a state."""
        with torch.no_grad():
            torch._foreach_copy_(self.masters, state["masters"])
            torch._foreach_copy_(self.average, state["average"])
            torch._foreach_copy_(self._heads(), state["head"])
            torch._foreach_copy_(self.learning, self.masters)

    def save(self, path: Path) -> None:
        """Write the average as the difference to the embedder's weights."""
        base = PairModel(self._folder, self.shape, "float32", new_heads(self.dimension))
        average = [tensor.cpu() for tensor in self.average]
        stored: dict[str, torch.Tensor] = {}
        count = len(self._names)
        for name, tensor in zip(self._names, average, strict=False):
            put(stored, name, tensor - base._weights[name])
        for place, layer in enumerate(range(FROZEN_LAYERS, self.shape.layers)):
            for offset, kind in enumerate(("weight", "bias")):
                change = average[count + 2 * place + offset] - base._attention[layer][offset]
                for part, one in zip(("query", "key", "value"), change.chunk(3), strict=True):
                    put(stored, f"encoder.layer.{layer}.attention.self.{part}.{kind}", one)
        for name, tensor in zip(self.head, average[len(self.masters) :], strict=True):
            stored[HEAD + name] = tensor.clone().contiguous()
        save_file(stored, path)


def put(stored: dict[str, torch.Tensor], name: str, change: torch.Tensor) -> None:
    """Store a difference: a matrix in eight bits, a vector as it is."""
    if change.dim() == 2:
        stored[name], stored[name + SCALE] = (one.contiguous() for one in in_eight_bits(change))
    else:
        stored[name] = change.clone().contiguous()


def load_weights(path: Path) -> dict[str, torch.Tensor]:
    """Read weights as `TrainableModel.save` writes them."""
    return load_file(path)
