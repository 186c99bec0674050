"""Publish a generation: write its vectors and words from the catalog, seal them, and make it the active one."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from index.embedding.chunking import embedded_text
from index.storage.catalog.catalog import Catalog
from index.storage.catalog.change import Change, added_chunks
from index.storage.catalog.rows import Generation
from index.storage.generation.folders import LEXICAL, NOTE, Generations
from index.storage.generation.lexical import LexicalIndex

# If more than this share of the chunks is removed or added, a new index is smaller and searches better than a changed
# copy.
MAX_CHANGED_SHARE = 0.3


class VectorWriter(Protocol):
    """Writes the vectors of a new generation."""

    def write(self, catalog: Catalog, generation: Generation, *, previous: int | None, change: Change | None) -> None:
        """Apply `change` to the vectors of generation `previous`, of which the folder is a copy.

        If both are None, write all vectors of the catalog into an empty folder.
        """


def publish(
    catalog: Catalog, generations: Generations, vectors: VectorWriter, generation: Generation, change: Change | None
) -> None:
    """Write the derived indexes of `generation` and make it the active one.

    To be called inside `catalog.writing()`, after the catalog's own rows have changed. If `change` is None or large,
    the indexes are written from scratch; otherwise those of the active generation are copied and changed.
    """
    active = catalog.active()
    size = len(change.removed) + len(change.added) if change else 0
    is_small = change is not None and active is not None and size <= MAX_CHANGED_SHARE * max(1, active.chunks)
    previous = active.number if active is not None and is_small else None
    try:
        if not generations.start(generation.number, previous):
            previous = change = None
        vectors.write(catalog, generation, previous=previous, change=change)
        _write_words(catalog, generations.folder(generation.number) / LEXICAL, change)
        generations.seal(generation.number)
        catalog.publish(generation)
    except BaseException:
        # On a full disk, the folder would be in the way of the next attempt. With a note it has to stay: the note says
        # what is on the server.
        if not (generations.folder(generation.number) / NOTE).is_file():
            generations.discard(generation.number)
        raise


def next_number(catalog: Catalog, generations: Generations) -> int:
    """Return a number that no generation has, and no folder that a process may still search after a lost catalog."""
    return max(catalog.next_generation(), generations.latest() + 1)


def _write_words(catalog: Catalog, folder: Path, change: Change | None) -> None:
    added = (
        (chunk.chunk_id, document.folder, embedded_text(document, chunk.chunk))
        for document, chunk in added_chunks(catalog, change)
    )
    LexicalIndex(folder).change([chunk_id for chunk_id, _ in change.removed] if change else [], added)
