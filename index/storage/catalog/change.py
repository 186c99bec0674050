"""How the next generation differs from the one that answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.storage.catalog.catalog import Catalog
from index.storage.catalog.rows import StoredChunk
from index.types import Document, FloatArray

BATCH = 4000  # chunks that are written at a time


@dataclass(frozen=True, slots=True)
class Change:
    """Chunks that go, as (number, folder), and that come; the numbers of documents that are written, and that go.

    A document is written also where its chunks only move.
    """

    removed: tuple[tuple[int, str], ...]
    added: tuple[tuple[Document, StoredChunk], ...]
    written: tuple[int, ...]
    gone: tuple[int, ...]

    @property
    def removed_by_folder(self) -> Mapping[str, Sequence[int]]:
        """The numbers of the chunks that go, by the folder of the seeds that they lay in."""
        folders: dict[str, list[int]] = defaultdict(list)
        for number, folder in self.removed:
            folders[folder].append(number)
        return folders


def added_chunks(catalog: Catalog, change: Change | None) -> Iterable[tuple[Document, StoredChunk]]:
    """What a change adds, or everything there is, one document at a time: more would not fit into memory."""
    if change is not None:
        return change.added
    return ((document, chunk) for _, document, chunks in catalog.everything() for chunk in chunks)


def added_vectors(
    catalog: Catalog, dimension: int, change: Change | None
) -> Iterator[tuple[str, Sequence[int], FloatArray]]:
    """Their vectors, up to `BATCH` of one folder at a time: the folder, numbers, vectors (numbers, dimension)."""
    for folder, chunks in _by_batches(added_chunks(catalog, change)):
        vectors = catalog.vectors([chunk.vector_key for chunk in chunks], dimension)
        yield folder, [chunk.chunk_id for chunk in chunks], vectors


def _by_batches(added: Iterable[tuple[Document, StoredChunk]]) -> Iterator[tuple[str, list[StoredChunk]]]:
    waiting: dict[str, list[StoredChunk]] = defaultdict(list)
    for document, chunk in added:
        chunks = waiting[document.folder]
        chunks.append(chunk)
        if len(chunks) == BATCH:
            yield document.folder, waiting.pop(document.folder)
    yield from waiting.items()
