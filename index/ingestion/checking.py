"""Whether an index is whole: catalog, Chroma, tantivy and files compared with each other, and mended where possible.

What is derived is rebuilt from the catalog, without embedding anything. A vector that the catalog has lost is taken
back from Chroma. What only the documents can bring back is marked: the next `footnote index` reads those files again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.errors import ChromaServerError, DerivedIndexError, NotIndexed, SeedsError, UnreadableDocument
from index.parsing import parse as parsing
from index.storage.catalog.audit import AuditedCatalog
from index.storage.catalog.catalog import Catalog
from index.storage.catalog.rows import Generation, StoredChunk, StoredFile
from index.storage.generation.chroma import Collections
from index.storage.generation.folders import LEXICAL, Generations
from index.storage.generation.lexical import LexicalIndex
from index.storage.paths import CATALOG
from index.storage.rebuild import rebuild
from index.storage.server.connection import ChromaServer
from index.storage.server.replica import Replica
from index.storage.vectors import VectorPlaces
from index.storage.writer_lock import translate_disk_full_error, writer_lock
from index.types import Document, FloatArray

SAME = 1e-3  # the most that a vector in Chroma may differ from the catalog's, each of length 1
LENGTH = 0.02  # the most that the length of a vector may differ from 1


@dataclass(frozen=True, slots=True)
class Checkup:
    """What was found: what was wrong and is mended, what is still wrong (in one line each), and how much was compared.

    `behind` are the files that have changed, come or gone since they were indexed: no fault, but a run is due.
    """

    mended: tuple[str, ...]
    wrong: tuple[str, ...]
    behind: int
    documents: int
    chunks: int

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong now."""
        return not self.wrong


