"""A difference into the catalog: documents and chunks added, moved and removed, and which those were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.embedding.chunking import PreparedChunk
from index.ingestion.difference import Difference, ReadDocument
from index.storage.catalog.catalog import Catalog
from index.storage.catalog.change import Change
from index.storage.catalog.rows import StoredChunk
from index.types import Document


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """A document that was read, its chunks in order, and for each the key of its vector."""

    read: ReadDocument
    chunks: Sequence[PreparedChunk]
    keys: Sequence[bytes]


def record(
    catalog: Catalog,
    difference: Difference,
    prepared: Sequence[PreparedDocument],
    numbers: Iterator[int],
) -> Change:
    """Bring the catalog's documents and chunks up to date; the chunks that went and came by it.

    `prepared` are the documents of `difference.to_split`, `numbers` those that new chunks get. To be called inside
    `catalog.writing()`.
    """
    removed: list[tuple[int, str]] = []
    added: list[tuple[Document, StoredChunk]] = []
    written: list[int] = []
    for stored in difference.removed:
        removed += [(chunk.chunk_id, stored.folder) for chunk in catalog.chunks_of(stored.document_id)]
        catalog.delete_document(stored.document_id)
    # A path that two files trade must be free before either is written.
    for one in prepared:
        if one.read.stored is not None:
            catalog.free_path(one.read.stored.document_id)
    for one in prepared:
        number, reusable = _record_document(catalog, one.read, removed)
        written.append(number)
        for position, (prepared_chunk, key) in enumerate(zip(one.chunks, one.keys, strict=True)):
            if reusable[key]:
                catalog.move_chunk(reusable[key].pop(0).chunk_id, position, prepared_chunk.chunk)
            else:
                chunk_id = next(numbers)
                catalog.insert_chunk(chunk_id, number, position, prepared_chunk.chunk, key)
                added.append((one.read.document, StoredChunk(chunk_id, number, prepared_chunk.chunk, key)))
        left_over = [chunk.chunk_id for chunks_left in reusable.values() for chunk in chunks_left]
        catalog.delete_chunks(left_over)
        removed += [(chunk_id, one.read.document.folder) for chunk_id in left_over]
    for known, file in difference.touched:
        catalog.touch(known.document_id, file)
    catalog.set_unreadable(difference.unreadable)
    gone = tuple(stored.document_id for stored in difference.removed)
    return Change(tuple(removed), tuple(added), tuple(written), gone)


def _record_document(
    catalog: Catalog, one: ReadDocument, removed: list[tuple[int, str]]
) -> tuple[int, defaultdict[bytes, list[StoredChunk]]]:
    """Write a document's row; its number, and its old chunks that may be kept, by the key of their vector."""
    reusable: defaultdict[bytes, list[StoredChunk]] = defaultdict(list)
    if one.stored is None:
        return catalog.insert_document(one.document, one.file, one.content_hash), reusable
    number = one.stored.document_id
    chunks = catalog.chunks_of(number)
    if one.stored.folder == one.document.folder:
        for chunk in chunks:
            reusable[chunk.vector_key].append(chunk)
    else:  # another folder is another collection: the chunks have to move
        removed += [(chunk.chunk_id, one.stored.folder) for chunk in chunks]
        catalog.delete_chunks(chunk.chunk_id for chunk in chunks)
    catalog.update_document(number, one.document, one.file, one.content_hash)
    return number, reusable
