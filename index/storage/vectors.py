"""Where the vectors of the generations lie: in their own folders, or on a Chroma server where one is set.

In a folder, a searching process takes a slot: a copy of its own. On a server there is nothing to copy; the slot is then
only the sign that a process searches this generation. A generation on a server has a note of what is there
(`server/notes.py`), and its texts are there too, in a log that other machines follow (`server/log.py`).
"""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace

from index.errors import ChromaServerError
from index.storage.catalog.catalog import Catalog
from index.storage.catalog.change import Change, added_vectors
from index.storage.catalog.log_lines import lines_of
from index.storage.catalog.rows import Generation
from index.storage.generation.chroma import Collections, VectorStore
from index.storage.generation.collections import arranged
from index.storage.generation.folders import CHROMA, Generations, Slot
from index.storage.server.connection import ChromaServer, ServerStore, ServerTexts
from index.storage.server.log import log_name, write_step
from index.storage.server.notes import ServerNote, ServerNotes
from index.storage.server.visible import SharedIndex

# A log is begun anew where it has grown to so many times its first step, and by so many characters.
LONGEST_LOG, SHORTEST_GROWTH = 3, 8_000_000


class VectorPlaces:
    """The vectors of all generations of a data folder; `server` is where new ones go, None for the folder itself.

    Raises `DerivedIndexError` for damaged files, `ChromaServerError` for what a server does not do.
    """

    def __init__(self, generations: Generations, server: ChromaServer | None = None) -> None:
        self._generations = generations
        self.server = server
        self.shared = SharedIndex(generations, server)
        self._notes = ServerNotes(generations)

    def is_elsewhere(self, number: int) -> bool:
        """Whether a published generation's vectors lie elsewhere than where new ones go, or are another's to change."""
        note = self._notes.read(number)
        if note is None:
            return self.server is not None
        return note.follows or not note.is_on(self.server)

    def follows(self, number: int) -> bool:
        """Whether another machine writes what this generation is of."""
        note = self._notes.read(number)
        return note is not None and note.follows

    def note(self, number: int) -> ServerNote | None:
        """What a generation remembers of the server that its vectors are on; None where they are in its folder."""
        return self._notes.read(number)

    def write(self, catalog: Catalog, generation: Generation, previous: int | None, change: Change | None) -> None:
        """Write the vectors of a new generation; see `VectorWriter`. On a server also what others need to search it."""
        if self.server is not None:
            self._write_to_server(self.server, catalog, generation, previous, change)
            return
        with closing(VectorStore(self._generations.folder(generation.number) / CHROMA)) as store:
            for folder, chunks in _removed(change).items():
                store.delete(folder, chunks)
            store.places = _arranged(catalog, store.places, change)
            for folder, chunk_ids, vectors in added_vectors(catalog, generation.dimension, change):
                store.add(folder, chunk_ids, vectors)
            store.keep_places()

    def open(self, number: int) -> tuple[Collections, Slot]:
        """A generation's vectors, to be searched by this process, and the slot that it holds meanwhile."""
        note = self._notes.read(number)
        slot = self._generations.take_slot(number, is_copied=note is None)
        try:
            return (VectorStore(slot.folder) if note is None else self._on_server(note)), slot
        except BaseException:
            slot.discard()
            raise

    @contextmanager
    def looked_into(self, number: int) -> Iterator[Collections]:
        """A generation's vectors for a moment, all of them as they were published."""
        note = self._notes.read(number)
        if note is not None:
            with closing(self._on_server(note)) as store:
                yield store
            return
        with self._generations.private_copy(number) as folder, closing(VectorStore(folder)) as copy:
            yield copy

    def remove_leftovers(self, active: int | None, is_published: Callable[[int], bool]) -> None:
        """Remove from the server what runs that ended before they published have left there. By the one writer.

        Also what the active generation no longer needs of the one before. A server that is away is left as it is.
        """
        notes = self._notes.all()
        for number, note in notes.items():
            if note.follows or (number != active and is_published(number)):
                continue
            with suppress(ChromaServerError), closing(self._on_server(note, is_whole=False)) as store:
                if number == active:
                    self._remove_superseded(number, note, store)
                    continue
                others = [one for other, one in notes.items() if other != number and one.lineage == note.lineage]
                if others:
                    for folder in note.places:
                        store.delete(folder, range(note.first, note.last + 1))
                    if all(one.log != note.log for one in others):
                        self._remove_log(note, note.log)
                else:
                    store.remove()
                    self._remove_log(note, note.log)
                self._generations.discard(number)

    def _remove_superseded(self, number: int, note: ServerNote, store: ServerStore) -> None:
        """Remove from the server what only generations needed that are gone."""

        def is_due(generation: int) -> bool:
            return not self._generations.folder(generation).is_dir()

        for generation, folder, chunks in note.removed:
            if is_due(generation):
                store.delete(folder, chunks)
        for generation, log in note.old_logs:
            if is_due(generation):
                self._remove_log(note, log)
        removed = [one for one in note.removed if not is_due(one[0])]
        old_logs = [one for one in note.old_logs if not is_due(one[0])]
        self._notes.write(number, replace(note, removed=removed, old_logs=old_logs))

    def remove_unused(self, keep: Sequence[int]) -> None:
        """Remove every generation but those to `keep` and what is being searched, and their lineages.

        By a process here, that is, or within the server's `grace` by others.
        """
        before = self._notes.all()
        if self.server is not None:
            due = time.time() - self.server.grace
            ours = [(number, note) for number, note in before.items() if not note.follows]
            keep = [*keep, *(number for number, note in ours if not 0 < note.superseded <= due)]
        self._generations.remove_unused(set(keep))
        left = {note.lineage for number, note in before.items() if self._generations.folder(number).is_dir()}
        for note in before.values():
            if note.lineage not in left and not note.follows and note.is_on(self.server):
                self.shared.remove(note.lineage, note.places, [note.log, *(log for _, log in note.old_logs)])

    def _remove_log(self, note: ServerNote, log: str) -> None:
        with closing(ServerTexts(self._reached(note))) as texts:
            texts.remove(log_name(note.lineage, log))

    def _write_to_server(
        self,
        server: ChromaServer,
        catalog: Catalog,
        generation: Generation,
        previous: int | None,
        change: Change | None,
    ) -> None:
        earlier = self._notes.read(previous) if previous is not None else None
        numbers = [chunk.chunk_id for _, chunk in change.added] if change else []
        goes_on = earlier is not None and not _is_long(earlier)
        note = ServerNote(
            url=server.url,
            tenant=server.tenant,
            database=server.database,
            lineage=earlier.lineage if earlier else f"{secrets.token_hex(4)}-{generation.number}",
            places=_arranged(catalog, earlier.places if earlier else {}, change),
            log=earlier.log if earlier and goes_on else f"{generation.number}",
            origin=generation.number,
            first=min(numbers, default=0),
            last=max(numbers, default=-1),
            removed=[
                *(earlier.removed if earlier else ()),
                *((previous or 0, folder, list(chunks)) for folder, chunks in _removed(change).items()),
            ],
            log_start=earlier.log_start if earlier and goes_on else 0,
            log_size=earlier.log_size if earlier and goes_on else 0,
            old_logs=[
                *(earlier.old_logs if earlier else ()),
                *([(previous or 0, earlier.log)] if earlier and not goes_on else ()),
            ],
        )
        shutil.rmtree(self._generations.folder(generation.number) / CHROMA, ignore_errors=True)
        self._notes.write(generation.number, note)  # first: whatever happens next, it is known what may be there
        with closing(ServerStore(server, note.lineage, earlier.places if earlier else {})) as store:
            store.places = note.places
            for folder, chunk_ids, vectors in added_vectors(catalog, generation.dimension, change):
                store.add(folder, chunk_ids, vectors)
        step_before = earlier.origin if earlier and goes_on else None
        lines = lines_of(catalog, change if step_before is not None else None)
        with closing(ServerTexts(server)) as texts:
            size = write_step(texts, log_name(note.lineage, note.log), note.origin, step_before, lines)
        self._notes.write(
            generation.number,
            replace(note, log_start=note.log_start or size, log_size=note.log_size + size),
        )

    def _on_server(self, note: ServerNote, is_whole: bool = True) -> ServerStore:
        return ServerStore(self._reached(note), note.lineage, note.places, is_whole)

    def _reached(self, note: ServerNote) -> ChromaServer:
        if self.server is None:
            raise ChromaServerError(
                f"the vectors of this index are on the Chroma server at {note.url}; set CHROMA_URL to it"
            )
        return replace(self.server, url=note.url, tenant=note.tenant, database=note.database)


def _arranged(catalog: Catalog, known: Mapping[str, str], change: Change | None) -> dict[str, str]:
    """Which collection each folder goes to; where no folder is new, those of before."""
    if change is not None and all(document.folder in known for document, _ in change.added):
        return dict(known)
    return arranged(catalog.chunks_by_folder(), known)


def _removed(change: Change | None) -> Mapping[str, Sequence[int]]:
    return change.removed_by_folder if change is not None else {}


def _is_long(note: ServerNote) -> bool:
    """Whether a log has become so long that who begins to follow it had better read all of it anew."""
    return note.log_size > LONGEST_LOG * note.log_start and note.log_size - note.log_start > SHORTEST_GROWTH
