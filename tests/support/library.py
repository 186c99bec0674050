"""A folder of documents that is really indexed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from index.config import IndexConfig
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.ingestion.ingestion import Ingestion
from index.ingestion.options import IngestOptions
from index.ingestion.report import Report


@dataclass(frozen=True)
class Library:
    """A seeds folder, and the data folder of its index."""

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
        """Update the index."""
        return Ingestion(self.data, self.seeds, config or IndexConfig(), self.embedder).run(
            IngestOptions(full=full, prune=prune)
        )
