"""The difference between the active generation and the next one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.storage.catalog.catalog import Catalog
from index.storage.catalog.rows import StoredChunk
from index.types import Document, FloatArray

BATCH = 4000  # chunks written at a time


@dataclass(frozen=True, slots=True)
class Change:
    """Chunks and documents that differ.

    `removed` are chunks as (chunk id, folder), `added` chunks with their documents. `written` are the ids of documents
    that are new or changed, even if their chunks only moved; `gone` those of documents that were deleted.
    """

    removed: tuple[tuple[int, str], ...]
    added: tuple[tuple[Document, StoredChunk], ...]
    written: tuple[int, ...]
    gone: tuple[int, ...]

    @property
    def removed_by_folder(self) -> Mapping[str, Sequence[int]]:
        """Return the ids of the removed chunks by folder."""
        folders: dict[str, list[int]] = defaultdict(list)
        for chunk_id, folder in self.removed:
            folders[folder].append(chunk_id)
        return folders


def added_chunks(catalog: Catalog, change: Change | None) -> Iterable[tuple[Document, StoredChunk]]:
    """Return the chunks that a change adds, or for None all chunks, one document at a time to save memory."""
    if change is not None:
        return change.added
    return ((document, chunk) for _, document, chunks in catalog.everything() for chunk in chunks)


def added_vectors(
    catalog: Catalog, dimension: int, change: Change | None
) -> Iterator[tuple[str, Sequence[int], FloatArray]]:
    """Yield their vectors in batches of one folder: the folder, chunk ids, vectors of shape (ids, dimension)."""
    for folder, chunks in _by_batches(added_chunks(catalog, change)):
        vectors = catalog.vectors([chunk.vector_key for chunk in chunks], dimension)
        yield folder, [chunk.chunk_id for chunk in chunks], vectors


def _by_batches(added: Iterable[tuple[Document, StoredChunk]]) -> Iterator[tuple[str, list[StoredChunk]]]:
    pending: dict[str, list[StoredChunk]] = defaultdict(list)
    for document, chunk in added:
        chunks = pending[document.folder]
        chunks.append(chunk)
        if len(chunks) == BATCH:
            yield document.folder, pending.pop(document.folder)
    yield from pending.items()
