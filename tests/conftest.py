"""What many tests share: the real embedder, and folders of documents that are really indexed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.config import IndexConfig
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.ingestion.ingestion import Ingestion
from index.ingestion.options import IngestOptions
from index.ingestion.report import Report


@dataclass(frozen=True)
class Library:
    """A seeds folder and the data folder that it is indexed into."""

    seeds: Path
    data: Path
    embedder: SentenceTransformerEmbedder

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files, by their path relative to the seeds folder."""
        for name, content in files.items():
            path = self.seeds / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def ingest(self, *, full: bool = False, prune: bool = False, config: IndexConfig | None = None) -> Report:
        """Bring the index up to date."""
        return Ingestion(self.data, self.seeds, config or IndexConfig(), self.embedder).run(
            IngestOptions(full=full, prune=prune)
        )


@pytest.fixture(scope="session")
def embedder() -> SentenceTransformerEmbedder:
    """The default model, loaded once."""
    return SentenceTransformerEmbedder()


@pytest.fixture
def library(tmp_path: Path, embedder: SentenceTransformerEmbedder) -> Library:
    """An empty seeds folder, and a data folder that doesn't exist yet."""
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    return Library(seeds, tmp_path / "data", embedder)
