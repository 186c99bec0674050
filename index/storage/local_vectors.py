"""Vectors in the folders of their generations, on this machine.

A process that searches takes a slot: a copy of the generation's Chroma folder for itself alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager

from index.errors import ChromaServerError
from index.storage.catalog.catalog import Catalog
from index.storage.catalog.change import Change, added_vectors
from index.storage.catalog.rows import Generation
from index.storage.generation.chroma import Collections, VectorStore
from index.storage.generation.collections import reassign_collections
from index.storage.generation.folders import CHROMA, Generations, Slot
from index.storage.server.notes import ServerNotes


class LocalVectors:
    """A `VectorBackend` that stores vectors in the data folder and shares nothing with other machines."""

    def __init__(self, generations: Generations) -> None:
        self._generations = generations
        self._notes = ServerNotes(generations)

    def write(self, catalog: Catalog, generation: Generation, *, previous: int | None, change: Change | None) -> None:
        """Change the copy of the previous generation's vectors, or fill an empty folder."""
        del previous  # its files are in the generation's folder already
        with closing(VectorStore(self._generations.folder(generation.number) / CHROMA)) as store:
            for folder, chunk_ids in (change.removed_by_folder if change is not None else {}).items():
                store.delete(folder, chunk_ids)
            store.collection_of = reassign_collections(catalog, store.collection_of, change)
            for folder, chunk_ids, vectors in added_vectors(catalog, generation.dimension, change):
                store.add(folder, chunk_ids, vectors)
            store.save_collection_names()

    def open(self, number: int) -> tuple[Collections, Slot]:
        """Take a slot of the generation and open the copy in it."""
        self._refuse_server(number)
        slot = self._generations.take_slot(number)
        try:
            return VectorStore(slot.folder), slot
        except BaseException:
            slot.discard()
            raise

    @contextmanager
    def opened_copy(self, number: int) -> Iterator[Collections]:
        """Open a temporary copy of the published folder."""
        self._refuse_server(number)
        with self._generations.private_copy(number) as folder, closing(VectorStore(folder)) as copy:
            yield copy

    def is_followed(self, number: int) -> bool:
        """True if another machine wrote this generation, when the data folder still followed a server."""
        return self._notes.is_followed(number)

    def is_elsewhere(self, number: int) -> bool:
        """True if this generation's vectors are on a server."""
        return self._notes.read(number) is not None

    def refuse_foreign_index(self) -> None:
        """Do nothing: nobody else can write here."""

    def announce(self, generation: Generation) -> bool:  # noqa: ARG002 (the signature is that of `VectorBackend`)
        """Return False: no other machine follows."""
        return False

    def log_fault(self, number: int) -> str:  # noqa: ARG002
        """Return "": there is no log."""
        return ""

    def replica(self) -> None:
        """Return None: there is no server to follow."""
        return

    def remove_leftovers(self, active: int | None, is_published: Callable[[int], bool]) -> None:
        """Do nothing: an unpublished folder is overwritten by the next run."""

    def remove_unused(self, keep: Sequence[int]) -> None:
        """Remove the folders of generations that are neither in `keep` nor in use."""
        self._generations.remove_unused(set(keep))

    def _refuse_server(self, number: int) -> None:
        note = self._notes.read(number)
        if note is not None:
            raise ChromaServerError(
                f"the vectors of this index are on the Chroma server at {note.url}; set CHROMA_URL to it"
            )
