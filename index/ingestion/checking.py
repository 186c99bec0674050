"""Check an index: compare catalog, Chroma, tantivy and files with each other, and repair what can be repaired.

Derived indexes are rebuilt from the catalog without embedding anything. A vector that the catalog has lost is copied
back from Chroma. What only the documents can restore is marked: the next `footnote index` reads those files again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.errors import ChromaServerError, DerivedIndexError, NotIndexed, SeedsError, UnreadableDocument
from index.ingestion.faults import chunk_fault, describe_difference, is_sound_vector, vectors_fault
from index.parsing import parse as parsing
from index.parsing.finding import find_files
from index.storage.catalog.audit import AuditedCatalog
from index.storage.catalog.rows import Generation, StoredFile
from index.storage.generation.folders import LEXICAL, Generations
from index.storage.generation.lexical import LexicalIndex
from index.storage.paths import CATALOG
from index.storage.rebuild import rebuild
from index.storage.server.connection import ChromaServer
from index.storage.vectors import vector_backend
from index.storage.writer_lock import translate_disk_full_error, writer_lock
from index.types import FloatArray


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Result of a check.

    `repaired` and `faults` describe, in one line each, what was wrong and has been repaired, and what still is wrong.
    `behind` is the number of files that were changed, added or removed since they were indexed, which is not a fault.
    `documents` and `chunks` are the numbers in the index.
    """

    repaired: tuple[str, ...]
    faults: tuple[str, ...]
    behind: int
    documents: int
    chunks: int

    @property
    def is_sound(self) -> bool:
        """True if nothing is wrong now."""
        return not self.faults


