"""Take over an index on a Chroma server from the machine that has written it so far, which may be lost."""

from __future__ import annotations

from contextlib import closing

from index.storage.catalog.log_lines import ReplicaCatalog
from index.storage.vectors import VectorBackend


def take_over(backend: VectorBackend) -> bool:
    """Prepare this data folder to write what another machine has written so far. True if there is such an index.

    Unless the data folder has an index of its own, it gets the whole content of the other one, vectors included, so
    that nothing has to be embedded again. The next generation has to be a new build: the other machine may still be
    writing to its own. To be called by the holder of the writer lock. Raises `ChromaServerError`.
    """
    replica = backend.replica()
    if replica is None:
        return False
    with closing(replica):
        head = replica.foreign_head()
        if head is None:
            return False
        with replica.catalog() as catalog:
            active = catalog.active()
            if active is None or backend.is_followed(active.number):
                _copy_vectors(catalog, backend, replica.fetch(catalog, head).number)
    return True


def _copy_vectors(catalog: ReplicaCatalog, backend: VectorBackend, generation: int) -> None:
    with backend.opened_copy(generation) as store:
        for _, chunk_ids, vectors in store.entries():
            chunks = catalog.chunks(chunk_ids)
            rows = [(chunks[chunk_id].vector_key, row) for row, chunk_id in enumerate(chunk_ids) if chunk_id in chunks]
            with catalog.writing():
                catalog.insert_vectors([key for key, _ in rows], vectors[[row for _, row in rows]])
