"""Fixtures of many tests: the real embedder, the indexed example documents, a folder of documents to be indexed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from bot.config.prompts import bundled
from index.config import IndexConfig
from index.embedding.bert_encoder import share_cores
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.ingestion.ingestion import Ingestion
from tests.support.library import Library

# Before any test module imports torch. With several workers, its threads would wait for cores that the other workers
# occupy, and spend most of the time spinning.
share_cores()
WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // WORKERS)))


@pytest.fixture(scope="session")
def embedder() -> SentenceTransformerEmbedder:
    """Load the default model once."""
    return SentenceTransformerEmbedder()


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory, embedder: SentenceTransformerEmbedder) -> Path:
    """Index a copy of the example documents: `seeds` and `.footnote` in one folder. Not to be changed."""
    folder = tmp_path_factory.mktemp("indexed")
    shutil.copytree(bundled("seeds"), folder / "seeds")
    Ingestion(folder / ".footnote", folder / "seeds", IndexConfig(), embedder).run()
    return folder


@pytest.fixture
def library(tmp_path: Path, embedder: SentenceTransformerEmbedder) -> Library:
    """Create an empty seeds folder; the data folder does not exist yet."""
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    return Library(seeds, tmp_path / "data", embedder)
