"""A data folder that follows an index which another machine writes to a Chroma server.

The vectors stay on the server. Texts and offsets are copied from its log into the catalog here, words into a lexical
index here, and both are published as a generation of this data folder, so searching processes switch to it as to any
other.
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
from index.storage.server.connection import ChromaServer
from index.storage.server.log import Head, log_name, read_head, read_step, steps_to
from index.storage.server.notes import ServerNote, ServerNotes
from index.storage.server.shared_index import SharedIndex
from index.storage.server.texts import ServerTexts
from index.storage.writer_lock import translate_disk_full_error, writer_lock

WAIT_SECONDS = 600.0  # for another process that updates the same data folder

log = logging.getLogger(__name__)


class Replica:
    """Follows the index on a server. Use it from one thread at a time.

    Raises `ChromaServerError`, `CatalogError`, and `IndexElsewhere` if the data folder has an index of its own.
    """

    def __init__(self, data: Path, server: ChromaServer) -> None:
        self.server = server
        self._data = data
        self._generations = Generations(data)
        self._shared = SharedIndex(self._generations, server)
        self._notes = ServerNotes(self._generations)
        self._texts = ServerTexts(server)
        self._fetched: Head | None = None

    def bring_up_to_date(self) -> bool:
        """Fetch what another machine has published. True if another machine writes the index on the server."""
        head = self.foreign_head()
        if head is None:
            return False
        if head != self._fetched:
            with (
                writer_lock(self._data, wait_seconds=WAIT_SECONDS) as status,
                translate_disk_full_error(self._data),
                self.catalog() as catalog,
            ):
                status.report(step="fetching")
                self.fetch(catalog, head)
            self._fetched = head
        return True

    def head(self) -> Head | None:
        """Return the generation to follow, whoever writes it; None if there is none."""
        try:
            return read_head(self._texts)
        except ChromaServerError:
            self._texts.close()  # a server that is restarted gets a new connection
            raise

    def foreign_head(self) -> Head | None:
        """Return the generation to follow, or None if there is none or this data folder writes it."""
        head = self.head()
        return None if head is None or self._shared.is_ours(head) else head

    def fetch(self, catalog: ReplicaCatalog, head: Head, *, from_scratch: bool = False) -> Generation:
        """Bring the catalog to the state of `head`, and return the generation that is then active here.

        `from_scratch` fetches everything, even what the catalog has. To be called by the holder of the writer lock.
        """
        active = catalog.active()
        note = self._notes.read(active.number) if active is not None else None
        if active is not None and (note is None or not note.is_followed):
            raise IndexElsewhere(
                f"{head.writer} writes the index on the Chroma server, but {self._data} holds an index of "
                f"{active.seeds}: to follow the server, name another data folder with DATA_DIR or --data; to write "
                "its index from here, run `footnote index take-over`"
            )
        is_same_log = note is not None and (note.lineage, note.log) == (head.lineage, head.log)
        known = note.origin if note is not None and is_same_log and not from_scratch else None
        if active is not None and known == head.generation.number:
            return active
        started = time.monotonic()
        name = log_name(head.lineage, head.log)
        steps, is_everything = steps_to(self._texts, name, head.generation.number, known=known)
        with catalog.writing():
            for step in steps:
                for line in read_step(self._texts, name, step):
                    catalog.apply(line)
            change = catalog.change()
            generation = replace(head.generation, number=next_number(catalog, self._generations))
            writer = NotedVectors(self._generations, _note_of(head, self.server))
            publish(catalog, self._generations, writer, generation, None if is_everything else change)
        self._generations.remove_unused({generation.number})
        seconds = time.monotonic() - started
        log.info("fetched generation %s of %s in %.1f seconds", head.generation.number, head.host, seconds)
        return generation

    def close(self) -> None:
        """Close the connection."""
        self._texts.close()

    @contextmanager
    def catalog(self) -> Iterator[ReplicaCatalog]:
        """Open the catalog of the data folder for writing. A damaged one is set aside: it can be fetched again."""
        try:
            catalog = ReplicaCatalog(self._data / CATALOG)
        except DamagedCatalog:
            set_aside(self._data / CATALOG)
            catalog = ReplicaCatalog(self._data / CATALOG)
        try:
            yield catalog
        finally:
            catalog.close()


class NotedVectors:
    """A `VectorWriter` for vectors that another machine stored on the server: it writes the note alone."""

    def __init__(self, generations: Generations, note: ServerNote) -> None:
        self._generations = generations
        self._note = note

    def write(
        self,
        catalog: Catalog,  # noqa: ARG002 (the signature is that of `VectorWriter`)
        generation: Generation,
        *,
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
