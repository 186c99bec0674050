"""From the catalog to a searchable generation: Chroma and tantivy written, sealed, and made the active ones."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.catalog import Catalog
from index.catalog_rows import Generation, StoredChunk
from index.chunking import embedded_text
from index.errors import DerivedIndexError
from index.generations import LEXICAL, NOTE, Generations
from index.keeping import kept
from index.lexical import LexicalIndex
from index.types import Document
from index.vector_places import Additions, VectorPlaces

# Above this share of chunks that come or go, a fresh index is smaller and searches better than a changed copy.
LARGEST_CHANGE = 0.3
BATCH = 4000  # chunks that are written at a time


@dataclass(frozen=True, slots=True)
class Change:
    """How the next generation differs from the active one: chunks that go, as (number, folder), and that come."""

    removed: tuple[tuple[int, str], ...]
    added: tuple[tuple[Document, StoredChunk], ...]


def publish(
    catalog: Catalog, generations: Generations, places: VectorPlaces, generation: Generation, change: Change | None
) -> None:
    """Write `generation`'s derived indexes and make it the active one.

    To be called inside `catalog.writing()`, after the catalog's own rows have changed. Without a `change`, or where it
    is large, they are written afresh from the catalog; else the active generation is copied and changed.
    """
    active = catalog.active()
    size = len(change.removed) + len(change.added) if change else 0
    copied = change is not None and active is not None and size <= LARGEST_CHANGE * max(1, active.chunks)
    try:
        copied = generations.start(generation.number, active.number if copied and active else None)
        if not copied:
            change = None
        _write_vectors(catalog, places, generation, active.number if copied and active else None, change)
        _write_words(catalog, generations.folder(generation.number) / LEXICAL, change)
        generations.seal(generation.number)
        catalog.publish(generation)
    except BaseException:
        # On a full disk it would stand in the way of the next attempt. What is on a server is noted in it: that stays.
        if not (generations.folder(generation.number) / NOTE).is_file():
            generations.discard(generation.number)
        raise


def next_number(catalog: Catalog, generations: Generations) -> int:
    """A number that no generation has, nor a folder that a process may still search after the catalog was lost."""
    return max(catalog.next_generation(), generations.latest() + 1)


def rebuild(catalog: Catalog, generations: Generations, places: VectorPlaces) -> Generation:
    """Publish the active generation's content again, under a new number, from the catalog alone.

    To be called by the one writer. Raises `DerivedIndexError` when there is no active generation.
    """
    with catalog.writing():
        active = catalog.active()
        if active is None:
            raise DerivedIndexError("there is nothing to rebuild: no generation has been published")
        fresh = replace(active, number=next_number(catalog, generations), published=time.time())
        publish(catalog, generations, places, fresh, None)
    places.remove_unused([fresh.number, *kept(generations, fresh.number)])
    return fresh


def _write_vectors(
    catalog: Catalog, places: VectorPlaces, generation: Generation, previous: int | None, change: Change | None
) -> None:
    numbers = [chunk.chunk_id for _, chunk in change.added] if change else []
    folders = {document.folder for document, _ in change.added} if change else catalog.folders()
    dimension = generation.dimension
    batches = (
        (folder, [chunk.chunk_id for chunk in chunks], catalog.vectors([one.vector_key for one in chunks], dimension))
        for folder, chunks in _by_batches(_added(catalog, change))
    )
    removed = _by_folder(change.removed) if change else {}
    places.write(generation.number, previous, removed, Additions(sorted(folders), numbers, batches))


def _write_words(catalog: Catalog, folder: Path, change: Change | None) -> None:
    added = (
        (chunk.chunk_id, document.folder, embedded_text(document, chunk.chunk))
        for document, chunk in _added(catalog, change)
    )
    LexicalIndex(folder).change([number for number, _ in change.removed] if change else [], added)


def _added(catalog: Catalog, change: Change | None) -> Iterable[tuple[Document, StoredChunk]]:
    """What a change adds, or everything there is, one document at a time: more would not fit into memory."""
    if change is not None:
        return change.added
    return ((document, chunk) for document, chunks in catalog.everything() for chunk in chunks)


def _by_batches(added: Iterable[tuple[Document, StoredChunk]]) -> Iterator[tuple[str, list[StoredChunk]]]:
    """Chunks of one folder of the seeds at a time, up to `BATCH`."""
    waiting: dict[str, list[StoredChunk]] = defaultdict(list)
    for document, chunk in added:
        chunks = waiting[document.folder]
        chunks.append(chunk)
        if len(chunks) == BATCH:
            yield document.folder, waiting.pop(document.folder)
    yield from waiting.items()


def _by_folder(removed: Iterable[tuple[int, str]]) -> dict[str, Sequence[int]]:
    folders: dict[str, list[int]] = defaultdict(list)
    for number, folder in removed:
        folders[folder].append(number)
    return dict(folders)