class Checking:
    """One check of a data folder against its seeds folder. `tell` is told what is being looked at."""

    def __init__(
        self,
        data: Path,
        seeds: Path,
        *,
        tell: Callable[[str], None] = lambda _: None,
        server: ChromaServer | None = None,
    ) -> None:
        self._data = data
        self._seeds = seeds
        self._tell = tell
        self._generations = Generations(data)
        self._places = VectorPlaces(self._generations, server)
        self._mended: list[str] = []
        self._wrong: list[str] = []
        self._to_read: dict[int, str] = {}  # documents that have to be read again, and their paths

    def run(self, *, wait_seconds: float = 0) -> Checkup:
        """Compare and mend. Raises `NotIndexed`, `WriterBusy`, and `DamagedCatalog`, which only indexing mends."""
        path = self._data / CATALOG
        if not path.is_file():
            raise NotIndexed(f"there is no index in {self._data}; run `footnote index`")
        with writer_lock(self._data, wait_seconds=wait_seconds) as sign, translate_disk_full_error(self._data):
            sign.tell(step="checking")
            catalog = AuditedCatalog(path)
            try:
                return self._run(catalog)
            finally:
                catalog.close()

    def _run(self, catalog: AuditedCatalog) -> Checkup:
        self._tell("the catalog")
        catalog.check()
        active = catalog.active()
        if active is None:
            raise NotIndexed(f"there is no index in {self._data}; run `footnote index`")
        if self._places.follows(active.number):
            self._check_followed(catalog)
            return self._checkup(catalog, 0)
        self._places.shared.refuse_another()
        self._check_texts(catalog)
        self._check_vectors(catalog, active)
        self._check_derived(catalog, active)
        behind = self._check_files(catalog)
        if self._to_read:
            with catalog.writing():
                for number in self._to_read:
                    catalog.forget_file(number)
            self._wrong.append("`footnote index` reads these files again")
        return self._checkup(catalog, behind)

    def _checkup(self, catalog: Catalog, behind: int) -> Checkup:
        return Checkup(tuple(self._mended), tuple(self._wrong), behind, catalog.document_count(), catalog.chunk_count())

    def _check_followed(self, catalog: AuditedCatalog) -> None:
        """Of an index that another machine writes: what is wrong here is fetched anew, what is wrong there is told."""
        fault = self._fault_of_followed(catalog)
        if not fault:
            return
        if self._places.server is not None:
            self._tell("the server, from which all is fetched anew")
            with closing(Replica(self._data, self._places.server)) as replica, replica.catalog() as written:
                head = self._places.shared.head()
                if head is not None:
                    replica.fetch(written, head, anew=True)
        again = self._fault_of_followed(catalog)
        if again:
            self._wrong.append(f"{again}; `footnote index check` mends it where the index is written")
        else:
            self._mended.append(f"{fault}: fetched anew from the server")

    def _fault_of_followed(self, catalog: AuditedCatalog) -> str:
        active = catalog.active()
        assert active is not None
        self._check_texts(catalog)
        faults, self._wrong, self._to_read = self._wrong, [], {}
        return "; ".join(faults) or self._fault_of_derived(catalog, active)

    def _check_texts(self, catalog: AuditedCatalog) -> None:
        """Whether chunks and sentences are where they say in their documents."""
        self._tell("offsets")
        for number, document, chunks in catalog.everything():
            if not chunks:
                self._read_again(number, document.path, "has no chunk")
            for chunk in chunks:
                fault = _fault_of(document, chunk)
                if fault:
                    self._read_again(number, document.path, f"{fault} (chunk {chunk.chunk_id})")
                    break

    def _check_vectors(self, catalog: AuditedCatalog, active: Generation) -> None:
        """Whether each chunk has a vector that can be one; lost ones are looked for in Chroma."""
        self._tell("vectors")
        bad = {key for key, vector in catalog.all_vectors() if not _is_sound(vector, active.dimension)}
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
            self._mended.append(f"{len(found)} vectors that the catalog had lost were taken from Chroma")
        for number, path in catalog.documents_of_vectors(bad - found.keys()):
            self._read_again(number, path, "has lost a vector")

    def _vectors_in_chroma(
        self, catalog: AuditedCatalog, active: Generation, keys: set[bytes]
    ) -> dict[bytes, FloatArray]:
        wanted = {chunk_id: key for chunk_id, key, _ in catalog.chunk_keys() if key in keys}
        found: dict[bytes, FloatArray] = {}
        try:
            self._generations.check(active.number)
            with self._places.looked_into(active.number) as store:
                for _, ids, vectors in store.entries():
                    for chunk_id, vector in zip(ids, vectors, strict=True):
                        if chunk_id in wanted and _is_sound(vector, active.dimension):
                            found[wanted[chunk_id]] = vector
        except (DerivedIndexError, ChromaServerError):
            pass
        return found

    def _check_derived(self, catalog: AuditedCatalog, active: Generation) -> None:
        """Whether Chroma and tantivy hold what the catalog says, and nothing else; else they are made anew."""
        self._tell("Chroma and tantivy")
        fault = self._fault_of_derived(catalog, active)
        if not fault:
            if self._places.shared.announce(active):
                self._mended.append(f"others did not know of generation {active.number}: they do now")
            return
        if catalog.lost_vectors():  # can't be made anew before what is missing has been embedded
            self._wrong.append(f"{fault}; `footnote index` builds it anew")
            return
        self._tell("Chroma and tantivy, which are rebuilt")
        fresh = rebuild(catalog, self._generations, self._places)
        again = self._fault_of_derived(catalog, fresh)
        if again:
            self._wrong.append(f"{again}, rebuilt though it was; is the disk of {self._data} failing?")
        else:
            self._mended.append(f"{fault}: rebuilt from the catalog, as generation {fresh.number}")

    def _fault_of_derived(self, catalog: AuditedCatalog, generation: Generation) -> str:
        try:
            self._generations.check(generation.number)
            chunks = {chunk_id: (folder, key) for chunk_id, key, folder in catalog.chunk_keys()}
            words = LexicalIndex(self._generations.folder(generation.number) / LEXICAL).numbers()
            if sorted(words) != sorted(chunks):
                return f"tantivy holds {_against(words, chunks)}"
            with self._places.looked_into(generation.number) as store:
                fault = self._fault_of_vectors(catalog, generation, store, chunks)
            return fault or self._places.shared.fault_of_log(generation.number)
        except (DerivedIndexError, ChromaServerError) as error:
            if isinstance(error, ChromaServerError) and error.is_transient:
                raise
            return str(error)

    @staticmethod
    def _fault_of_vectors(
        catalog: AuditedCatalog, generation: Generation, store: Collections, chunks: dict[int, tuple[str, bytes]]
    ) -> str:
        seen: list[int] = []
        lost = catalog.lost_vectors()
        for folder, ids, vectors in store.entries():
            seen += ids
            known = [(place, one) for place, one in enumerate(ids) if one in chunks and chunks[one][1] not in lost]
            wanted = catalog.vectors([chunks[one][1] for _, one in known], generation.dimension)
            for (place, one), vector in zip(known, wanted, strict=True):
                if chunks[one][0] != folder:
                    return f"Chroma has chunk {one} in the folder {folder!r}, the catalog in {chunks[one][0]!r}"
                if np.abs(vectors[place] - vector).max() > SAME:
                    return f"Chroma has another vector of chunk {one} than the catalog"
        if store.may_hold_more:
            seen = [one for one in seen if one in chunks]
        return "" if sorted(seen) == sorted(chunks) else f"Chroma holds {_against(seen, chunks)}"

    def _check_files(self, catalog: AuditedCatalog) -> int:
        """How many files are not as they were indexed. One that changed unseen (size and time alike) is a fault."""
        self._tell("files")
        try:
            found = {file.path: file for file in parsing.find_files(self._seeds).files}
        except SeedsError as error:
            self._wrong.append(str(error))
            return 0
        known = catalog.files()
        failed = catalog.unreadable()
        behind = len(known.keys() - found.keys())
        for path, file in found.items():
            stored = known.get(path)
            if stored is None:
                behind += path not in failed or failed[path][0] != file
            elif stored.file != file:
                behind += not self._is_same(stored)
            elif not self._is_same(stored) and stored.document_id not in self._to_read:
                self._read_again(stored.document_id, path, "has changed without its size or time showing it")
        return behind

    def _is_same(self, stored: StoredFile) -> bool:
        try:
            return hashlib.sha256(parsing.read(self._seeds, stored.file)).digest() == stored.content_hash
        except UnreadableDocument:
            return False

    def _read_again(self, number: int, path: str, fault: str) -> None:
        self._to_read[number] = path
        self._wrong.append(f"{path} {fault}")


