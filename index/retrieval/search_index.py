"""An opened generation: what one process searches, pinned from the start of a question to its end."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from index.errors import DerivedIndexError, NotIndexed
from index.storage.catalog.catalog import Catalog
from index.storage.catalog.following import Identity, file_identity
from index.storage.catalog.rows import Generation, StoredChunk
from index.storage.generation.chroma import VectorHit
from index.storage.generation.folders import LEXICAL, Generations
from index.storage.generation.lexical import LexicalIndex, WordHit
from index.storage.paths import CATALOG
from index.storage.rebuild import rebuild
from index.storage.server.connection import ChromaServer
from index.storage.server.replica import Replica
from index.storage.vectors import VectorBackend, vector_backend
from index.storage.writer_lock import writer_lock
from index.types import FloatArray, folder_of

# Another generation may be published while one is being opened; so often in a row, nobody publishes.
ATTEMPTS = 5
# Seconds to wait for a writer before mending a damaged index: it may be mending it, or about to publish another.
PATIENCE = 60
BETWEEN = 1.0  # seconds between two looks for what another machine has published

log = logging.getLogger(__name__)


class SearchIndex:
    """The active generation of a data folder, opened for searching. To be used by one thread at a time.

    Damaged derived indexes are rebuilt from the catalog at opening. Raises `NotIndexed` when nothing has been
    published, `CatalogError` when the catalog can't be read, `ChromaServerError` when the vectors are on a server that
    does not answer; `server` says how to reach that.

    It follows what is published: a new generation is opened by the next `pinned`, which waits for that; with a
    `replica`, which it closes in the end, also what another machine publishes. After `hold` it stays with what it has.
    """

    def __init__(self, data: Path, *, server: ChromaServer | None = None, replica: Replica | None = None) -> None:
        self._replica = replica
        self._due = 0.0  # when the replica is to be brought up to date again
        self._generations = Generations(data)
        self._backend = vector_backend(self._generations, server)
        self._data = data
        self._bring_up_to_date()
        if not (data / CATALOG).is_file():
            raise NotIndexed(f"there is no index in {data}; run `footnote index`")
        self._file = file_identity(data / CATALOG)
        self.catalog = Catalog(data / CATALOG)
        self._opened: OpenGeneration | None = None
        self._opened_as: Identity | None = None  # not the number alone: a new catalog may count from 1 again
        self._held: ExitStack | None = None
        self._spare: Catalog | None = None
        try:
            self._open_active()
        except BaseException:
            self.catalog.close()
            raise

    def close(self) -> None:
        """Close the generation and the catalog."""
        with ExitStack() as closing:  # the last one first, and each of them whatever becomes of the others
            if self._replica is not None:
                closing.callback(self._replica.close)
            closing.callback(self.catalog.close)
            if self._spare is not None:
                closing.callback(self._spare.close)
            if self._opened is not None:
                closing.callback(self._opened.close)
            if self._held is not None:
                closing.callback(self._held.close)
            self._spare = self._opened = self._held = None

    @property
    def generation(self) -> Generation:
        """Return the generation that is open."""
        assert self._opened is not None
        return self._opened.generation

    @property
    def follows(self) -> bool:
        """True if another machine writes what is open, to a Chroma server."""
        return self._backend.is_followed(self.generation.number)

    @property
    def identity(self) -> Identity:
        """Return the catalog file and generation number that are open; see `FollowedCatalog.active`."""
        assert self._opened_as is not None
        return self._opened_as

    @contextmanager
    def pinned(self) -> Iterator[OpenGeneration]:
        """Yield the vectors and words of the active generation, with the catalog's snapshot of the same moment."""
        if self._held is not None:
            assert self._opened is not None
            yield self._opened
            return
        self._bring_up_to_date()
        for _ in range(ATTEMPTS):
            self._follow_catalog()
            with self.catalog.reading():
                active = self.catalog.active()
                if active is not None and self._opened is not None and (self._file, active.number) == self._opened_as:
                    yield self._opened
                    return
            self._open_active()
        raise NotIndexed(f"the index in {self._data} changes faster than it can be opened; try again")

    def hold(self) -> None:
        """Stay with the active generation until `close`, and with the catalog as it is now or after `renew`.

        The catalog holds the active state alone: what belongs to a generation that is no longer the active one is to be
        seen only in a snapshot that was taken before. So the one that `pinned` takes is not let go of.
        """
        with ExitStack() as holding:
            holding.enter_context(self.pinned())
            self._spare = Catalog(self._data / CATALOG)
            self._held = holding.pop_all()
        if self._replica is not None:  # nothing is followed any more
            self._replica.close()

    def renew(self) -> bool:
        """Move a held index on to the current catalog if the generation is the same there; True if it is.

        The new snapshot is taken, over the second connection, before the old one is let go of. So there is no moment in
        which a publication would leave this index with a generation and no catalog to it.
        """
        assert self._held is not None
        assert self._spare is not None
        # Of another file that has taken its place nothing is wanted. This one's inode can't be given to another file
        # as long as it is open here.
        if file_identity(self._data / CATALOG) != self._file:
            return False
        with ExitStack() as holding:
            holding.enter_context(self._spare.reading())
            active = self._spare.active()
            if active is None or active.number != self.generation.number:
                return False
            self._held.close()
            self.catalog, self._spare = self._spare, self.catalog
            self._held = holding.pop_all()
        return True

    def _bring_up_to_date(self) -> None:
        """Take over what another machine has published, if that was not looked for a moment ago."""
        if self._replica is not None and time.monotonic() >= self._due:
            self._replica.bring_up_to_date()
            self._due = time.monotonic() + BETWEEN

    def _follow_catalog(self) -> None:
        """Open the catalog anew where another file has taken its place: a damaged one is set aside and built anew."""
        file = file_identity(self._data / CATALOG)
        if file is not None and file != self._file:
            fresh = Catalog(self._data / CATALOG)
            self.catalog.close()
            self.catalog, self._file = fresh, file

    def _open_active(self) -> None:
        for attempt in range(ATTEMPTS):
            active = self.catalog.active()
            if active is None:
                raise NotIndexed(f"there is no index in {self._data}; run `footnote index`")
            try:
                opened = OpenGeneration(active, self._generations, self._backend)
            except DerivedIndexError as error:
                now = self.catalog.active()
                if now is not None and now.number != active.number:
                    continue  # not damaged: another was published meanwhile, and this one removed
                if attempt == ATTEMPTS - 1:
                    raise
                log.warning("%s: rebuilding it from the catalog", error)
                self._rebuild(active)
                continue
            if self._opened is not None:
                self._opened.close()
            self._opened, self._opened_as = opened, (self._file, active.number)
            log.info("generation %s is open", active.number)
            return
        raise NotIndexed(f"the index in {self._data} changes faster than it can be opened; try again")

    def _rebuild(self, damaged: Generation) -> None:
        with writer_lock(self._data, wait_seconds=PATIENCE):
            now = self.catalog.active()
            if now is not None and now.number == damaged.number:  # else somebody else has mended it meanwhile
                rebuild(self.catalog, self._generations, self._backend)


