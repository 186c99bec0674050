"""Rebuild the derived indexes from the catalog alone."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace

from index.errors import DerivedIndexError
from index.storage.catalog.catalog import Catalog
from index.storage.catalog.rows import Generation
from index.storage.generation.folders import Generations
from index.storage.generation.publish import VectorWriter, next_number, publish
from index.storage.rollback import kept_numbers
from index.storage.server.notes import ServerNotes
from index.storage.server.replica import NotedVectors
from index.storage.vectors import VectorBackend


def rebuild(catalog: Catalog, generations: Generations, backend: VectorBackend) -> Generation:
    """Publish the content of the active generation again, under a new number. Nothing is embedded.

    Vectors that another machine stored on a server stay as they are. To be called by the holder of the writer lock.
    Raises `DerivedIndexError` if there is no active generation.
    """
    with catalog.writing():
        active = catalog.active()
        if active is None:
            raise DerivedIndexError("there is nothing to rebuild: no generation has been published")
        rebuilt = replace(active, number=next_number(catalog, generations), published=time.time())
        publish(catalog, generations, _writer(generations, backend, active), rebuilt, None)
    backend.announce(rebuilt)
    backend.remove_unused([rebuilt.number, *kept_numbers(generations, active=rebuilt.number)])
    return rebuilt


def _writer(generations: Generations, backend: VectorBackend, active: Generation) -> VectorWriter:
    with suppress(DerivedIndexError):  # a damaged note cannot be followed: the vectors are written again
        note = ServerNotes(generations).read(active.number)
        if note is not None and note.is_followed:
            return NotedVectors(generations, note)
    return backend
