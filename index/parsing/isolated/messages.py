"""Messages between two processes: pickled objects behind their length, through pipes."""

from __future__ import annotations

import os
import pickle
import select
import time
from typing import Any

_LENGTH_BYTES = 8
_MOST_AT_ONCE = 1 << 20


def send(pipe: int, message: object) -> None:
    """Write a message. Raises BrokenPipeError if nobody can read it."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    rest = memoryview(len(data).to_bytes(_LENGTH_BYTES) + data)
    while rest:
        rest = rest[os.write(pipe, rest) :]


def receive(pipe: int, *, deadline: float) -> Any:
    """Return the next message. Raises EOFError if none comes any more, TimeoutError after `deadline` (monotonic)."""
    length = int.from_bytes(_read(pipe, _LENGTH_BYTES, deadline))
    return pickle.loads(_read(pipe, length, deadline))


def _read(pipe: int, length: int, deadline: float) -> bytes:
    parts = bytearray()
    ready = select.poll()  # `select` itself knows no pipe beyond the thousandth open file
    ready.register(pipe, select.POLLIN)
    while len(parts) < length:
        if not ready.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise TimeoutError
        part = os.read(pipe, min(_MOST_AT_ONCE, length - len(parts)))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)
