"""The choice of the reader of answers and of the scorer of claims. Loads nothing by itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ReaderError

if TYPE_CHECKING:
    from index.embedding.interface import Embedder
    from index.reader.claims.interface import SupportScorer
    from index.reader.interface import Reader

REINSTALL = "reinstall Footnote (pip install --force-reinstall --no-deps footnote)"


def reader_of(model: str) -> Reader:
    """Return the cross-encoder with that name or folder, or the trained reader for an empty name.

    Raises `ReaderError` if the trained reader's weights are missing.
    """
    from index.reader.answers.cross_encoder import CrossEncoderReader
    from index.reader.answers.relevance import MEASURES
    from index.reader.answers.trained import WEIGHTS, TrainedReader

    if model:
        return CrossEncoderReader(model)
    check_weights(WEIGHTS, MEASURES)
    return TrainedReader()


def support_of(embedder: Embedder) -> SupportScorer:
    """Return the trained scorer of claims. Raises `ReaderError` if its weights are missing."""
    from index.reader.claims.trained import MEASURES, WEIGHTS, TrainedSupport

    check_weights(WEIGHTS, MEASURES)
    return TrainedSupport(embedder)


def reader_in_words(model: str) -> str:
    """Return the reader that a name stands for, as `status` shows it."""
    from index.reader.answers.cross_encoder import CrossEncoderReader
    from index.reader.answers.relevance import MEASURES
    from index.reader.answers.trained import WEIGHTS, TrainedReader

    if model:
        return CrossEncoderReader(model).name
    missing = _missing(WEIGHTS, MEASURES)
    return TrainedReader.name if missing is None else f"none: {missing.name} is missing; {REINSTALL}"


def check_weights(*files: Path) -> None:
    """Raise `ReaderError` for the first of the files that is missing."""
    missing = _missing(*files)
    if missing is not None:
        raise ReaderError(f"the weights {missing} are missing; {REINSTALL}")


def _missing(*files: Path) -> Path | None:
    return next((path for path in files if not path.is_file()), None)
