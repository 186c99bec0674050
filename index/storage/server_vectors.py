"""Vectors on a Chroma server, which several machines search.

Each generation has a note of what it stored there (`server/notes.py`). Its texts are on the server too, in a log that
other machines follow (`server/log.py`). There is nothing to copy for a search: the slot only marks the generation as
being in use.
"""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace

from index.errors import ChromaServerError
from index.storage.catalog.catalog import Catalog
from index.storage.catalog.change import Change, added_vectors
from index.storage.catalog.log_lines import log_lines
from index.storage.catalog.rows import Generation
from index.storage.generation.chroma import Collections
from index.storage.generation.collections import reassign_collections
from index.storage.generation.folders import CHROMA, Generations, Slot
from index.storage.local_vectors import LocalVectors
from index.storage.server.connection import ChromaServer, ServerStore
from index.storage.server.log import log_name, write_step
from index.storage.server.notes import ServerNote, ServerNotes
from index.storage.server.replica import Replica
from index.storage.server.shared_index import SharedIndex
from index.storage.server.texts import ServerTexts

# A new log begins when the current one is this many times as long as its first step, and longer by this many
# characters: a machine that starts to follow then reads everything once instead of a long history.
LOG_GROWTH_FACTOR, LOG_GROWTH_CHARACTERS = 3, 8_000_000


