"""The index on a Chroma server as other machines see it: which generation is visible there, and who writes it."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace

from index.errors import ChromaServerError, IndexElsewhere, MissingOnChromaServer
from index.storage.catalog.rows import Generation
from index.storage.generation.folders import Generations
from index.storage.server.connection import ChromaServer, ServerStore, ServerTexts
from index.storage.server.log import Head, log_name, read_head, read_step, steps_to, write_head
from index.storage.server.notes import ServerNotes


class SharedIndex:
    """What a data folder shares over `server`; with None for that, nothing.

    Raises `ChromaServerError` for what the server does not do.
    """

    def __init__(self, generations: Generations, server: ChromaServer | None) -> None:
        self._generations = generations
        self._notes = ServerNotes(generations)
        self.server = server

    def head(self) -> Head | None:
        """What is visible on the server that is set, whoever writes it; None where nothing is."""
        if self.server is None:
            return None
        with closing(ServerTexts(self.server)) as texts:
            return read_head(texts)

    def is_ours(self, head: Head) -> bool:
        """Whether a head was written from this data folder."""
        return any(note.lineage == head.lineage and not note.follows for note in self._notes.all().values())

    def refuse_another(self) -> None:
        """Raise `IndexElsewhere` where the index on the server that is set is written from another data folder."""
        head = self.head()
        if head is not None and not self.is_ours(head):
            raise IndexElsewhere(
                f"the index on the Chroma server is one that {head.writer} (generation {head.generation.number}): "
                "index there, name another CHROMA_DATABASE, or take it over from here with `footnote index take-over`"
            )

    def announce(self, generation: Generation) -> bool:
        """Make a published generation the one that others follow; whether it was not. To be called by the one writer.

        A generation that ought to be, and is not since a run was killed or the server was away, becomes so by the next.
        """
        note = self._notes.read(generation.number)
        if self.server is None or note is None or note.follows:
            return False
        head = Head(
            note.lineage, note.log, note.places, socket.gethostname(),
            str(self._generations.data.resolve()), replace(generation, number=note.origin),
        )  # fmt: skip
        with closing(ServerTexts(self.server)) as texts:
            before = read_head(texts)
            if before != head:
                write_head(texts, head)
            if before is not None and not self.is_ours(before):
                self.remove(before.lineage, before.places, [before.log])
        for number, other in self._notes.all().items():
            since = 0.0 if number == generation.number else other.superseded or time.time()
            if since != other.superseded:
                self._notes.write(number, replace(other, superseded=since))
        return before != head

    def fault_of_log(self, number: int) -> str:
        """What hinders others from following a generation, in words; empty where nothing does."""
        note = self._notes.read(number)
        if note is None or self.server is None:
            return ""
        with closing(ServerTexts(self.server)) as texts:
            try:
                name = log_name(note.lineage, note.log)
                steps, _ = steps_to(texts, name, note.origin, None)
                for step in steps:
                    for _ in read_step(texts, name, step):
                        pass
            except MissingOnChromaServer as error:
                return str(error)
        return ""

    def remove(self, lineage: str, places: Mapping[str, str], logs: Sequence[str]) -> None:
        """Delete a lineage from the server, and logs of it. Should some stay there, that is no reason to fail."""
        assert self.server is not None
        with suppress(ChromaServerError), closing(ServerStore(self.server, lineage, places, is_whole=False)) as store:
            store.remove()
        with suppress(ChromaServerError), closing(ServerTexts(self.server)) as texts:
            for log in logs:
                texts.remove(log_name(lineage, log))
