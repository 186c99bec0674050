"""The derived indexes of the state that answers, made anew from the catalog alone."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace

from index.errors import DerivedIndexError
from index.storage.catalog.catalog import Catalog
from index.storage.catalog.rows import Generation
from index.storage.generation.folders import Generations
from index.storage.generation.publish import VectorWriter, next_number, publish
from index.storage.rollback import kept
from index.storage.server.replica import NotedVectors
from index.storage.vectors import VectorPlaces


def rebuild(catalog: Catalog, generations: Generations, places: VectorPlaces) -> Generation:
    """Publish the active generation's content again, under a new number. Nothing is embedded.

    Vectors that another machine has put on a server stay as they are. To be called by the one writer. Raises
    `DerivedIndexError` when there is no active generation.
    """
    with catalog.writing():
        active = catalog.active()
        if active is None:
            raise DerivedIndexError("there is nothing to rebuild: no generation has been published")
        fresh = replace(active, number=next_number(catalog, generations), published=time.time())
        publish(catalog, generations, _writer(generations, places, active), fresh, None)
    places.shared.announce(fresh)
    places.remove_unused([fresh.number, *kept(generations, fresh.number)])
    return fresh


def _writer(generations: Generations, places: VectorPlaces, active: Generation) -> VectorWriter:
    with suppress(DerivedIndexError):  # a damaged note is not worth more than damaged vectors
        note = places.note(active.number)
        if note is not None and note.follows:
            return NotedVectors(generations, note)
    return places
