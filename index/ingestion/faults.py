"""Faults that a check of the index can find, each described in words."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from index.storage.catalog.audit import AuditedCatalog
from index.storage.catalog.rows import Generation, StoredChunk
from index.storage.generation.chroma import Collections
from index.types import Document, FloatArray

# Vectors are normalised. Chroma's may differ from the catalog's by rounding, up to this much in each component.
VECTOR_TOLERANCE = 1e-3
LENGTH_TOLERANCE = 0.02  # the most by which the length of a vector may differ from 1


def chunk_fault(document: Document, stored: StoredChunk) -> str:
    """Return what is wrong with a chunk's offsets, to follow the path of its document; "" if nothing is."""
    chunk = stored.chunk
    if not 0 <= chunk.start < chunk.end <= len(document.text):
        return "has a chunk outside its text"
    if document.text[chunk.start : chunk.end] != chunk.text:
        return "has a chunk that differs from the text at its offsets"
    offsets = [chunk.start, *(offset for span in chunk.sentences for offset in (span.start, span.end)), chunk.end]
    if not chunk.sentences or offsets != sorted(offsets):
        return "has a chunk whose sentences overlap or lie outside it"
    return ""


def is_sound_vector(vector: FloatArray, dimension: int) -> bool:
    """True if a vector has the right dimension, finite components and length 1."""
    if len(vector) != dimension or not np.isfinite(vector).all():
        return False
    return abs(float(vector @ vector) - 1) < 2 * LENGTH_TOLERANCE  # the square doubles a small deviation


def vectors_fault(
    catalog: AuditedCatalog, generation: Generation, store: Collections, chunks: dict[int, tuple[str, bytes]]
) -> str:
    """Return how Chroma differs from the catalog, or "" if it does not.

    `chunks` are the folder and the vector's key of every chunk by its id.
    """
    seen: list[int] = []
    lost = catalog.lost_vectors()
    for folder, chunk_ids, vectors in store.entries():
        seen += chunk_ids
        rows = [row for row, id_ in enumerate(chunk_ids) if id_ in chunks and chunks[id_][1] not in lost]
        expected = catalog.vectors([chunks[chunk_ids[row]][1] for row in rows], generation.dimension)
        for row, vector in zip(rows, expected, strict=True):
            chunk_id = chunk_ids[row]
            if chunks[chunk_id][0] != folder:
                return f"Chroma has chunk {chunk_id} in folder {folder!r}, the catalog in {chunks[chunk_id][0]!r}"
            if np.abs(vectors[row] - vector).max() > VECTOR_TOLERANCE:
                return f"Chroma and the catalog have different vectors of chunk {chunk_id}"
    if store.may_hold_more:
        seen = [chunk_id for chunk_id in seen if chunk_id in chunks]
    return "" if sorted(seen) == sorted(chunks) else f"Chroma holds {describe_difference(seen, chunks)}"


def describe_difference(held: Iterable[int], expected: Iterable[int]) -> str:
    """Return in words how the chunk ids that an index holds differ from the expected ones."""
    held, expected = list(held), set(expected)
    counts = [
        (len(expected - set(held)), "too few"),
        (len(set(held) - expected), "too many"),
        (len(held) - len(set(held)), "twice"),
    ]
    return ", ".join(f"{count} chunk{'' if count == 1 else 's'} {what}" for count, what in counts if count)
