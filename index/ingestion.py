"""Bringing the index up to date with its folder: compare, split, embed, commit, publish, report.

Vectors are committed as they are made, so that an interrupted run is not paid for twice. Documents, chunks and the new
generation become visible in one transaction, after the derived indexes have been written and closed.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.catalog import Catalog
from index.catalog_rows import Generation
from index.chunking import Splitter
from index.config import IndexConfig
from index.difference import Difference, compare
from index.embedder import Embedder
from index.errors import DamagedCatalog, SeedsError
from index.generations import Generations
from index.parsing import PARSER_VERSION
from index.paths import CATALOG
from index.publication import next_number, publish
from index.recording import PreparedDocument, record
from index.types import Unreadable
from index.writer import full_disk_named, writer_lock

# Chunks embedded and committed at a time: seconds of work, which is what an interruption loses.
CHUNKS_A_COMMIT = 256
# Documents tokenised at a time.
DOCUMENTS_A_BATCH = 256

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: `done` of `total` files read ("reading"), or chunks embedded ("embedding").

    `documents` and `chunks` are what the run deals with so far. "publishing" has no count.
    """

    step: str
    done: int
    total: int
    documents: int
    chunks: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did: paths by what became of them, chunks in the index and embedded now, seconds, the generation."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    renamed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    unreadable: tuple[Unreadable, ...]
    chunks: int
    embedded: int
    seconds: float
    generation: int


class Ingestion:
    """One writer's run over one data folder.

    `data` is where everything is written, `seeds` the folder that is read. Raises `WriterBusy`, `SeedsError`,
    `EmbedderError`, `CatalogError`, `StorageFull`; whatever it raises, the active generation goes on answering.
    """

    def __init__(
        self,
        data: Path,
        seeds: Path,
        config: IndexConfig,
        embedder: Embedder,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self._data = data
        self._seeds = seeds
        self._config = config
        self._embedder = embedder
        self._progress = progress
        self._generations = Generations(data)

    def run(self, full: bool = False, prune: bool = False) -> Report:
        """Bring the index up to date. `full` reads everything again; `prune` accepts that every document is gone."""
        started = time.monotonic()
        with writer_lock(self._data), full_disk_named(self._data):
            path = self._data / CATALOG
            try:
                return self._run_over(path, full, prune, started)
            except DamagedCatalog as error:  # the documents can bring everything back
                _set_aside(path, error)
                return self._run_over(path, full, prune, started)

    def _run_over(self, path: Path, full: bool, prune: bool, started: float) -> Report:
        catalog = Catalog(path)
        try:
            return self._run(catalog, full, prune, started)
        finally:
            catalog.close()

    def _run(self, catalog: Catalog, full: bool, prune: bool, started: float) -> Report:
        active = catalog.active()
        fingerprint = self._config.fingerprint(self._embedder.identity, PARSER_VERSION)
        afresh = full or active is None or active.fingerprint != fingerprint
        difference = compare(
            self._seeds, catalog, afresh, lambda done, total: self._tell("reading", done, total, done, 0)
        )
        self._refuse_empty(catalog, difference, prune)
        embedded = 0
        if not difference.is_empty or afresh:
            prepared = self._split(difference)
            embedded = self._embed(catalog, prepared)
            self._tell("publishing", 0, 0, len(difference.to_split), embedded)
            with catalog.writing():
                change = record(catalog, difference, prepared)
                generation = Generation(
                    number=next_number(catalog, self._generations),
                    fingerprint=fingerprint,
                    embedder=self._embedder.name,
                    dimension=self._embedder.dimension,
                    languages=self._embedder.languages,
                    seeds=str(self._seeds.resolve()),
                    published=time.time(),
                    documents=catalog.document_count(),
                    chunks=catalog.chunk_count(),
                )
                publish(catalog, self._generations, generation, None if afresh else change)
                catalog.delete_unused_vectors()
        else:
            with catalog.writing():
                record(catalog, difference, [])
        now = catalog.active()
        assert now is not None
        self._generations.remove_unused(now.number)
        return Report(
            added=tuple(one.document.path for one in difference.added),
            changed=tuple(one.document.path for one in difference.changed),
            renamed=tuple(one.document.path for one in difference.renamed),
            removed=tuple(sorted(stored.file.path for stored in difference.removed)),
            unchanged=len(difference.unchanged) + len(difference.touched),
            unreadable=tuple(why for _, why in difference.unreadable),
            chunks=now.chunks,
            embedded=embedded,
            seconds=time.monotonic() - started,
            generation=now.number,
        )

    def _refuse_empty(self, catalog: Catalog, difference: Difference, prune: bool) -> None:
        """Raise `SeedsError` for a folder without a readable document, unless all are meant to be gone."""
        if difference.to_split or difference.unchanged or difference.touched:
            return
        known = catalog.document_count()
        if known and not prune:
            raise SeedsError(
                f"{self._seeds} holds no readable document, yet {known} are indexed: is its disk mounted? "
                f"`footnote index --prune` forgets them"
            )
        if not known:
            reasons = "; ".join(f"{why.path} {why.reason}" for _, why in difference.unreadable[:3])
            raise SeedsError(
                f"{self._seeds} holds no document that can be read"
                + (f" ({reasons})" if reasons else "")
                + ": put .txt, .md, .html, .pdf or .docx files there, or name another folder with SEEDS_DIR or --seeds"
            )

    def _split(self, difference: Difference) -> list[PreparedDocument]:
        window = min(self._config.chunk_tokens - 2, self._embedder.window)
        splitter = Splitter(self._embedder.tokenize, window, self._config.overlap_tokens)
        prepared = []
        documents = difference.to_split
        for first in range(0, len(documents), DOCUMENTS_A_BATCH):
            batch = documents[first : first + DOCUMENTS_A_BATCH]
            all_tokens = self._embedder.tokenize([one.document.text for one in batch])
            for one, tokens in zip(batch, all_tokens, strict=True):
                chunks = splitter.split(one.document, tokens)
                keys = [self._key(chunk.embedding_input.text) for chunk in chunks]
                prepared.append(PreparedDocument(one, chunks, keys))
        return prepared

    def _embed(self, catalog: Catalog, prepared: Sequence[PreparedDocument]) -> int:
        """Make the vectors that the catalog lacks; how many those were."""
        inputs = {
            key: chunk.embedding_input for one in prepared for key, chunk in zip(one.keys, one.chunks, strict=True)
        }
        missing = catalog.missing_vectors(list(inputs))
        todo = sorted(missing, key=lambda key: len(inputs[key].ids))
        embedded = 0

        def count(batch: int) -> None:
            nonlocal embedded
            embedded += batch
            self._tell("embedding", embedded, len(todo), len(prepared), len(inputs))

        for first in range(0, len(todo), CHUNKS_A_COMMIT):
            keys = todo[first : first + CHUNKS_A_COMMIT]
            vectors = self._embedder.embed_passages([inputs[key] for key in keys], count)
            with catalog.writing():
                catalog.insert_vectors(keys, vectors)
        return embedded

    def _key(self, text: str) -> bytes:
        """The key of a vector: the same text under the same embedder has the same one."""
        return hashlib.sha256(f"{self._embedder.identity}\n{text}".encode()).digest()[:16]

    def _tell(self, step: str, done: int, total: int, documents: int, chunks: int) -> None:
        self._progress(Progress(step, done, total, documents, chunks))


def _set_aside(path: Path, error: DamagedCatalog) -> None:
    aside = path.with_name(f"{path.name}.damaged-{int(time.time())}")
    log.warning("%s: it is set aside as %s, and the index is built anew", error, aside.name)
    path.rename(aside)
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
