"""Gateway sessions and connections: what was sent, what can be replayed, when the client's heartbeats came."""

from __future__ import annotations

import asyncio
import json
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntFlag
from importlib import import_module
from typing import Any, Protocol

from aiohttp import web

from tests.fake_discord.state import Payload


class Intent(IntFlag):
    """The gateway's intents that are modelled, by Discord's bits."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15


LARGEST_INTENTS = (1 << 26) - 1


class Compressor(Protocol):
    """What the transport compressions have in common."""

    def compress(self, data: bytes, /) -> bytes:
        """Compress bytes; may return some."""

    def flush(self, mode: int, /) -> bytes:
        """Return everything that has been compressed."""


def compressor_for(kind: str) -> tuple[Compressor, int] | None:
    """Return the compression that a client requested and its flush mode; None for none. Raises KeyError."""
    if not kind:
        return None
    if kind == "zlib-stream":
        return zlib.compressobj(), zlib.Z_SYNC_FLUSH
    if kind == "zstd-stream":
        zstandard = import_module("zstandard")  # installed if discord.py requests it
        return zstandard.ZstdCompressor().compressobj(), zstandard.COMPRESSOBJ_FLUSH_BLOCK
    raise KeyError(kind)


@dataclass(eq=False)
class Session:
    """A session, which survives a broken connection: its events in order, which can be replayed from any of them."""

    id: str
    shard: int
    shards: int
    intents: Intent
    events: list[Payload] = field(default_factory=list, repr=False)
    connection: Connection | None = field(default=None, repr=False)

    @property
    def sequence(self) -> int:
        """The number of the last event."""
        return len(self.events)

    def add(self, event: str, data: Payload) -> None:
        """Number an event, and send it if the client is connected."""
        self.events.append({"op": 0, "t": event, "s": self.sequence + 1, "d": data})
        if self.connection is not None:
            self.connection.send(self.events[-1])


class Connection:
    """One WebSocket, with the times of its heartbeats. All times are `time.monotonic()`."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request, interval: float) -> None:
        self.path = request.path
        self.compression = request.query.get("compress", "")
        self.interval = interval
        self.opened_at = time.monotonic()
        self.closed_at: float | None = None
        self.close_code: int | None = None
        self.heartbeats: list[float] = []
        self.round_trips: list[float] = []
        self.received: list[Payload] = []
        self.sent = 0
        self.resumed = False
        self.session: Session | None = None
        self._pinged_at: dict[bytes, float] = {}
        self._socket = socket
        self._transport = request.transport
        self._compressor = compressor_for(self.compression)
        self._outgoing: asyncio.Queue[Callable[[], Any]] = asyncio.Queue()

    @property
    def is_open(self) -> bool:
        """True if it has not ended."""
        return self.closed_at is None

    @property
    def gaps(self) -> list[float]:
        """The seconds between its heartbeats, and from the last one until now or until the end."""
        ends = [*self.heartbeats, self.closed_at or time.monotonic()]
        return [later - earlier for earlier, later in zip(self.heartbeats, ends[1:], strict=True)]

    @property
    def is_on_time(self) -> bool:
        """True if every heartbeat came within its interval, plus or minus half a second."""
        return max(self.gaps, default=0.0) <= self.interval + 0.5

    def send(self, payload: Payload) -> None:
        """Send in order, without waiting."""
        self._outgoing.put_nowait(lambda: self._send(json.dumps(payload, separators=(",", ":")).encode()))

    def ping(self) -> None:
        """Ping below the protocol: clients answer from their event loop, at no cost to them."""
        mark = str(len(self._pinged_at)).encode()
        self._pinged_at[mark] = time.monotonic()
        self._outgoing.put_nowait(lambda: self._socket.ping(mark))

    def note_pong(self, mark: bytes) -> None:
        """Record the answer to a ping."""
        if mark in self._pinged_at:
            self.round_trips.append(time.monotonic() - self._pinged_at[mark])

    async def write(self) -> None:
        """Send what is queued, until cancelled."""
        while True:
            action = await self._outgoing.get()
            try:
                await action()
            except ConnectionError:
                return

    async def _send(self, data: bytes) -> None:
        self.sent += 1
        if self._compressor is None:
            await self._socket.send_str(data.decode())
        else:
            compressor, mode = self._compressor
            await self._socket.send_bytes(compressor.compress(data) + compressor.flush(mode))

    def close(self, code: int) -> None:
        """Close with a code, after sending what is queued."""
        self.close_code = code
        self._outgoing.put_nowait(lambda: self._socket.close(code=code))

    def abort(self) -> None:
        """Cut the TCP connection without closing it."""
        if self._transport is not None:
            self._transport.abort()
