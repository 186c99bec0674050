"""The log on a Chroma server: everything other than vectors that another machine needs to search the index.

Each generation is a step of a log and says what changed since the one before; the first step of a log says everything.
Steps are never written again. A separate record, the head, names the generation to follow. It is written last, so a
machine that follows sees one whole generation or the next.

    footnote-head                     "head": the generation, its lineage and log, and who writes it
    footnote-LINEAGE-log-LOG          "17": the step before, and the number of parts
                                      "17.0", "17.1" …: its lines, compressed
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

HEAD_NAME = "head"
HEAD_COLLECTION = "footnote-head"
PART_BYTES = 45_000  # of a compressed part, before base64
PARTS_PER_REQUEST = 16


class Texts(Protocol):
    """Texts by collection and name, as `ServerTexts` stores them."""

    def put(self, collection: str, texts: Mapping[str, str]) -> None:
        """Store texts by name, replacing those that exist."""

    def get(self, collection: str, names: Sequence[str]) -> dict[str, str]:
        """Return those of the named texts that exist."""


@dataclass(frozen=True, slots=True)
class Head:
    """The generation that other machines follow, under the number that its writer gave it.

    `places` is the collection of each folder of the seeds. `host` and `data` are the machine that writes and its data
    folder.
    """

    lineage: str
    log: str
    places: dict[str, str]
    host: str
    data: str
    generation: Generation

    @property
    def writer(self) -> str:
        """Return who writes the index, as HOST:FOLDER."""
        return f"{self.host}:{self.data}"


def log_name(lineage: str, log: str) -> str:
    """Return the name of a log's collection."""
    return f"footnote-{lineage}-log-{log}"


def write_head(texts: Texts, head: Head) -> None:
    """Make a generation the one to follow."""
    fields = {
        "format": SCHEMA_VERSION,
        "lineage": head.lineage,
        "log": head.log,
        "places": head.places,
        "host": head.host,
        "data": head.data,
        "generation": generation_columns(head.generation),
    }
    texts.put(HEAD_COLLECTION, {HEAD_NAME: json.dumps(fields)})


def read_head(texts: Texts) -> Head | None:
    """Return the generation to follow, or None if there is none.

    Raises `ChromaServerError` if another version of Footnote wrote it.
    """
    text = texts.get(HEAD_COLLECTION, [HEAD_NAME]).get(HEAD_NAME)
    if text is None:
        return None
    try:
        fields = json.loads(text)
        if fields.pop("format") != SCHEMA_VERSION:
            raise ValueError("another format")
        return Head(generation=generation_of(fields.pop("generation")), **fields)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ChromaServerError(
            "the index on the Chroma server was written by another version of Footnote; update the older one"
        ) from error


def write_step(texts: Texts, log: str, generation: int, previous: int | None, lines: Iterable[Any]) -> int:
    """Write what a generation changes, as lines that JSON can hold. Return the number of characters written.

    `log` is the name of the log's collection. `previous` is the step before, or None if the lines say everything.
    """
    count = size = 0
    parts = _packed(lines)
    while batch := list(islice(parts, PARTS_PER_REQUEST)):
        texts.put(log, {f"{generation}.{number}": part for number, part in enumerate(batch, count)})
        count += len(batch)
        size += sum(map(len, batch))
    texts.put(log, {str(generation): json.dumps({"previous": previous, "parts": count})})
    return size


def steps_to(texts: Texts, log: str, generation: int, *, known: int | None) -> tuple[list[int], bool]:
    """Return the steps that lead to a generation, in order, and whether the first one says everything.

    If it does not, they continue from the step `known`. Raises `MissingOnChromaServer`.
    """
    steps = []
    step: int | None = generation
    while step is not None and step != known:
        steps.append(step)
        step = _step(texts, log, step)["previous"]
    return steps[::-1], step is None


def read_step(texts: Texts, log: str, generation: int) -> Iterator[Any]:
    """Yield the lines of a step. Raises `MissingOnChromaServer` if a part is missing."""
    decompressor, rest = zlib.decompressobj(), b""
    count = _step(texts, log, generation)["parts"]
    for first in range(0, count, PARTS_PER_REQUEST):
        names = [f"{generation}.{number}" for number in range(first, min(first + PARTS_PER_REQUEST, count))]
        found = texts.get(log, names)
        for name in names:
            if name not in found:
                raise MissingOnChromaServer(f"the Chroma server lacks a part of generation {generation}")
            rest += decompressor.decompress(base64.b64decode(found[name]))
            *lines, rest = rest.split(b"\n")
            yield from map(json.loads, lines)


def _step(texts: Texts, log: str, generation: int) -> dict[str, Any]:
    text = texts.get(log, [str(generation)]).get(str(generation))
    if text is None:
        raise MissingOnChromaServer(f"the Chroma server lacks the texts of generation {generation}")
    found: dict[str, Any] = json.loads(text)
    return found


def _packed(lines: Iterable[Any]) -> Iterator[str]:
    """Compress lines together, and yield them as texts of limited length."""
    compressor, pending = zlib.compressobj(), bytearray()
    for line in lines:
        pending += compressor.compress(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        while len(pending) >= PART_BYTES:
            yield base64.b64encode(pending[:PART_BYTES]).decode()
            del pending[:PART_BYTES]
    pending += compressor.flush()
    for first in range(0, len(pending), PART_BYTES):
        yield base64.b64encode(pending[first : first + PART_BYTES]).decode()
