"""A BERT sentence encoder run with torch and tokenizers alone.

`import sentence_transformers` takes seconds, and a process that only has a question to embed should not pay for them.
This runs the same weights to the same vectors (tests hold the two together, cosine at least 0.999) for the plain case:
a BERT model on disk, mean or first-token pooling, normalised. Whatever is not that is left to sentence-transformers.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.memory import return_freed_memory
from index.types import FloatArray

if TYPE_CHECKING:
    import torch


# How long a core waits for the others at the end of a product before it sleeps. By default it spins for milliseconds,
# which costs a machine that has other work many times what it gains; with this many turns an idle one loses nothing.
SPIN_COUNT = "3000"


# For how many shapes of a product oneDNN, and torch above it, keep what they have prepared. The default is a thousand:
# as hardly two questions have passages of the same lengths, that came to 650 MiB and saved no time.
PREPARED_SHAPES = "16"


def share_cores() -> None:
    """Make torch share the machine. Call it before torch is imported; settings of the user stay."""
    os.environ.setdefault("GOMP_SPINCOUNT", SPIN_COUNT)
    os.environ.setdefault("LRU_CACHE_CAPACITY", PREPARED_SHAPES)
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", PREPARED_SHAPES)


@dataclass(frozen=True, slots=True)
class BertShape:
    """Facts that `config.json` and `modules.json` of a sentence-transformers folder state of a plain BERT encoder."""

    layers: int
    heads: int
    epsilon: float
    pooling: str  # "mean" or "cls"
    window: int  # tokens, special ones included

    @classmethod
    def of(cls, folder: Path) -> BertShape | None:
        """Return the shape of the model in `folder`; None where this encoder would not give the model's own vectors."""
        try:
            modules = [module["type"].rsplit(".", 1)[-1] for module in _json(folder / "modules.json")]
            config = _json(folder / "config.json")
            pooling_config = _json(folder / "1_Pooling" / "config.json")
            sentence_config = _json(folder / "sentence_bert_config.json")
            window = int(sentence_config["max_seq_length"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        pooling = _pooling(pooling_config)
        plain = (
            modules == ["Transformer", "Pooling", "Normalize"]
            and config.get("model_type") == "bert"
            and config.get("hidden_act") == "gelu"
            and config.get("position_embedding_type", "absolute") == "absolute"
            and pooling is not None
            and not sentence_config.get("do_lower_case")
            and (folder / "model.safetensors").is_file()
            and (folder / "tokenizer.json").is_file()
        )
        if not plain or pooling is None:
            return None
        return cls(
            layers=config["num_hidden_layers"],
            heads=config["num_attention_heads"],
            epsilon=config["layer_norm_eps"],
            pooling=pooling,
            window=min(window, config["max_position_embeddings"]),
        )


class BertEncoder:
    """Token ids to normalised vectors.

    `dtype` is a torch dtype name ("float32" or "bfloat16"). Batches may mix lengths: they are padded and masked.
    `changes` are added to the weights of the same names, for a model that was trained further from these.
    """

    def __init__(
        self, folder: Path, shape: BertShape, dtype: str, changes: Mapping[str, torch.Tensor] | None = None
    ) -> None:
        share_cores()
        import torch
        from safetensors import safe_open

        self.shape = shape
        self._torch = torch
        self._dtype = getattr(torch, dtype)
        self._weights: dict[str, torch.Tensor] = {}
        changes = changes or {}
        # One tensor after the other: all of them in both precisions take 130 MiB.
        with safe_open(folder / "model.safetensors", framework="pt") as stored:
            for key in stored.keys():  # noqa: SIM118 - it is no mapping
                tensor, name = stored.get_tensor(key), key.removeprefix("bert.")
                if tensor.is_floating_point():
                    changed = tensor + changes[name] if name in changes else tensor
                    self._weights[name] = changed.to(self._dtype)
        if missing := changes.keys() - self._weights.keys():
            raise KeyError(f"{min(missing)} is no weight of the model")
        # One product instead of three a layer: query, key and value share their input.
        self._attention = [self._fused_attention(layer) for layer in range(shape.layers)]
        return_freed_memory()

    def _fused_attention(self, layer: int) -> tuple[torch.Tensor, torch.Tensor]:
        prefix = f"encoder.layer.{layer}.attention.self."
        parts = ("query", "key", "value")
        weight = self._torch.cat([self._weights.pop(f"{prefix}{part}.weight") for part in parts])
        bias = self._torch.cat([self._weights.pop(f"{prefix}{part}.bias") for part in parts])
        return weight, bias

    @property
    def device(self) -> torch.device:
        """Return the device that it computes on: the processor, unless training has moved it."""
        return self._weights["embeddings.word_embeddings.weight"].device

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        return int(self._weights["embeddings.word_embeddings.weight"].shape[1])

    def token_states(
        self, ids: Sequence[Sequence[int]], seconds: Sequence[int] | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the last layer's states, (texts, tokens, dimension), and the mask of real tokens, (texts, tokens).

        `seconds` says of texts that are pairs where the second one begins.
        """
        with self._torch.inference_mode():
            return self.states(ids, seconds)

    def states(
        self, ids: Sequence[Sequence[int]], seconds: Sequence[int] | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the same as `token_states`, with gradients where the weights take them."""
        torch = self._torch
        lengths = [len(one) for one in ids]
        longest = max(lengths)
        padded = torch.zeros((len(ids), longest), dtype=torch.long)
        for row, one in enumerate(ids):
            padded[row, : len(one)] = torch.as_tensor(one)
        padded = padded.to(self.device)
        places = torch.arange(longest, device=self.device)[None, :]
        mask = places < torch.tensor(lengths, device=self.device)[:, None]
        segments = None
        if seconds is not None:
            segments = (places >= torch.tensor(list(seconds), device=self.device)[:, None]).long()
        states = self._embeddings(padded, segments)
        attention_mask = None if min(lengths) == longest else mask[:, None, None, :]
        for layer in range(self.shape.layers):
            states = self._layer(states, layer, attention_mask)
        return states, mask

    def pooled(self, ids: Sequence[Sequence[int]]) -> FloatArray:
        """Return one normalised vector for each text, shape (texts, dimension), float32."""
        torch = self._torch
        with torch.inference_mode():
            states, mask = self.token_states(ids)
            if self.shape.pooling == "cls":
                vectors = states[:, 0].float()
            else:
                weights = mask[:, :, None].float()
                vectors = (states.float() * weights).sum(1) / weights.sum(1)
            normalised: FloatArray = torch.nn.functional.normalize(vectors, dim=1).numpy()
        return normalised

    def pooled_spans(
        self, ids: Sequence[Sequence[int]], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[FloatArray]:
        """Return, for each text, a normalised vector for each span of its tokens, shape (spans, dimension), float32.

        A span is its first token's place and the place after its last; an empty one gets zeros. The vectors carry the
        whole text with them: each token has seen all the others ("late chunking", Günther et al. 2024).
        """
        with self._torch.inference_mode():
            states = self.token_states(ids)[0].float().numpy()
        vectors = []
        for row, places in zip(states, spans, strict=True):
            sums = [row[first:last].sum(0) for first, last in places]
            pooled = np.stack(sums) if sums else np.empty((0, row.shape[1]), np.float32)
            lengths = np.linalg.norm(pooled, axis=1, keepdims=True)
            vectors.append(pooled / np.maximum(lengths, 1e-12))
        return vectors

    def _embeddings(self, ids: torch.Tensor, segments: torch.Tensor | None) -> torch.Tensor:
        weights = self._weights
        kinds = weights["embeddings.token_type_embeddings.weight"]
        states = (
            weights["embeddings.word_embeddings.weight"][ids]
            + weights["embeddings.position_embeddings.weight"][: ids.shape[1]][None]
            + (kinds[0] if segments is None else kinds[segments])
        )
        return self._normalised(states, "embeddings.LayerNorm")

    def _layer(self, states: torch.Tensor, layer: int, mask: torch.Tensor | None) -> torch.Tensor:
        functional = self._torch.nn.functional
        texts, tokens, dimension = states.shape
        heads = self.shape.heads
        prefix = f"encoder.layer.{layer}."
        mixed = functional.linear(states, *self._attention[layer])
        query, key, value = mixed.view(texts, tokens, 3, heads, dimension // heads).permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        attended = attended.transpose(1, 2).reshape(texts, tokens, dimension)
        states = self._normalised(
            states + self._linear(attended, f"{prefix}attention.output.dense"), f"{prefix}attention.output.LayerNorm"
        )
        inner = functional.gelu(self._linear(states, f"{prefix}intermediate.dense"))
        return self._normalised(states + self._linear(inner, f"{prefix}output.dense"), f"{prefix}output.LayerNorm")

    def _linear(self, states: torch.Tensor, name: str) -> torch.Tensor:
        return self._torch.nn.functional.linear(states, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _normalised(self, states: torch.Tensor, name: str) -> torch.Tensor:
        return self._torch.nn.functional.layer_norm(
            states,
            (states.shape[-1],),
            self._weights[f"{name}.weight"],
            self._weights[f"{name}.bias"],
            self.shape.epsilon,
        )


def _pooling(config: dict[str, Any]) -> str | None:
    """The pooling that a `1_Pooling/config.json` names, in either of its published spellings."""
    mode = config.get("pooling_mode")
    if isinstance(mode, str):
        return mode if mode in ("mean", "cls") else None
    wanted = [name for name, value in config.items() if name.startswith("pooling_mode_") and value is True]
    return (
        {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}.get(wanted[0])
        if len(wanted) == 1
        else None
    )


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
