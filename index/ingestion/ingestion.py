"""Update the index to match its folder: compare, split, embed, commit, publish, report.

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
from index.parsing.finding import Found, find_files
from index.parsing.isolated.limits import DEFAULT_LIMITS, ParsingLimits
from index.parsing.known_formats import READS
from index.parsing.parse import PARSER_VERSION
from index.storage.catalog.catalog import Catalog
from index.storage.catalog.rows import Generation
from index.storage.catalog.sqlite_file import set_aside
from index.storage.generation.folders import Generations
from index.storage.generation.publish import next_number, publish
from index.storage.paths import CATALOG
from index.storage.rollback import keep_catalog, kept_numbers
from index.storage.server.connection import ChromaServer
from index.storage.takeover import take_over
from index.storage.vectors import vector_backend
from index.storage.writer_lock import StatusFile, translate_disk_full_error, writer_lock

CHUNKS_PER_COMMIT = 256  # embedded and committed together: a few seconds of work, which an interruption loses
DOCUMENTS_PER_BATCH = 256  # tokenised together

log = logging.getLogger(__name__)


class Ingestion:
    """Updates the index in a data folder.

    `data` is the folder that is written, `seeds` the folder of documents, `server` the Chroma server for vectors (None:
    they are stored in `data`). `progress` is called with the progress of a run. `limits` are for parsing one file.

    Raises `WriterBusy`, `SeedsError`, `EmbedderError`, `CatalogError`, `ChromaServerError`, and `IndexElsewhere` if
    another machine writes the index on the server. After any error, the active generation can still be searched.
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
        limits: ParsingLimits = DEFAULT_LIMITS,
    ) -> None:
        self._data = data
        self._seeds = seeds
        self._config = config
        self._embedder = embedder
        self._progress = progress
        self._limits = limits
        self._generations = Generations(data)
        self._backend = vector_backend(self._generations, server)
        self._status: StatusFile | None = None

    def run(self, options: IngestOptions = DEFAULT_OPTIONS) -> Report:
        """Update the index, and return what was done."""
        started = time.monotonic()
        path = self._data / CATALOG
        with (
            writer_lock(self._data, wait_seconds=options.wait_seconds) as status,
            translate_disk_full_error(self._data),
        ):
            self._status = status
            try:
                if options.take_over:
                    self._report_progress("fetching", 0, 0, 0, 0)
                    options = replace(options, full=take_over(self._backend) or options.full)
                else:
                    self._backend.refuse_foreign_index()
                try:
                    return self._run_over(path, options, started)
                except DamagedCatalog as error:  # the documents can bring everything back
                    log.warning("%s: renaming it to %s and rebuilding the index", error, set_aside(path).name)
                    return self._run_over(path, options, started)
            finally:
                self._status = None

    def preview(self, *, full: bool = False) -> Report:
        """Return the report of a run with `prune`, without writing anything or waiting for another process.

        `chunks` is the number of chunks after such a run. Raises as `run` does, except `WriterBusy`.
        """
        started = time.monotonic()
        self._backend.refuse_foreign_index()
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
        difference = self._difference(catalog, everything=self._needs_new_build(active, full=full), prune=True)
        prepared = self._split(difference)
        replaced = [*difference.removed, *(read.stored for read in difference.to_split if read.stored is not None)]
        chunks = catalog.chunk_count() - sum(len(catalog.chunks_of(stored.document_id)) for stored in replaced)
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
        new_build = self._needs_new_build(active, full=options.full)
        difference = self._difference(catalog, everything=new_build, prune=options.prune)
        self._refuse_vanishing(catalog, difference, prune=options.prune)
        if active is not None:  # a run that was killed may not have announced it
            self._backend.announce(active)
        self._backend.remove_leftovers(
            active.number if active else None, lambda number: catalog.generation(number) is not None
        )
        embedded = 0
        if not difference.is_empty or new_build:
            prepared = self._split(difference)
            embedded = self._embed(catalog, prepared)
            self._report_progress("publishing", 0, 0, len(difference.to_split), embedded)
            if (
                new_build
                and active is not None
                and options.kept_builds
                and not self._backend.is_followed(active.number)
            ):
                keep_catalog(catalog, self._generations, active.number)
            self._publish(catalog, difference, prepared, new_build=new_build)
        else:
            with catalog.writing():
                for stored, file in difference.touched:
                    catalog.touch(stored.document_id, file)
                catalog.set_unreadable(difference.unreadable)
        now = catalog.active()
        assert now is not None
        self._backend.announce(now)
        kept = kept_numbers(self._generations, active=now.number)[: options.kept_builds]
        self._backend.remove_unused([now.number, *kept])
        return report_of(
            difference,
            chunks=now.chunks,
            embedded=embedded,
            seconds=time.monotonic() - started,
            generation=now.number,
        )

    def _publish(
        self, catalog: Catalog, difference: Difference, prepared: Sequence[PreparedDocument], *, new_build: bool
    ) -> None:
        chunk_ids = catalog.reserve_chunks(sum(len(one.chunks) for one in prepared))
        with catalog.writing():
            change = record(catalog, difference, prepared, chunk_ids)
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
            publish(catalog, self._generations, self._backend, generation, None if new_build else change)
            catalog.delete_unused_vectors()

    @cached_property
    def _fingerprint(self) -> str:
        return self._config.fingerprint(self._embedder.identity, PARSER_VERSION)

    def _needs_new_build(self, active: Generation | None, *, full: bool) -> bool:
        """True if everything is read again, and a new index built next to the active one."""
        if full or active is None or active.fingerprint != self._fingerprint:
            return True
        return self._backend.is_elsewhere(active.number)

    def _difference(self, catalog: Catalog, *, everything: bool, prune: bool) -> Difference:
        """Compare the folder with the catalog. With `prune`, a missing folder counts as empty."""
        known, active = catalog.document_count(), catalog.active()
        is_indexed = known and active is not None and active.seeds == str(self._seeds.resolve())
        if is_indexed and not self._seeds.exists():  # a folder that was never indexed is an error even with `prune`
            if not prune:
                raise SeedsError(
                    f"there is no folder {self._seeds}, but {known} of its documents are indexed: is its disk mounted? "
                    "`footnote index --prune` removes them from the index"
                )
            found = Found((), ())
        else:
            found = find_files(self._seeds)
        return compare(
            self._seeds,
            found,
            catalog,
            everything=everything,
            on_file=lambda done, total: self._report_progress("reading", done, total, done, 0),
            limits=self._limits,
        )

    def _refuse_vanishing(self, catalog: Catalog, difference: Difference, *, prune: bool) -> None:
        """Raise `SeedsError` if more than half of the documents are gone, unless `prune` is set.

        That many at once usually mean an unmounted disk. A folder that never had a readable document is always an
        error.
        """
        known = catalog.document_count()
        if not known and not difference.to_split:
            reasons = "; ".join(f"{file.path} {file.reason}" for _, file in difference.unreadable[:3])
            raise SeedsError(
                f"{self._seeds} has no readable document"
                + (f" ({reasons})" if reasons else "")
                + f": put documents there ({READS}), or name another folder with SEEDS_DIR or --seeds"
            )
        gone = len(difference.removed)
        if prune or not difference.loses_most:
            return
        if gone == known and not difference.to_split:
            problem = f"{self._seeds} has no readable document, but {known} are indexed"
        else:
            problem = f"{gone} of the {known} indexed documents are no longer in {self._seeds}"
        raise SeedsError(f"{problem}: is its disk mounted? `footnote index --prune` removes them from the index")

    def _split(self, difference: Difference) -> list[PreparedDocument]:
        window = min(self._config.chunk_tokens - 2, self._embedder.window)
        splitter = Splitter(self._embedder.tokenize, window, self._config.overlap_tokens)
        prepared = []
        documents = difference.to_split
        for first in range(0, len(documents), DOCUMENTS_PER_BATCH):
            batch = documents[first : first + DOCUMENTS_PER_BATCH]
            all_tokens = self._embedder.tokenize([read.document.text for read in batch])
            for read, tokens in zip(batch, all_tokens, strict=True):
                chunks = splitter.split(read.document, tokens)
                keys = [self._key(chunk.embedding_input.text) for chunk in chunks]
                prepared.append(PreparedDocument(read, chunks, keys))
        return prepared

    def _embed(self, catalog: Catalog, prepared: Sequence[PreparedDocument]) -> int:
        """Embed the chunks whose vectors the catalog lacks, and return their number."""
        inputs = {
            key: chunk.embedding_input for one in prepared for key, chunk in zip(one.keys, one.chunks, strict=True)
        }
        missing = catalog.missing_vectors(list(inputs))
        todo = sorted(missing, key=lambda key: len(inputs[key].ids))  # similar lengths together need less padding
        embedded = 0

        def count(batch: int) -> None:
            nonlocal embedded
            embedded += batch
            self._report_progress("embedding", embedded, len(todo), len(prepared), len(inputs))

        for first in range(0, len(todo), CHUNKS_PER_COMMIT):
            keys = todo[first : first + CHUNKS_PER_COMMIT]
            vectors = self._embedder.embed_passages([inputs[key] for key in keys], count)
            with catalog.writing():
                catalog.insert_vectors(keys, vectors)
        return embedded

    def _key(self, text: str) -> bytes:
        """Return the key of a text's vector. The same text under the same embedder has the same key."""
        return hashlib.sha256(f"{self._embedder.identity}\n{text}".encode()).digest()[:16]

    def _report_progress(self, step: str, done: int, total: int, documents: int, chunks: int) -> None:
        if self._status is not None:
            self._status.report(step=step, embedder=self._embedder.name, done=done, total=total)
        self._progress(Progress(step, done, total, documents, chunks))
