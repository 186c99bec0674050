"""What those who search from another machine need beside the vectors, on the server: texts, spans, what is visible.

A log tells it: each generation is a step, which says what has changed since the one before; the first step of a log
says everything. What a step says is never written again. A record apart, the head, names the generation that is
visible; it is written last, so that whoever follows sees one whole generation or the next.

    footnote-head                     "head": the generation, its lineage and log, and who writes
    footnote-LINEAGE-log-LOG          "17": the step before, how many parts;  "17.0", "17.1" …: its lines, compressed
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from index.errors import ChromaServerError, MissingOnChromaServer
from index.storage.catalog.rows import SCHEMA_VERSION, Generation, generation_columns, generation_of

HEAD = "head"
HEADS = "footnote-head"
PART = 45_000  # bytes of a part before they become text
PARTS_A_REQUEST = 16


class Texts(Protocol):
    """Texts by collection and name; see `chroma_server.ServerTexts`."""

    def put(self, collection: str, texts: Mapping[str, str]) -> None:
        """Write texts, or write over them."""

    def get(self, collection: str, names: Sequence[str]) -> dict[str, str]:
        """Those of the texts that are there."""


@dataclass(frozen=True, slots=True)
class Head:
    """Which generation is visible on a server, by the number that its writer gives it.

    `places` says in which collection each folder of the seeds is.

    `host` and `data` say in words who writes: a machine, and the data folder there.
    """

    lineage: str
    log: str
    places: dict[str, str]
    host: str
    data: str
    generation: Generation

    @property
    def writer(self) -> str:
        """Who writes, in words."""
        return f"{self.host} writes from {self.data}"


def log_name(lineage: str, log: str) -> str:
    """What the collection of a log is called."""
    return f"footnote-{lineage}-log-{log}"


def write_head(texts: Texts, head: Head) -> None:
    """Make a generation the visible one."""
    said = {
        "format": SCHEMA_VERSION,
        "lineage": head.lineage,
        "log": head.log,
        "places": head.places,
        "host": head.host,
        "data": head.data,
        "generation": generation_columns(head.generation),
    }
    texts.put(HEADS, {HEAD: json.dumps(said)})


def read_head(texts: Texts) -> Head | None:
    """The visible generation, None where there is none. Raises `ChromaServerError` for one of another version."""
    text = texts.get(HEADS, [HEAD]).get(HEAD)
    if text is None:
        return None
    try:
        said = json.loads(text)
        if said["format"] != SCHEMA_VERSION:
            raise ValueError("another format")
        return Head(
            said["lineage"], said["log"], said["places"], said["host"], said["data"],
            generation_of(said["generation"]),
        )  # fmt: skip
    except (ValueError, TypeError, KeyError) as error:
        raise ChromaServerError(
            "the index on the Chroma server was written by another version of Footnote; update the older one"
        ) from error


def write_step(texts: Texts, log: str, generation: int, previous: int | None, lines: Iterable[Any]) -> int:
    """Write what a generation changes, in lines that JSON can hold; how many characters that took.

    `log` is the name of its collection, `previous` is the step before, None where the lines say everything.
    """
    count = size = 0
    packed = _packed(lines)
    while parts := list(islice(packed, PARTS_A_REQUEST)):
        texts.put(log, {f"{generation}.{count + place}": part for place, part in enumerate(parts)})
        count += len(parts)
        size += sum(map(len, parts))
    texts.put(log, {str(generation): json.dumps({"previous": previous, "parts": count})})
    return size


def steps_to(texts: Texts, log: str, generation: int, known: int | None) -> tuple[list[int], bool]:
    """The steps that lead to a generation, in order; whether they begin with one that says everything.

    Else they begin after `known`. Raises `MissingOnChromaServer`.
    """
    steps = []
    step: int | None = generation
    while step is not None and step != known:
        steps.append(step)
        step = _step(texts, log, step)["previous"]
    return steps[::-1], step is None


def read_step(texts: Texts, log: str, generation: int) -> Iterator[Any]:
    """The lines of a step. Raises `MissingOnChromaServer` where a part is missing."""
    unpacking, rest = zlib.decompressobj(), b""
    count = _step(texts, log, generation)["parts"]
    for first in range(0, count, PARTS_A_REQUEST):
        names = [f"{generation}.{number}" for number in range(first, min(first + PARTS_A_REQUEST, count))]
        found = texts.get(log, names)
        for name in names:
            if name not in found:
                raise MissingOnChromaServer(f"the Chroma server lacks a part of generation {generation}")
            rest += unpacking.decompress(base64.b64decode(found[name]))
            *lines, rest = rest.split(b"\n")
            yield from map(json.loads, lines)


def _step(texts: Texts, log: str, generation: int) -> dict[str, Any]:
    text = texts.get(log, [str(generation)]).get(str(generation))
    if text is None:
        raise MissingOnChromaServer(f"the Chroma server lacks the texts of generation {generation}")
    found: dict[str, Any] = json.loads(text)
    return found


def _packed(lines: Iterable[Any]) -> Iterator[str]:
    """Lines, compressed together, as texts of limited length."""
    packing, waiting = zlib.compressobj(), bytearray()
    for line in lines:
        waiting += packing.compress(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        while len(waiting) >= PART:
            yield base64.b64encode(waiting[:PART]).decode()
            del waiting[:PART]
    waiting += packing.flush()
    for first in range(0, len(waiting), PART):
        yield base64.b64encode(waiting[first : first + PART]).decode()
