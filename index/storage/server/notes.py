"""What a generation whose vectors are on a Chroma server remembers of it: `server.json` in its folder."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field

from index.errors import DerivedIndexError
from index.storage.generation.folders import NOTE, Generations
from index.storage.server.connection import ChromaServer


@dataclass(frozen=True, slots=True)
class ServerNote:
    """What `server.json` holds.

    `places` says in which collection each folder of the seeds is. `first` and `last` are the numbers that the
    generation's new chunks may have. `log` names the log that its texts are in (`log.py`); `log_start` and
    `log_size` are the characters of its first step, and of all. `removed` are chunks that are to go from the server,
    and `old_logs` logs, as soon as an earlier generation is gone: its number, the chunks' folder, their numbers; its
    number, the log.

    `superseded` is when those who follow the server were told of another generation, in seconds since the epoch; 0 as
    long as they were not. `writer` is who writes it, in words, where that is another machine; it calls it generation
    `origin`.
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
    def follows(self) -> bool:
        """Whether another machine writes what this generation is of."""
        return bool(self.writer)

    def is_on(self, server: ChromaServer | None) -> bool:
        """Whether that is the server, and the database there."""
        return server is not None and (self.url, self.tenant, self.database) == (
            server.url, server.tenant, server.database,
        )  # fmt: skip


class ServerNotes:
    """The notes of all generations of a data folder. Raises `DerivedIndexError` for one that can't be understood."""

    def __init__(self, generations: Generations) -> None:
        self._generations = generations

    def read(self, number: int) -> ServerNote | None:
        """A generation's note; None where its vectors are in its folder."""
        path = self._generations.folder(number) / NOTE
        try:
            return ServerNote(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            raise DerivedIndexError(f"{path} is not as it was published ({error})") from error

    def write(self, number: int, note: ServerNote) -> None:
        """Write a generation's note, at once or not at all."""
        path = self._generations.folder(number) / NOTE
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(asdict(note)), encoding="utf-8")
        beside.replace(path)

    def all(self) -> dict[int, ServerNote]:
        """The notes that can be read, by the number of their generation, published or not."""
        found: dict[int, ServerNote] = {}
        for number in self._generations.numbers():
            with suppress(DerivedIndexError):
                note = self.read(number)
                if note is not None:
                    found[number] = note
        return found
