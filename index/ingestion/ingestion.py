"""Bringing the index up to date with its folder: compare, split, embed, commit, publish, report.

Vectors are committed as they are made, so that an interrupted run is not paid for twice. Documents, chunks and the new
generation become visible in one transaction, after the derived indexes have been written and closed.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from index.config import IndexConfig
from index.embedding.chunking import Splitter
from index.embedding.interface import Embedder
from index.errors import DamagedCatalog, SeedsError
from index.ingestion.difference import Difference, compare
from index.ingestion.options import DEFAULT_OPTIONS, IngestOptions
from index.ingestion.recording import PreparedDocument, record
from index.ingestion.report import Progress, Report, report_of
from index.parsing.parse import PARSER_VERSION, Found, find_files
from index.storage.catalog.catalog import Catalog
from index.storage.catalog.rows import Generation
from index.storage.catalog.sqlite_file import set_aside
from index.storage.generation.folders import Generations
from index.storage.generation.publish import next_number, publish
from index.storage.paths import CATALOG
from index.storage.rollback import keep_catalog, kept
from index.storage.server.connection import ChromaServer
from index.storage.takeover import take_over
from index.storage.vectors import VectorPlaces
from index.storage.writer_lock import WriterSign, translate_disk_full_error, writer_lock

# Chunks embedded and committed at a time: seconds of work, which is what an interruption loses.
CHUNKS_A_COMMIT = 256
# Documents tokenised at a time.
DOCUMENTS_A_BATCH = 256

log = logging.getLogger(__name__)


class Ingestion:
    """One writer's run over one data folder.

    `data` is where everything is written, `seeds` the folder that is read, `server` where vectors go (None: `data`).
    Raises `WriterBusy`, `SeedsError`, `EmbedderError`, `CatalogError`, `StorageFull`, `ChromaServerError`, and
    `IndexElsewhere` where another machine writes the index on the server; whatever it raises, the active generation
    goes on answering.
    """

    def __init__(
        self,
        data: Path,
        seeds: Path,
        config: IndexConfig,
        embedder: Embedder,
        *,
        progress: Callable[[Progress], None] = lambda _: None,
        server: ChromaServer | None = None,
    ) -> None:
        self._data = data
        self._seeds = seeds
        self._config = config
        self._embedder = embedder
        self._progress = progress
        self._generations = Generations(data)
        self._places = VectorPlaces(self._generations, server)
        self._sign: WriterSign | None = None

    def run(self, options: IngestOptions = DEFAULT_OPTIONS) -> Report:
        """Bring the index up to date."""
        started = time.monotonic()
        path = self._data / CATALOG
        with writer_lock(self._data, wait_seconds=options.wait_seconds) as sign, translate_disk_full_error(self._data):
            self._sign = sign
            try:
                if options.take_over:
                    self._tell("fetching", 0, 0, 0, 0)
                    options = replace(options, full=take_over(self._data, self._places) or options.full)
                else:
                    self._places.shared.refuse_another()
                try:
                    return self._run_over(path, options, started)
                except DamagedCatalog as error:  # the documents can bring everything back
                    log.warning("%s: it is set aside as %s, and the index is built anew", error, set_aside(path).name)
                    return self._run_over(path, options, started)
            finally:
                self._sign = None

    def preview(self, *, full: bool = False) -> Report:
        """What `run` would do now, `prune` given. Writes nothing, and waits for nobody.

        Chunks are counted as they would be. Raises as `run` does, but for `WriterBusy`.
        """
        started = time.monotonic()
        self._places.shared.refuse_another()
        with TemporaryDirectory() as empty:
            known = self._data / CATALOG
            catalog = Catalog(known if known.is_file() else Path(empty) / CATALOG)
            try:
                with catalog.reading():
                    return self._previewed(catalog, started, full=full)
            finally:
                catalog.close()

    def _previewed(self, catalog: Catalog, started: float, *, full: bool) -> Report:
        active = catalog.active()
        difference = self._difference(catalog, afresh=self._is_afresh(active, full=full), prune=True)
        prepared = self._split(difference)
        replaced = [*difference.removed, *(one.stored for one in difference.to_split if one.stored is not None)]
        chunks = catalog.chunk_count() - sum(len(catalog.chunks_of(one.document_id)) for one in replaced)
        return report_of(
            difference,
            chunks=chunks + sum(len(one.chunks) for one in prepared),
            embedded=len(catalog.missing_vectors(list({key for one in prepared for key in one.keys}))),
            seconds=time.monotonic() - started,
            generation=active.number if active else 0,
        )

    def _run_over(self, path: Path, options: IngestOptions, started: float) -> Report:
        catalog = Catalog(path)
        try:
            return self._run(catalog, options, started)
        finally:
            catalog.close()

    def _run(self, catalog: Catalog, options: IngestOptions, started: float) -> Report:
        active = catalog.active()
        afresh = self._is_afresh(active, full=options.full)
        difference = self._difference(catalog, afresh=afresh, prune=options.prune)
        self._refuse_vanishing(catalog, difference, prune=options.prune)
        if active is not None:  # of which others may not know, where the run before was killed
            self._places.shared.announce(active)
        self._places.remove_leftovers(
            active.number if active else None, lambda number: catalog.generation(number) is not None
        )
        embedded = 0
        if not difference.is_empty or afresh:
            prepared = self._split(difference)
            embedded = self._embed(catalog, prepared)
            self._tell("publishing", 0, 0, len(difference.to_split), embedded)
            if afresh and active is not None and options.kept_builds and not self._places.follows(active.number):
                keep_catalog(catalog, self._generations, active.number)
            self._publish(catalog, difference, prepared, afresh=afresh)
        else:
            with catalog.writing():
                for known, file in difference.touched:
                    catalog.touch(known.document_id, file)
                catalog.set_unreadable(difference.unreadable)
        now = catalog.active()
        assert now is not None
        self._places.shared.announce(now)
        self._places.remove_unused([now.number, *kept(self._generations, now.number)[: options.kept_builds]])
        return report_of(difference, now.chunks, embedded, time.monotonic() - started, now.number)

    def _publish(
        self, catalog: Catalog, difference: Difference, prepared: Sequence[PreparedDocument], *, afresh: bool
    ) -> None:
        numbers = catalog.reserve_chunks(sum(len(one.chunks) for one in prepared))
        with catalog.writing():
            change = record(catalog, difference, prepared, numbers)
            generation = Generation(
                number=next_number(catalog, self._generations),
                fingerprint=self._fingerprint,
                embedder=self._embedder.name,
                dimension=self._embedder.dimension,
                languages=self._embedder.languages,
                seeds=str(self._seeds.resolve()),
                published=time.time(),
                documents=catalog.document_count(),
                chunks=catalog.chunk_count(),
            )
            publish(catalog, self._generations, self._places, generation, None if afresh else change)
            catalog.delete_unused_vectors()

    @cached_property
    def _fingerprint(self) -> str:
        return self._config.fingerprint(self._embedder.identity, PARSER_VERSION)

    def _is_afresh(self, active: Generation | None, *, full: bool) -> bool:
        """Whether everything is read again, and another index built beside the one that answers."""
        if full or active is None or active.fingerprint != self._fingerprint:
            return True
        return self._places.is_elsewhere(active.number)

    def _difference(self, catalog: Catalog, *, afresh: bool, prune: bool) -> Difference:
        """What has changed in the folder; one that is missing counts as empty where documents may vanish."""
        known, active = catalog.document_count(), catalog.active()
        is_indexed = known and active is not None and active.seeds == str(self._seeds.resolve())
        if is_indexed and not self._seeds.exists():  # a name that was never indexed may be a slip: that is an error
            if not prune:
                raise SeedsError(
                    f"there is no folder {self._seeds}, yet {known} of its documents are indexed: is its disk "
                    f"mounted? `footnote index --prune` forgets them"
                )
            found = Found((), ())
        else:
            found = find_files(self._seeds)
        return compare(
            self._seeds, found, catalog, afresh, lambda done, total: self._tell("reading", done, total, done, 0)
        )

    def _refuse_vanishing(self, catalog: Catalog, difference: Difference, *, prune: bool) -> None:
        """Raise `SeedsError` where more than half of the documents would vanish, unless they are meant to.

        So much at once is more often a disk that is not mounted than what somebody wanted. A folder that never had a
        readable document is an error in any case.
        """
        known = catalog.document_count()
        if not known and not difference.to_split:
            reasons = "; ".join(f"{why.path} {why.reason}" for _, why in difference.unreadable[:3])
            raise SeedsError(
                f"{self._seeds} holds no document that can be read"
                + (f" ({reasons})" if reasons else "")
                + ": put .txt, .md, .html, .pdf or .docx files there, or name another folder with SEEDS_DIR or --seeds"
            )
        gone = len(difference.removed)
        if prune or not difference.loses_most:
            return
        if gone == known and not difference.to_split:
            said = f"{self._seeds} holds no readable document, yet {known} are indexed"
        else:
            said = f"{gone} of the {known} documents that are indexed are no longer in {self._seeds}"
        raise SeedsError(f"{said}: is its disk mounted? `footnote index --prune` forgets them")

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
        if self._sign is not None:
            self._sign.tell(self._embedder.name, step, done, total)
        self._progress(Progress(step, done, total, documents, chunks))