class OpenGeneration:
    """One generation's vectors and words."""

    def __init__(self, generation: Generation, generations: Generations, backend: VectorBackend) -> None:
        self.generation = generation
        self._is_damaged = False
        self._follows = backend.is_followed(generation.number)
        self.words = LexicalIndex(self._checked(generations, generation))
        self.vectors, self._slot = backend.open(generation.number)
        try:
            held, wanted = self.vectors.count(), generation.chunks
            is_whole = held == wanted or (held > wanted and self.vectors.may_hold_more)
            if not is_whole or self.words.count() != wanted:
                raise DerivedIndexError(f"generation {generation.number} does not hold all of its chunks")
        except BaseException:
            self.vectors.close()
            self._slot.discard()
            raise

    @staticmethod
    def _checked(generations: Generations, generation: Generation) -> Path:
        generations.check(generation.number, LEXICAL)
        return generations.folder(generation.number) / LEXICAL

    def close(self) -> None:
        """Release the copy to other processes; remove one that has failed, so that none takes it up."""
        try:
            self.vectors.close()
        except BaseException:
            self._slot.discard()
            raise
        if self._is_damaged:
            self._slot.discard()
        else:
            self._slot.close()

    def warm(self) -> None:
        """Read what the first question would have to wait for."""
        dimension = self.generation.dimension
        self.nearest(np.full(dimension, dimension**-0.5, np.float32), 1, None)
        self.matching("warm", 1, None)

    def nearest(self, vector: FloatArray, limit: int, folders: Collection[str] | None) -> list[VectorHit]:
        """Return the chunks nearest to a vector; see `Collections.search`."""
        try:
            return self.vectors.search(vector, limit, folders=folders)
        except DerivedIndexError:
            self._is_damaged = True
            raise

    def vectors_of(self, catalog: Catalog, chunks: Sequence[StoredChunk]) -> FloatArray:
        """Return the vectors of chunks, shape (chunks, dimension); another machine's vectors are on a server."""
        if not self._follows or not chunks:
            return catalog.vectors([chunk.vector_key for chunk in chunks], self.generation.dimension)
        labels = catalog.labels([chunk.document_id for chunk in chunks])
        folders: defaultdict[str, list[int]] = defaultdict(list)
        for chunk in chunks:
            folders[folder_of(labels[chunk.document_id].path)].append(chunk.chunk_id)
        return self.vectors.vectors_of(folders, [chunk.chunk_id for chunk in chunks])

    def matching(self, question: str, limit: int, folders: Collection[str] | None) -> list[WordHit]:
        """Return the chunks that share words with the question; see `LexicalIndex.search`."""
        return self.words.search(question, limit, folders=folders)
