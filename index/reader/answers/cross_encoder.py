"""Reading with any sentence-transformers `CrossEncoder`: a model of the user's, sentence by sentence.

Such a model gives a pair of texts one number; most are trained to rank passages, and say less well than the trained
reader whether there is an answer at all. It is slower too: each sentence is a pair of its own, with the question again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.embedding.bert_encoder import share_cores
from index.english.questions import leans_back
from index.errors import ReaderError
from index.reader.interface import Reading
from index.types import FloatArray, Passage

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

BATCH = 32


class CrossEncoderReader:
    """Reads with the model of a name on the model hub, or of a folder."""

    def __init__(self, model: str) -> None:
        self._model_name = model

    @property
    def name(self) -> str:
        """Return the name that `footnote status` shows."""
        return f"cross-encoder {self._model_name}"

    def read(self, question: str, passages: Sequence[Passage], *, closely: int) -> list[Reading]:
        """Return a reading of each passage; those behind the first `closely` count as 0. Raises `ReaderError`."""
        rows = self._probabilities(question, passages[:closely])
        readings = []
        for row in rows:
            best = float(row.max()) if len(row) else 0.0
            readings.append(Reading(best, best, row / max(best, 1e-9)))
        return [*readings, *(Reading(0.0, 0.0, None) for _ in passages[closely:])]

    def _probabilities(self, question: str, passages: Sequence[Passage]) -> list[FloatArray]:
        """For each passage an array of one probability (0 to 1) a sentence."""
        texts = [_text_of(passage, place) for passage in passages for place in range(len(passage.sentences))]
        if not texts:
            return [np.empty(0, np.float32) for _ in passages]
        import torch

        # `predict` sorts by length itself. What a model's own settings make of its scores differs; this does not.
        pairs = [(question, text) for text in texts]
        activation = torch.nn.Sigmoid()
        found = self._model.predict(pairs, batch_size=BATCH, show_progress_bar=False, activation_fn=activation)
        scores = np.asarray(found, np.float32)
        if scores.shape != (len(texts),) or not np.isfinite(scores).all():
            raise cannot_read_with(self._model_name, "it does not give one number a pair of texts")
        ends = np.cumsum([len(passage.sentences) for passage in passages])
        return np.split(scores, ends[:-1])

    def warm(self) -> None:
        """Load what reading needs. Raises `ReaderError`."""
        _ = self._model

    @cached_property
    def _model(self) -> CrossEncoder:
        folder = Path(self._model_name).expanduser()
        if not folder.is_dir() and self._model_name.startswith((".", "~", "/")):
            raise cannot_read_with(self._model_name, "there is no such folder")
        share_cores()
        from sentence_transformers import CrossEncoder

        try:
            model: CrossEncoder = CrossEncoder(self._model_name, device="cpu", local_files_only=folder.is_dir())
        except Exception as error:
            raise cannot_read_with(self._model_name, str(error)) from error
        if model.num_labels != 1:
            raise cannot_read_with(self._model_name, f"it gives {model.num_labels} numbers a pair of texts, not one")
        return model


def cannot_read_with(name: str, reason: str) -> ReaderError:
    """Return the error for a reader that can't be loaded or used, in one line."""
    lines = reason.strip().splitlines() or ["for no stated reason"]
    return ReaderError(
        f"the reader {name!r} can't be used ({lines[0][:200]}); set READER_MODEL to a cross-encoder's folder, to a "
        f"name on the model hub (that needs the network once), or remove it for the reader that comes with Footnote"
    )


def _text_of(passage: Passage, place: int) -> str:
    """A sentence, with the one before it where it leans on that."""
    span = passage.sentences[place]
    text = passage.text_of(span)
    if place > 0 and leans_back(text):
        return passage.text[passage.sentences[place - 1].start - passage.start : span.end - passage.start]
    return text
