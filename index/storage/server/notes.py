"""Notes of generations whose vectors are on a Chroma server: `server.json` in the folder of each generation."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field

from index.errors import DerivedIndexError
from index.storage.generation.folders import NOTE, Generations
from index.storage.server.connection import ChromaServer


@dataclass(frozen=True, slots=True)
class ServerNote:
    """Content of `server.json`; its keys are the names of these fields.

    - `url`, `tenant`, `database`: where the vectors are.
    - `lineage`: the build that this generation grew out of; see `ServerStore`.
    - `places`: the collection of each folder of the seeds.
    - `log`: the log that holds the texts (`log.py`). `log_start` and `log_size` are the number of characters of its
      first step and of all its steps.
    - `origin`: the number of the generation on the machine that writes it.
    - `first`, `last`: the range of chunk ids that this generation may have added.
    - `removed`: chunks to delete from the server once an earlier generation is gone, as (generation, folder, chunk
      ids). `old_logs`: logs to delete then, as (generation, log).
    - `superseded`: when another generation was announced to the machines that follow, in seconds since the epoch; 0 if
      none was.
    - `writer`: which machine writes the index, in words; "" if this one does.
    """

    url: str
    tenant: str
    database: str
    lineage: str
    places: dict[str, str]
    log: str
    origin: int
    first: int = 0
    last: int = -1
    removed: list[tuple[int, str, list[int]]] = field(default_factory=list)
    log_start: int = 0
    log_size: int = 0
    old_logs: list[tuple[int, str]] = field(default_factory=list)
    superseded: float = 0.0
    writer: str = ""

    @property
    def is_followed(self) -> bool:
        """True if another machine writes the index that this generation is a copy of."""
        return bool(self.writer)

    def is_on(self, server: ChromaServer) -> bool:
        """True if the vectors are on this server, in the same database."""
        return (self.url, self.tenant, self.database) == (server.url, server.tenant, server.database)


class ServerNotes:
    """Reads and writes the notes of one data folder. Raises `DerivedIndexError` for a note that is not valid."""

    def __init__(self, generations: Generations) -> None:
        self._generations = generations

    def read(self, number: int) -> ServerNote | None:
        """Return the note of a generation, or None if its vectors are in its folder."""
        path = self._generations.folder(number) / NOTE
        try:
            return ServerNote(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            raise DerivedIndexError(f"{path} is damaged ({error})") from error

    def is_followed(self, number: int) -> bool:
        """True if another machine writes the index that this generation is a copy of."""
        note = self.read(number)
        return note is not None and note.is_followed

    def write(self, number: int, note: ServerNote) -> None:
        """Write the note of a generation atomically."""
        path = self._generations.folder(number) / NOTE
        temporary = path.with_suffix(".new")
        temporary.write_text(json.dumps(asdict(note)), encoding="utf-8")
        temporary.replace(path)

    def all(self) -> dict[int, ServerNote]:
        """Return every valid note by the number of its generation, whether that was published or not."""
        found: dict[int, ServerNote] = {}
        for number in self._generations.numbers():
            with suppress(DerivedIndexError):
                note = self.read(number)
                if note is not None:
                    found[number] = note
        return found