class IndexCheck:
    """One check of a data folder against its seeds folder. `on_step` is called with the name of each step."""

    def __init__(
        self,
        data: Path,
        seeds: Path,
        *,
        on_step: Callable[[str], None] = lambda _: None,
        server: ChromaServer | None = None,
    ) -> None:
        self._data = data
        self._seeds = seeds
        self._on_step = on_step
        self._generations = Generations(data)
        self._backend = vector_backend(self._generations, server)
        self._repaired: list[str] = []
        self._faults: list[str] = []
        self._to_read: dict[int, str] = {}  # document id: path, of documents that have to be read again

    def run(self, *, wait_seconds: float = 0) -> CheckReport:
        """Compare and repair.

        Raises `NotIndexed`, `WriterBusy`, and `DamagedCatalog`, which only `footnote index` repairs.
        """
        path = self._data / CATALOG
        if not path.is_file():
            raise NotIndexed(f"there is no index in {self._data}; run `footnote index`")
        with writer_lock(self._data, wait_seconds=wait_seconds) as status, translate_disk_full_error(self._data):
            status.report(step="checking")
            catalog = AuditedCatalog(path)
            try:
                behind = self._run(catalog)
                return CheckReport(
                    tuple(self._repaired), tuple(self._faults), behind, catalog.document_count(), catalog.chunk_count()
                )
            finally:
                catalog.close()

    def _run(self, catalog: AuditedCatalog) -> int:
        """Check everything. Return the number of files that differ from the index."""
        self._on_step("the catalog")
        catalog.check()
        active = catalog.active()
        if active is None:
            raise NotIndexed(f"there is no index in {self._data}; run `footnote index`")
        if self._backend.is_followed(active.number):
            self._check_followed(catalog)
            return 0
        self._backend.refuse_foreign_index()
        self._check_offsets(catalog)
        self._check_vectors(catalog, active)
        self._check_derived(catalog, active)
        behind = self._check_files(catalog)
        if self._to_read:
            with catalog.writing():
                for document_id in self._to_read:
                    catalog.mark_changed(document_id)
            self._faults.append("run `footnote index`: it reads these files again")
        return behind

    def _check_followed(self, catalog: AuditedCatalog) -> None:
        """Check an index that another machine writes. Faults here are repaired by fetching everything again."""
        fault = self._fault_of_followed(catalog)
        if not fault:
            return
        replica = self._backend.replica()
        if replica is not None:
            self._on_step("the server, to fetch everything again")
            with closing(replica), replica.catalog() as written:
                head = replica.head()
                if head is not None:
                    replica.fetch(written, head, from_scratch=True)
        remaining = self._fault_of_followed(catalog)
        if remaining:
            self._faults.append(f"{remaining}; run `footnote index check` on the machine that writes the index")
        else:
            self._repaired.append(f"{fault}: fetched again from the server")

    def _fault_of_followed(self, catalog: AuditedCatalog) -> str:
        active = catalog.active()
        assert active is not None
        self._check_offsets(catalog)
        faults, self._faults, self._to_read = self._faults, [], {}
        return "; ".join(faults) or self._derived_fault(catalog, active)

    def _check_offsets(self, catalog: AuditedCatalog) -> None:
        """Check that chunks and sentences are at their offsets in their documents."""
        self._on_step("offsets")
        for document_id, document, chunks in catalog.everything():
            if not chunks:
                self._read_again(document_id, document.path, "has no chunk")
            for chunk in chunks:
                fault = chunk_fault(document, chunk)
                if fault:
                    self._read_again(document_id, document.path, f"{fault} (chunk {chunk.chunk_id})")
                    break

    def _check_vectors(self, catalog: AuditedCatalog, active: Generation) -> None:
        """Check that each chunk has a sound vector. Lost ones are copied from Chroma if they are there."""
        self._on_step("vectors")
        bad = {key for key, vector in catalog.all_vectors() if not is_sound_vector(vector, active.dimension)}
        bad |= catalog.lost_vectors()
        if not bad:
            return
        found = self._vectors_in_chroma(catalog, active, bad)
        with catalog.writing():
            catalog.delete_vectors(bad)
            catalog.insert_vectors(
                list(found), np.stack(list(found.values())) if found else np.empty((0, 0), np.float32)
            )
        if found:
            self._repaired.append(f"vectors lost by the catalog and copied from Chroma: {len(found)}")
        for document_id, path in catalog.documents_of_vectors(bad - found.keys()):
            self._read_again(document_id, path, "has lost a vector")

    def _vectors_in_chroma(
        self, catalog: AuditedCatalog, active: Generation, keys: set[bytes]
    ) -> dict[bytes, FloatArray]:
        """Return those of the vectors that Chroma has; none if it is damaged or unreachable."""
        wanted = {chunk_id: key for chunk_id, key, _ in catalog.chunk_keys() if key in keys}
        found: dict[bytes, FloatArray] = {}
        with suppress(DerivedIndexError, ChromaServerError):
            self._generations.check(active.number)
            with self._backend.opened_copy(active.number) as store:
                for _, chunk_ids, vectors in store.entries():
                    for chunk_id, vector in zip(chunk_ids, vectors, strict=True):
                        if chunk_id in wanted and is_sound_vector(vector, active.dimension):
                            found[wanted[chunk_id]] = vector
        return found

    def _check_derived(self, catalog: AuditedCatalog, active: Generation) -> None:
        """Check that Chroma and tantivy hold exactly the chunks of the catalog, and rebuild them if they do not."""
        self._on_step("Chroma and tantivy")
        fault = self._derived_fault(catalog, active)
        if not fault:
            if self._backend.announce(active):
                self._repaired.append(f"generation {active.number} was not announced to other machines: now it is")
            return
        if catalog.lost_vectors():  # nothing can be rebuilt before these chunks are embedded again
            self._faults.append(f"{fault}; run `footnote index` to rebuild it")
            return
        self._on_step("Chroma and tantivy: rebuilding")
        rebuilt = rebuild(catalog, self._generations, self._backend)
        remaining = self._derived_fault(catalog, rebuilt)
        if remaining:
            self._faults.append(f"{remaining}, even after a rebuild: check the disk of {self._data}")
        else:
            self._repaired.append(f"{fault}: rebuilt from the catalog as generation {rebuilt.number}")

    def _derived_fault(self, catalog: AuditedCatalog, generation: Generation) -> str:
        try:
            self._generations.check(generation.number)
            chunks = {chunk_id: (folder, key) for chunk_id, key, folder in catalog.chunk_keys()}
            words = LexicalIndex(self._generations.folder(generation.number) / LEXICAL).chunk_ids()
            if sorted(words) != sorted(chunks):
                return f"tantivy holds {describe_difference(words, chunks)}"
            with self._backend.opened_copy(generation.number) as store:
                fault = vectors_fault(catalog, generation, store, chunks)
            return fault or self._backend.log_fault(generation.number)
        except (DerivedIndexError, ChromaServerError) as error:
            if isinstance(error, ChromaServerError) and error.is_transient:
                raise
            return str(error)

    def _check_files(self, catalog: AuditedCatalog) -> int:
        """Return the number of files that differ from the index.

        A file whose content changed while its size and time stayed the same is a fault.
        """
        self._on_step("files")
        try:
            found = {file.path: file for file in find_files(self._seeds).files}
        except SeedsError as error:
            self._faults.append(str(error))
            return 0
        known = catalog.files()
        failed = catalog.unreadable()
        behind = len(known.keys() - found.keys())
        for path, file in found.items():
            stored = known.get(path)
            if stored is None:
                behind += path not in failed or failed[path][0] != file
            elif stored.file != file:
                behind += not self._has_same_content(stored)
            elif not self._has_same_content(stored) and stored.document_id not in self._to_read:
                self._read_again(stored.document_id, path, "has changed, but its size and time are the same")
        return behind

    def _has_same_content(self, stored: StoredFile) -> bool:
        try:
            return hashlib.sha256(parsing.read(self._seeds, stored.file).data).digest() == stored.content_hash
        except UnreadableDocument:
            return False

    def _read_again(self, document_id: int, path: str, fault: str) -> None:
        self._to_read[document_id] = path
        self._faults.append(f"{path} {fault}")
