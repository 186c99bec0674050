"""Taking over an index on a Chroma server from the machine that has written it so far, which may be gone."""

from __future__ import annotations

from pathlib import Path

from index.storage.catalog.log_lines import ReplicaCatalog
from index.storage.server.replica import Replica
from index.storage.vectors import VectorPlaces


def take_over(data: Path, places: VectorPlaces) -> bool:
    """Make ready to write here what another machine has written; whether there is such an index.

    Unless the data folder has an index of its own, it gets all that is known of the other, vectors included: nothing
    has to be embedded again. What is published next has to be a fresh build: the other machine may still be writing to
    its own. To be called by the one writer. Raises `ChromaServerError`.
    """
    head = places.shared.head()
    if head is None or places.shared.is_ours(head) or places.server is None:
        return False
    replica = Replica(data, places.server)
    try:
        with replica.catalog() as catalog:
            active = catalog.active()
            if active is None or places.follows(active.number):
                _copy_vectors(catalog, places, replica.fetch(catalog, head).number)
    finally:
        replica.close()
    return True


def _copy_vectors(catalog: ReplicaCatalog, places: VectorPlaces, generation: int) -> None:
    with places.looked_into(generation) as store:
        for _, numbers, vectors in store.entries():
            chunks = catalog.chunks(numbers)
            known = [(chunks[number].vector_key, place) for place, number in enumerate(numbers) if number in chunks]
            with catalog.writing():
                catalog.insert_vectors([key for key, _ in known], vectors[[place for _, place in known]])
