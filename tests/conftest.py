"""Fixtures of many tests: the real embedder, and a folder of documents to be indexed."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from tests.support.library import Library


@pytest.fixture(scope="session")
def embedder() -> SentenceTransformerEmbedder:
    """Load the default model once."""
    return SentenceTransformerEmbedder()


@pytest.fixture
def library(tmp_path: Path, embedder: SentenceTransformerEmbedder) -> Library:
    """Create an empty seeds folder; the data folder does not exist yet."""
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    return Library(seeds, tmp_path / "data", embedder)
