"""Where the vectors of the generations lie: in their own folders, or on a Chroma server where one is set.

In a folder, a searching process takes a slot: a copy of its own. On a server there is nothing to copy; the slot is then
only the sign that a process searches this generation. `server.json` in a generation's folder says that its vectors are
on a server, in which lineage, and what is to be removed there when the next generation is made.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from index.chroma_server import ChromaServer, ServerStore
from index.encoder import FloatArray
from index.errors import DerivedIndexError, ServerError
from index.generations import CHROMA, NOTE, Generations, Slot
from index.store import Collections, VectorStore


@dataclass(frozen=True, slots=True)
class ServerNote:
    """What `server.json` holds. `first` and `last` are the numbers that the generation's new chunks may have.

    `removed` are chunks of the generation before that this one no longer has, by folder.
    """

    url: str
    lineage: str
    folders: list[str]
    first: int
    last: int
    removed: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Additions:
    """The chunks that a generation adds: `batches` are their folder, numbers, and vectors (numbers, dimension).

    `folders` are all of theirs, `numbers` all of them where they add to another generation, else none.
    """

    folders: Sequence[str]
    numbers: Sequence[int]
    batches: Iterable[tuple[str, Sequence[int], FloatArray]]


class VectorPlaces:
    """The vectors of all generations of a data folder; `server` is where new ones go, None for the folder itself.

    Raises `DerivedIndexError` for damaged files, `ServerError` for what a server does not do.
    """

    def __init__(self, generations: Generations, server: ChromaServer | None = None) -> None:
        self._generations = generations
        self._server = server

    def is_elsewhere(self, number: int) -> bool:
        """Whether a published generation's vectors lie elsewhere than where new ones go."""
        return self.server_of(number) != (self._server.url if self._server else None)

    def server_of(self, number: int) -> str | None:
        """The address of the server that a generation's vectors are on, None where they are in its folder."""
        note = self._note(number)
        return note.url if note else None

    def write(
        self,
        number: int,
        previous: int | None,
        removed: Mapping[str, Sequence[int]],
        added: Additions,
    ) -> None:
        """Write the vectors of a new generation: those of `previous`, which its folder is a copy of, and what changes.

        `removed` are chunks by folder.
        """
        if self._server is not None:
            self._write_to_server(self._server, number, previous, removed, added)
            return
        with closing(VectorStore(self._generations.folder(number) / CHROMA)) as store:
            for folder, chunks in removed.items():
                store.delete(folder, chunks)
            for folder, chunk_ids, vectors in added.batches:
                store.add(folder, chunk_ids, vectors)

    def open(self, number: int) -> tuple[Collections, Slot]:
        """A generation's vectors, to be searched by this process, and the slot that it holds meanwhile."""
        note = self._note(number)
        slot = self._generations.take_slot(number, is_copied=note is None)
        try:
            return (VectorStore(slot.folder) if note is None else self._on_server(note)), slot
        except BaseException:
            slot.discard()
            raise

    @contextmanager
    def looked_into(self, number: int) -> Iterator[Collections]:
        """A generation's vectors for a moment, all of them as they were published."""
        note = self._note(number)
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
        for number in self._generations.numbers():
            note = self._note(number)
            if note is None or (number != active and is_published(number)):
                continue
            with suppress(ServerError), closing(self._on_server(note, is_whole=False)) as store:
                if number == active:
                    for folder, chunks in note.removed.items():
                        store.delete(folder, chunks)
                    self._write_note(number, replace(note, removed={}))
                    continue
                if self._is_of_another(note.lineage, number):
                    for folder in store.folders:
                        store.delete(folder, range(note.first, note.last + 1))
                else:
                    store.remove()
                self._generations.discard(number)

    def remove_unused(self, keep: Sequence[int]) -> None:
        """Remove every generation but those to `keep` and what a process is searching, and their lineages."""
        before = {number: note for number in self._generations.numbers() if (note := self._note(number)) is not None}
        self._generations.remove_unused(set(keep))
        left = {note.lineage for number, note in before.items() if self._generations.folder(number).is_dir()}
        gone = {note.lineage: note for note in before.values() if note.lineage not in left}
        for note in gone.values():
            # Should some collections stay on the server, that is no reason to fail.
            with suppress(ServerError), closing(self._on_server(note, is_whole=False)) as store:
                store.remove()

    def _write_to_server(
        self,
        server: ChromaServer,
        number: int,
        previous: int | None,
        removed: Mapping[str, Sequence[int]],
        added: Additions,
    ) -> None:
        earlier = self._note(previous) if previous is not None else None
        note = ServerNote(
            url=server.url,
            lineage=earlier.lineage if earlier else f"{secrets.token_hex(4)}-{number}",
            folders=sorted({*(earlier.folders if earlier else ()), *added.folders}),
            first=min(added.numbers, default=0),
            last=max(added.numbers, default=-1),
            removed={folder: list(chunks) for folder, chunks in removed.items()},
        )
        shutil.rmtree(self._generations.folder(number) / CHROMA, ignore_errors=True)
        self._write_note(number, note)  # first: whatever happens next, it is known what may be there
        with closing(ServerStore(server, note.lineage, earlier.folders if earlier else ())) as store:
            for folder, chunk_ids, vectors in added.batches:
                store.add(folder, chunk_ids, vectors)

    def _on_server(self, note: ServerNote, is_whole: bool = True) -> ServerStore:
        if self._server is None:
            raise ServerError(f"the vectors of this index are on the Chroma server at {note.url}; set CHROMA_URL to it")
        return ServerStore(replace(self._server, url=note.url), note.lineage, note.folders, is_whole)

    def _is_of_another(self, lineage: str, number: int) -> bool:
        """Whether another generation is of the same lineage."""
        notes = (self._note(other) for other in self._generations.numbers() if other != number)
        return any(note is not None and note.lineage == lineage for note in notes)

    def _note(self, number: int) -> ServerNote | None:
        path = self._path(number)
        try:
            return ServerNote(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            raise DerivedIndexError(f"{path} is not as it was published ({error})") from error

    def _write_note(self, number: int, note: ServerNote) -> None:
        beside = self._path(number).with_suffix(".new")
        beside.write_text(json.dumps(asdict(note)), encoding="utf-8")
        beside.replace(self._path(number))

    def _path(self, number: int) -> Path:
        return self._generations.folder(number) / NOTE