def _fault_of(document: Document, stored: StoredChunk) -> str:
    """What is wrong with a chunk's offsets, in the rest of a sentence; empty where nothing is."""
    chunk = stored.chunk
    if not 0 <= chunk.start < chunk.end <= len(document.text):
        return "has a chunk that lies outside its text"
    if document.text[chunk.start : chunk.end] != chunk.text:
        return "has a chunk whose text is not what stands there"
    ends = [chunk.start, *(offset for span in chunk.sentences for offset in (span.start, span.end)), chunk.end]
    if not chunk.sentences or ends != sorted(ends):
        return "has a chunk whose sentences overlap or lie outside it"
    return ""


def _is_sound(vector: FloatArray, dimension: int) -> bool:
    return len(vector) == dimension and bool(np.isfinite(vector).all()) and abs(float(vector @ vector) - 1) < 2 * LENGTH


def _against(held: Iterable[int], chunks: Iterable[int]) -> str:
    """How two sets of chunks differ, in words."""
    held, wanted = list(held), set(chunks)
    parts = [
        (len(wanted - set(held)), "chunks too few"),
        (len(set(held) - wanted), "chunks too many"),
        (len(held) - len(set(held)), "chunks twice"),
    ]
    return ", ".join(f"{count} {what}" for count, what in parts if count)
