"""From the catalog to a searchable generation: vectors and words written, sealed, and made the active ones."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from index.embedding.chunking import embedded_text
from index.storage.catalog.catalog import Catalog
from index.storage.catalog.change import Change, added_chunks
from index.storage.catalog.rows import Generation
from index.storage.generation.folders import LEXICAL, NOTE, Generations
from index.storage.generation.lexical import LexicalIndex

# Above this share of chunks that come or go, a fresh index is smaller and searches better than a changed copy.
LARGEST_CHANGE = 0.3


class VectorWriter(Protocol):
    """What sees to the vectors of a new generation."""

    def write(self, catalog: Catalog, generation: Generation, previous: int | None, change: Change | None) -> None:
        """Write them: those of `previous`, which its folder is a copy of, and what changes; or all, without either."""


def publish(
    catalog: Catalog, generations: Generations, vectors: VectorWriter, generation: Generation, change: Change | None
) -> None:
    """Write `generation`'s derived indexes and make it the active one.

    To be called inside `catalog.writing()`, after the catalog's own rows have changed. Without a `change`, or where it
    is large, they are written afresh from the catalog; else the active generation is copied and changed.
    """
    active = catalog.active()
    size = len(change.removed) + len(change.added) if change else 0
    is_small = change is not None and active is not None and size <= LARGEST_CHANGE * max(1, active.chunks)
    previous = active.number if active is not None and is_small else None
    try:
        if not generations.start(generation.number, previous):
            previous = change = None
        vectors.write(catalog, generation, previous, change)
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


def _write_words(catalog: Catalog, folder: Path, change: Change | None) -> None:
    added = (
        (chunk.chunk_id, document.folder, embedded_text(document, chunk.chunk))
        for document, chunk in added_chunks(catalog, change)
    )
    LexicalIndex(folder).change([number for number, _ in change.removed] if change else [], added)