class ServerVectors:
    """A `VectorBackend` that stores vectors on `server`.

    Generations from before the move to the server stay searchable in the data folder.
    """

    def __init__(self, generations: Generations, server: ChromaServer) -> None:
        self._generations = generations
        self._server = server
        self._notes = ServerNotes(generations)
        self._local = LocalVectors(generations)
        self._shared = SharedIndex(generations, server)

    def write(self, catalog: Catalog, generation: Generation, *, previous: int | None, change: Change | None) -> None:
        """Add the new vectors and texts to those of the previous generation's lineage, or begin a lineage."""
        earlier = self._notes.read(previous) if previous is not None else None
        note = self._new_note(catalog, generation, previous, earlier, change)
        shutil.rmtree(self._generations.folder(generation.number) / CHROMA, ignore_errors=True)
        self._notes.write(generation.number, note)  # first, so that an interrupted run can be cleaned up
        with closing(ServerStore(self._server, note.lineage, earlier.places if earlier else {})) as store:
            store.collection_of = note.places
            for folder, chunk_ids, vectors in added_vectors(catalog, generation.dimension, change):
                store.add(folder, chunk_ids, vectors)
        continues_log = earlier is not None and earlier.log == note.log
        step_before = earlier.origin if earlier is not None and continues_log else None
        lines = log_lines(catalog, change if continues_log else None)
        with closing(ServerTexts(self._server)) as texts:
            size = write_step(texts, log_name(note.lineage, note.log), note.origin, step_before, lines)
        self._notes.write(
            generation.number, replace(note, log_start=note.log_start or size, log_size=note.log_size + size)
        )

    def open(self, number: int) -> tuple[Collections, Slot]:
        """Connect to the generation's collections, and mark the generation as being in use."""
        note = self._notes.read(number)
        if note is None:
            return self._local.open(number)
        slot = self._generations.take_slot(number, copy=False)
        try:
            return self._store(note), slot
        except BaseException:
            slot.discard()
            raise

    @contextmanager
    def opened_copy(self, number: int) -> Iterator[Collections]:
        """Connect to the generation's collections for the length of the context."""
        note = self._notes.read(number)
        if note is None:
            with self._local.opened_copy(number) as copy:
                yield copy
        else:
            with closing(self._store(note)) as store:
                yield store

    def is_followed(self, number: int) -> bool:
        """True if another machine writes the index that this generation is a copy of."""
        return self._notes.is_followed(number)

    def is_elsewhere(self, number: int) -> bool:
        """True if this generation's vectors are not on this server, or belong to another machine."""
        note = self._notes.read(number)
        return note is None or note.is_followed or not note.is_on(self._server)

    def refuse_foreign_index(self) -> None:
        """Raise `IndexElsewhere` if the index on the server is written from another data folder."""
        self._shared.refuse_foreign_index()

    def announce(self, generation: Generation) -> bool:
        """Make a published generation the one that other machines follow. True if it was not before."""
        return self._shared.announce(generation)

    def log_fault(self, number: int) -> str:
        """Return what prevents other machines from following a generation, or "" if nothing does."""
        return self._shared.log_fault(number)

    def replica(self) -> Replica:
        """Return a follower of the index on the server, to be closed by the caller."""
        return Replica(self._generations.data, self._server)

    def remove_leftovers(self, active: int | None, is_published: Callable[[int], bool]) -> None:
        """Remove what runs that never published left on the server, and what only earlier generations needed."""
        notes = self._notes.all()
        for number, note in notes.items():
            if note.is_followed or (number != active and is_published(number)):
                continue
            with suppress(ChromaServerError), closing(self._store(note, is_whole=False)) as store:
                if number == active:
                    self._remove_superseded(number, note, store)
                else:
                    others = [other for key, other in notes.items() if key != number and other.lineage == note.lineage]
                    self._remove_unpublished(note, store, others)
                    self._generations.discard(number)

    def remove_unused(self, keep: Sequence[int]) -> None:
        """Remove every generation that is neither in `keep` nor in use, and lineages without a generation.

        "In use" is a generation that a process of this machine searches, and one that was superseded less than the
        server's `grace` seconds ago: other machines may still search it.
        """
        notes = self._notes.all()
        due = time.time() - self._server.grace
        in_grace = [n for n, note in notes.items() if not note.is_followed and not 0 < note.superseded <= due]
        self._local.remove_unused([*keep, *in_grace])
        remaining = {note.lineage for number, note in notes.items() if self._generations.folder(number).is_dir()}
        for note in notes.values():
            if note.lineage not in remaining and not note.is_followed and note.is_on(self._server):
                self._shared.remove(note.lineage, note.places, [note.log, *(log for _, log in note.old_logs)])

    def _new_note(
        self,
        catalog: Catalog,
        generation: Generation,
        previous: int | None,
        earlier: ServerNote | None,
        change: Change | None,
    ) -> ServerNote:
        """Return the note of a generation that continues the one of the note `earlier`, if there is one."""
        chunk_ids = [chunk.chunk_id for _, chunk in change.added] if change else []
        removed = change.removed_by_folder if change else {}
        note = ServerNote(
            url=self._server.url,
            tenant=self._server.tenant,
            database=self._server.database,
            lineage=f"{secrets.token_hex(4)}-{generation.number}",
            places=reassign_collections(catalog, earlier.places if earlier else {}, change),
            log=f"{generation.number}",
            origin=generation.number,
            first=min(chunk_ids, default=0),
            last=max(chunk_ids, default=-1),
            removed=[((previous or 0), folder, list(ids)) for folder, ids in removed.items()],
        )
        if earlier is None:
            return note
        note = replace(
            note,
            lineage=earlier.lineage,
            removed=[*earlier.removed, *note.removed],
            old_logs=list(earlier.old_logs),
        )
        if _is_log_long(earlier):
            return replace(note, old_logs=[*note.old_logs, (previous or 0, earlier.log)])
        return replace(note, log=earlier.log, log_start=earlier.log_start, log_size=earlier.log_size)

    def _remove_unpublished(self, note: ServerNote, store: ServerStore, others: Sequence[ServerNote]) -> None:
        """Remove from the server what a run stored that never published; `others` are the notes of its lineage."""
        if not others:
            store.remove()
            self._remove_log(note, note.log)
            return
        for folder in note.places:
            store.delete(folder, range(note.first, note.last + 1))
        if all(other.log != note.log for other in others):
            self._remove_log(note, note.log)

    def _remove_superseded(self, number: int, note: ServerNote, store: ServerStore) -> None:
        """Remove from the server what only generations needed whose folders are gone."""

        def is_gone(generation: int) -> bool:
            return not self._generations.folder(generation).is_dir()

        for generation, folder, chunk_ids in note.removed:
            if is_gone(generation):
                store.delete(folder, chunk_ids)
        for generation, log in note.old_logs:
            if is_gone(generation):
                self._remove_log(note, log)
        removed = [entry for entry in note.removed if not is_gone(entry[0])]
        old_logs = [entry for entry in note.old_logs if not is_gone(entry[0])]
        self._notes.write(number, replace(note, removed=removed, old_logs=old_logs))

    def _remove_log(self, note: ServerNote, log: str) -> None:
        with closing(ServerTexts(self._server_of(note))) as texts:
            texts.remove(log_name(note.lineage, log))

    def _store(self, note: ServerNote, *, is_whole: bool = True) -> ServerStore:
        return ServerStore(self._server_of(note), note.lineage, note.places, is_whole=is_whole)

    def _server_of(self, note: ServerNote) -> ChromaServer:
        """Return the server that a note names, which may be another one than where new vectors go."""
        return replace(self._server, url=note.url, tenant=note.tenant, database=note.database)


def _is_log_long(note: ServerNote) -> bool:
    growth = note.log_size - note.log_start
    return note.log_size > LOG_GROWTH_FACTOR * note.log_start and growth > LOG_GROWTH_CHARACTERS
