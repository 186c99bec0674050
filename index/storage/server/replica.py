"""A data folder that follows an index which another machine writes to a Chroma server.

The vectors stay on the server. Texts and spans are taken from its log into a catalog here, words into an index of their
own, and both are published as a generation of this data folder: whoever searches here notices it as any other.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from index.errors import ChromaServerError, DamagedCatalog, IndexElsewhere
from index.storage.catalog.catalog import Catalog
from index.storage.catalog.change import Change
from index.storage.catalog.log_lines import ReplicaCatalog
from index.storage.catalog.rows import Generation
from index.storage.catalog.sqlite_file import set_aside
from index.storage.generation.folders import CHROMA, Generations
from index.storage.generation.publish import next_number, publish
from index.storage.paths import CATALOG
from index.storage.server.connection import ChromaServer, ServerTexts
from index.storage.server.log import Head, log_name, read_head, read_step, steps_to
from index.storage.server.notes import ServerNote, ServerNotes
from index.storage.server.visible import SharedIndex
from index.storage.writer_lock import translate_disk_full_error, writer_lock

PATIENCE = 600.0  # seconds to wait for another process that brings the same data folder up to date

log = logging.getLogger(__name__)


class Replica:
    """What follows the index on a server. To be used by one thread at a time.

    Raises `ChromaServerError`, `CatalogError`, and `IndexElsewhere` if the data folder has an index of its own.
    """

    def __init__(self, data: Path, server: ChromaServer) -> None:
        self._data = data
        self._generations = Generations(data)
        self._shared = SharedIndex(self._generations, server)
        self._notes = ServerNotes(self._generations)
        self.server = server
        self._texts = ServerTexts(server)
        self._seen: Head | None = None

    def bring_up_to_date(self) -> bool:
        """Take over what is visible on the server; whether there is something that another machine writes."""
        head = self.head()
        if head is None or self._shared.is_ours(head):
            return False
        if head != self._seen:
            with writer_lock(self._data, wait_seconds=PATIENCE) as sign, translate_disk_full_error(self._data):
                sign.tell(step="fetching")
                with self.catalog() as catalog:
                    self.fetch(catalog, head)
            self._seen = head
        return True

    def head(self) -> Head | None:
        """What is visible on the server."""
        try:
            return read_head(self._texts)
        except ChromaServerError:
            self._texts.close()  # a server that is started anew gets a new connection
            raise

    def fetch(self, catalog: ReplicaCatalog, head: Head, anew: bool = False) -> Generation:
        """Bring the catalog, which nobody else writes, to what `head` says; the generation that answers then.

        `anew`: with all that it says, whatever is known here.
        """
        active = catalog.active()
        note = self._notes.read(active.number) if active is not None else None
        if active is not None and (note is None or not note.follows):
            raise IndexElsewhere(
                f"{self._data} holds an index of {active.seeds}, but that on the Chroma server is one that "
                f"{head.writer}: to follow that, name another data folder with DATA_DIR or --data; to write it from "
                "here, `footnote index take-over`"
            )
        is_of_log = note is not None and (note.lineage, note.log) == (head.lineage, head.log) and not anew
        known = note.origin if note is not None and is_of_log else None
        if active is not None and known == head.generation.number:
            return active
        started = time.monotonic()
        name = log_name(head.lineage, head.log)
        steps, is_whole = steps_to(self._texts, name, head.generation.number, known)
        with catalog.writing():
            for step in steps:
                for line in read_step(self._texts, name, step):
                    catalog.apply(line)
            change = catalog.change()
            generation = replace(head.generation, number=next_number(catalog, self._generations))
            writer = NotedVectors(self._generations, _note_of(head, self.server))
            publish(catalog, self._generations, writer, generation, None if is_whole else change)
        self._generations.remove_unused({generation.number})
        seconds = time.monotonic() - started
        log.info("generation %s of %s was fetched in %.1f seconds", head.generation.number, head.host, seconds)
        return generation

    def close(self) -> None:
        """Let go of the connection."""
        self._texts.close()

    @contextmanager
    def catalog(self) -> Iterator[ReplicaCatalog]:
        """The catalog of the data folder, to be written; a damaged one is set aside."""
        try:
            catalog = ReplicaCatalog(self._data / CATALOG)
        except DamagedCatalog:  # it is written by whoever follows, so it can be written again
            set_aside(self._data / CATALOG)
            catalog = ReplicaCatalog(self._data / CATALOG)
        try:
            yield catalog
        finally:
            catalog.close()


class NotedVectors:
    """A `VectorWriter` of a generation whose vectors another machine has put on the server: only a note is left."""

    def __init__(self, generations: Generations, note: ServerNote) -> None:
        self._generations = generations
        self._note = note

    def write(
        self,
        catalog: Catalog,  # noqa: ARG002 (the signature is that of `VectorWriter`)
        generation: Generation,
        previous: int | None,  # noqa: ARG002
        change: Change | None,  # noqa: ARG002
    ) -> None:
        """Note where the vectors are."""
        shutil.rmtree(self._generations.folder(generation.number) / CHROMA, ignore_errors=True)
        ServerNotes(self._generations).write(generation.number, self._note)


def _note_of(head: Head, server: ChromaServer) -> ServerNote:
    return ServerNote(
        url=server.url,
        tenant=server.tenant,
        database=server.database,
        lineage=head.lineage,
        places=head.places,
        log=head.log,
        origin=head.generation.number,
        writer=head.writer,
    )
