"""The index on a Chroma server as other machines see it: which generation they follow, and who writes it."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace

from index.errors import ChromaServerError, IndexElsewhere, MissingOnChromaServer
from index.storage.catalog.rows import Generation
from index.storage.generation.folders import Generations
from index.storage.server.connection import ChromaServer, ServerStore
from index.storage.server.log import Head, log_name, read_head, read_step, steps_to, write_head
from index.storage.server.notes import ServerNotes
from index.storage.server.texts import ServerTexts


class SharedIndex:
    """What one data folder shares over a Chroma server. Raises `ChromaServerError`."""

    def __init__(self, generations: Generations, server: ChromaServer) -> None:
        self._generations = generations
        self._notes = ServerNotes(generations)
        self._server = server

    def is_ours(self, head: Head) -> bool:
        """True if the head was written from this data folder."""
        return any(note.lineage == head.lineage and not note.is_followed for note in self._notes.all().values())

    def refuse_foreign_index(self) -> None:
        """Raise `IndexElsewhere` if the index on the server is written from another data folder."""
        with closing(ServerTexts(self._server)) as texts:
            head = read_head(texts)
        if head is not None and not self.is_ours(head):
            raise IndexElsewhere(
                f"{head.writer} writes the index on the Chroma server (generation {head.generation.number}): run "
                "`footnote index` there, set CHROMA_DATABASE to another database, or take the index over with "
                "`footnote index take-over`"
            )

    def announce(self, generation: Generation) -> bool:
        """Make a published generation the one that other machines follow. True if it was not before.

        If a run was killed before this, or the server was away, the next run announces its generation.
        """
        note = self._notes.read(generation.number)
        if note is None or note.is_followed:
            return False
        head = Head(
            lineage=note.lineage,
            log=note.log,
            places=note.places,
            host=socket.gethostname(),
            data=str(self._generations.data.resolve()),
            generation=replace(generation, number=note.origin),
        )
        with closing(ServerTexts(self._server)) as texts:
            before = read_head(texts)
            if before != head:
                write_head(texts, head)
            if before is not None and not self.is_ours(before):
                self.remove(before.lineage, before.places, [before.log])
        self._note_superseded(generation.number)
        return before != head

    def log_fault(self, number: int) -> str:
        """Return what prevents other machines from following a generation, or "" if nothing does."""
        note = self._notes.read(number)
        if note is None:
            return ""
        with closing(ServerTexts(self._server)) as texts:
            try:
                name = log_name(note.lineage, note.log)
                steps, _ = steps_to(texts, name, note.origin, known=None)
                for step in steps:
                    for _ in read_step(texts, name, step):
                        pass
            except MissingOnChromaServer as error:
                return str(error)
        return ""

    def remove(self, lineage: str, places: Mapping[str, str], logs: Sequence[str]) -> None:
        """Delete a lineage and its logs from the server, as far as the server is reachable."""
        with suppress(ChromaServerError), closing(ServerStore(self._server, lineage, places, is_whole=False)) as store:
            store.remove()
        with suppress(ChromaServerError), closing(ServerTexts(self._server)) as texts:
            for log in logs:
                texts.remove(log_name(lineage, log))

    def _note_superseded(self, announced: int) -> None:
        """Write the time into the notes of all generations but the one that was announced."""
        for number, note in self._notes.all().items():
            superseded = 0.0 if number == announced else note.superseded or time.time()
            if superseded != note.superseded:
                self._notes.write(number, replace(note, superseded=superseded))
