"""An opened generation: what one process searches, pinned from the start of a question to its end."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from index.catalog import Catalog
from index.catalog_rows import Generation
from index.encoder import FloatArray
from index.errors import DerivedIndexError, NotIndexed
from index.generations import LEXICAL, Generations, Slot
from index.lexical import LexicalIndex, WordHit
from index.paths import CATALOG
from index.publication import rebuild
from index.store import VectorHit, VectorStore
from index.writer import writer_lock

# Another generation may be published while one is being opened; so often in a row, nobody publishes.
ATTEMPTS = 5
# Seconds to wait for a writer before mending a damaged index: it may be mending it, or about to publish another.
PATIENCE = 60

log = logging.getLogger(__name__)


class SearchIndex:
    """The active generation of a data folder, opened for searching. To be used by one thread at a time.

    Damaged derived indexes are rebuilt from the catalog at opening. Raises `NotIndexed` when nothing has been
    published, `CatalogError` when the catalog can't be read.
    """

    def __init__(self, data: Path) -> None:
        self._generations = Generations(data)
        self._data = data
        if not (data / CATALOG).is_file():
            raise NotIndexed(f"there is no index in {data}; run `footnote index`")
        self._file = _identity(data / CATALOG)
        self.catalog = Catalog(data / CATALOG)
        self._opened: OpenGeneration | None = None
        try:
            self._open_active()
        except BaseException:
            self.catalog.close()
            raise

    def close(self) -> None:
        """Let go of the generation and the catalog."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None
        self.catalog.close()

    @property
    def generation(self) -> Generation:
        """The generation that is open."""
        assert self._opened is not None
        return self._opened.generation

    @contextmanager
    def pinned(self) -> Iterator[OpenGeneration]:
        """The vectors and words of the active generation, with the catalog's snapshot of the same moment."""
        for _ in range(ATTEMPTS):
            self._follow_catalog()
            with self.catalog.reading():
                active = self.catalog.active()
                if active is not None and self._opened is not None and active.number == self._opened.generation.number:
                    yield self._opened
                    return
            self._open_active()
        raise NotIndexed(f"the index in {self._data} changes faster than it can be opened; try again")

    def _follow_catalog(self) -> None:
        """Open the catalog anew where another file has taken its place: a damaged one is set aside and built anew."""
        file = _identity(self._data / CATALOG)
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
                opened = OpenGeneration(active, self._generations)
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
            self._opened = opened
            return
        raise NotIndexed(f"the index in {self._data} changes faster than it can be opened; try again")

    def _rebuild(self, damaged: Generation) -> None:
        with writer_lock(self._data, PATIENCE):
            now = self.catalog.active()
            if now is not None and now.number == damaged.number:  # else somebody else has mended it meanwhile
                rebuild(self.catalog, self._generations)


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another that takes its name; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


class OpenGeneration:
    """One generation's vectors and words."""

    def __init__(self, generation: Generation, generations: Generations) -> None:
        self.generation = generation
        self.words = LexicalIndex(self._checked(generations, generation))
        self._slot: Slot = generations.take_slot(generation.number)
        try:
            self.vectors = VectorStore(self._slot.folder)
        except BaseException:
            self._slot.discard()
            raise
        try:
            if self.vectors.count() != generation.chunks or self.words.count() != generation.chunks:
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
        """Let others have the copy."""
        self.vectors.close()
        self._slot.close()

    def nearest(self, vector: FloatArray, limit: int, folders: Collection[str] | None) -> list[VectorHit]:
        """The chunks nearest to a vector; see `VectorStore.search`."""
        return self.vectors.search(vector, limit, folders)

    def matching(self, question: str, limit: int, folders: Collection[str] | None) -> list[WordHit]:
        """The chunks that share words with the question; see `LexicalIndex.search`."""
        return self.words.search(question, limit, folders)
