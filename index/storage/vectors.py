"""Where the vectors of generations are stored: on this machine, or on a Chroma server.

The rest of the package works with a `VectorBackend` and never asks which of the two it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from index.storage.catalog.catalog import Catalog
from index.storage.catalog.change import Change
from index.storage.catalog.rows import Generation
from index.storage.generation.chroma import Collections
from index.storage.generation.folders import Generations, Slot
from index.storage.local_vectors import LocalVectors
from index.storage.server.connection import ChromaServer
from index.storage.server.replica import Replica
from index.storage.server_vectors import ServerVectors


class VectorBackend(Protocol):
    """Stores the vectors of all generations of one data folder.

    Raises `DerivedIndexError` for damaged files and `ChromaServerError` for a server that cannot be used. Methods that
    write are called only by the process that holds the writer lock.
    """

    def write(self, catalog: Catalog, generation: Generation, *, previous: int | None, change: Change | None) -> None:
        """Write the vectors of a new generation; see `VectorWriter`."""

    def open(self, number: int) -> tuple[Collections, Slot]:
        """Open a generation's vectors for searching, with the slot that this process holds meanwhile."""

    def opened_copy(self, number: int) -> AbstractContextManager[Collections]:
        """Open a generation's vectors, as they were published, for the length of the context."""

    def is_followed(self, number: int) -> bool:
        """True if another machine writes the index that this generation is a copy of."""

    def is_elsewhere(self, number: int) -> bool:
        """True if this generation's vectors are on another backend than this one, or belong to another machine."""

    def refuse_foreign_index(self) -> None:
        """Raise `IndexElsewhere` if the index on the server is written from another data folder."""

    def announce(self, generation: Generation) -> bool:
        """Make a published generation the one that other machines follow. True if it was not before."""

    def log_fault(self, number: int) -> str:
        """Return what prevents other machines from following a generation, or "" if nothing does."""

    def replica(self) -> Replica | None:
        """Return a follower of the index on the server, to be closed by the caller; None without a server."""

    def remove_leftovers(self, active: int | None, is_published: Callable[[int], bool]) -> None:
        """Remove what interrupted runs left on the server. A server that is away is left as it is."""

    def remove_unused(self, keep: Sequence[int]) -> None:
        """Remove every generation that is neither in `keep` nor in use."""


def vector_backend(generations: Generations, server: ChromaServer | None = None) -> VectorBackend:
    """Return the backend for new generations: `server`, or the data folder itself if that is None."""
    return LocalVectors(generations) if server is None else ServerVectors(generations, server)
