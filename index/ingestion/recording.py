"""Write a difference into the catalog: add, move and remove documents and chunks."""

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
    """A document that was read, its chunks in order, and the key of each chunk's vector."""

    read: ReadDocument
    chunks: Sequence[PreparedChunk]
    keys: Sequence[bytes]


def record(
    catalog: Catalog,
    difference: Difference,
    prepared: Sequence[PreparedDocument],
    chunk_ids: Iterator[int],
) -> Change:
    """Bring the catalog's documents and chunks up to date, and return the change.

    `prepared` are the documents of `difference.to_split`, `chunk_ids` the ids for new chunks. To be called inside
    `catalog.writing()`.
    """
    removed: list[tuple[int, str]] = []
    added: list[tuple[Document, StoredChunk]] = []
    written: list[int] = []
    for stored in difference.removed:
        removed += [(chunk.chunk_id, stored.folder) for chunk in catalog.chunks_of(stored.document_id)]
        catalog.delete_document(stored.document_id)
    # If two files trade their paths, both must be free before either is written.
    for one in prepared:
        if one.read.stored is not None:
            catalog.free_path(one.read.stored.document_id)
    for one in prepared:
        document_id, reusable = _record_document(catalog, one.read, removed)
        written.append(document_id)
        for position, (prepared_chunk, key) in enumerate(zip(one.chunks, one.keys, strict=True)):
            if reusable[key]:
                catalog.move_chunk(reusable[key].pop(0).chunk_id, position, prepared_chunk.chunk)
            else:
                chunk_id = next(chunk_ids)
                catalog.insert_chunk(chunk_id, document_id, position, prepared_chunk.chunk, key)
                added.append((one.read.document, StoredChunk(chunk_id, document_id, prepared_chunk.chunk, key)))
        left_over = [chunk.chunk_id for chunks in reusable.values() for chunk in chunks]
        catalog.delete_chunks(left_over)
        removed += [(chunk_id, one.read.document.folder) for chunk_id in left_over]
    for stored, file in difference.touched:
        catalog.touch(stored.document_id, file)
    catalog.set_unreadable(difference.unreadable)
    gone = tuple(stored.document_id for stored in difference.removed)
    return Change(tuple(removed), tuple(added), tuple(written), gone)


def _record_document(
    catalog: Catalog, read: ReadDocument, removed: list[tuple[int, str]]
) -> tuple[int, defaultdict[bytes, list[StoredChunk]]]:
    """Write a document's row. Return its id, and its old chunks that may be reused by the key of their vector.

    If the document moved to another folder, its chunks are added to `removed`: another folder is another collection.
    """
    reusable: defaultdict[bytes, list[StoredChunk]] = defaultdict(list)
    if read.stored is None:
        return catalog.insert_document(read.document, read.file, read.content_hash), reusable
    document_id = read.stored.document_id
    chunks = catalog.chunks_of(document_id)
    if read.stored.folder == read.document.folder:
        for chunk in chunks:
            reusable[chunk.vector_key].append(chunk)
    else:
        removed += [(chunk.chunk_id, read.stored.folder) for chunk in chunks]
        catalog.delete_chunks(chunk.chunk_id for chunk in chunks)
    catalog.update_document(document_id, read.document, read.file, read.content_hash)
    return document_id, reusable
