"""The gateway: identify clients, exchange heartbeats, and send each session the events that its intents allow."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from aiohttp import WSCloseCode, WSMsgType, web

from tests.fake_discord.payloads import guild_create_payload, member_payload, own_user_payload
from tests.fake_discord.sessions import LARGEST_INTENTS, Connection, Intent, Session
from tests.fake_discord.state import Guild, Payload

if TYPE_CHECKING:
    from tests.fake_discord.core import Core

LARGEST_PAYLOAD = 4096  # bytes that a client may send at once
MOST_PAYLOADS = (120, 60.0)  # messages that a client may send within seconds
PRIVILEGED = {
    Intent.GUILD_PRESENCES: 1 << 12 | 1 << 13,
    Intent.GUILD_MEMBERS: 1 << 14 | 1 << 15,
    Intent.MESSAGE_CONTENT: 1 << 18 | 1 << 19,
}
# Accepted and ignored: presence, voice state, soundboard sounds.
IGNORED_OPERATIONS = (3, 4, 31)
# No violations: a person has to correct a wrong token, for example.
EXPECTED = (4004, 4009)


class GatewayClosed(Exception):
    """The client broke the protocol: the connection is closed with this code of Discord."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


class Gateway:
    """All sessions and connections. Only used in the server's event loop."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.sessions: dict[str, Session] = {}
        self.connections: list[Connection] = []
        self.identified: list[float] = []
        self.is_down = False

    def dispatch(
        self,
        event: str,
        data: Payload | Callable[[Session], Payload],
        *,
        guild: Guild | None = None,
        needs: Intent = Intent(0),  # noqa: B008 (a constant)
    ) -> None:
        """Send an event to every session of the server's shard that has the intents.

        An event without a server goes to the first shard.
        """
        for session in self.sessions.values():
            shard = 0 if guild is None else (guild.id >> 22) % session.shards
            if session.shard == shard and session.intents & needs == needs:
                session.add(event, data(session) if callable(data) else data)
        self._core.changed()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Handle one connection from HELLO to its end."""
        if self.is_down:
            return web.Response(status=503)
        socket = web.WebSocketResponse(autoping=False, compress=False, max_msg_size=0)
        await socket.prepare(request)
        try:
            connection = Connection(socket, request, self._core.settings.heartbeat_interval)
        except (KeyError, ImportError):
            await socket.close(code=4002, message=b"unknown compression")
            return socket
        self.connections.append(connection)
        writer = asyncio.create_task(connection.write())
        watch = asyncio.create_task(self._watch(connection))
        connection.send({"op": 10, "s": None, "t": None, "d": {"heartbeat_interval": int(connection.interval * 1000)}})
        try:
            await self._listen(socket, connection)
        except GatewayClosed as closed:
            connection.close_code = closed.code
            if closed.code not in EXPECTED:
                self._core.violate("GATEWAY", "/", f"{closed.code} {closed.reason}", None)
            with suppress(ConnectionError):
                await socket.close(code=closed.code, message=closed.reason.encode())
        finally:
            writer.cancel()
            watch.cancel()
            self._ended(connection, socket.close_code)
        return socket

    def _ended(self, connection: Connection, code: int | None) -> None:
        connection.closed_at = time.monotonic()
        connection.close_code = connection.close_code or code
        session = connection.session
        if session is not None and session.connection is connection:
            session.connection = None
            # A client that has closed the session, or is asleep, can't resume it.
            if connection.close_code in (WSCloseCode.OK, WSCloseCode.GOING_AWAY, 4009):
                self.sessions.pop(session.id, None)
        self._core.changed()

    async def _watch(self, connection: Connection) -> None:
        """Close a connection whose heartbeats have stopped."""
        while True:
            await asyncio.sleep(connection.interval / 4)
            last = connection.heartbeats[-1] if connection.heartbeats else connection.opened_at
            if time.monotonic() - last > connection.interval + self._core.settings.heartbeat_grace:
                connection.close(4009)
                return

    async def _listen(self, socket: web.WebSocketResponse, connection: Connection) -> None:
        async for frame in socket:
            if frame.type is WSMsgType.PONG:
                connection.note_pong(bytes(frame.data))
            elif frame.type is WSMsgType.PING:
                await socket.pong(frame.data)
            elif frame.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                self._take(connection, frame.data)
                self._core.changed()

    def _take(self, connection: Connection, data: str | bytes) -> None:
        if len(data.encode() if isinstance(data, str) else data) > LARGEST_PAYLOAD:
            raise GatewayClosed(4002, "payload too large")
        try:
            payload = json.loads(data)
            operation, content = payload["op"], payload.get("d")
        except (ValueError, KeyError, TypeError) as error:
            raise GatewayClosed(4002, "decode error") from error
        connection.received.append({**payload, "at": time.monotonic()})
        count, seconds = MOST_PAYLOADS
        if len(connection.received) > count and time.monotonic() - connection.received[-count]["at"] < seconds:
            raise GatewayClosed(4008, "rate limited")
        if operation == 1:
            connection.heartbeats.append(time.monotonic())
            connection.send({"op": 11, "s": None, "t": None, "d": None})
        elif operation == 2:
            self._identify(connection, content)
        elif operation == 6:
            self._resume(connection, content)
        elif connection.session is None:
            raise GatewayClosed(4003, "not authenticated")
        elif operation == 8:
            self._send_members(connection.session, content)
        elif operation not in IGNORED_OPERATIONS:
            raise GatewayClosed(4001, f"unknown opcode {operation}")

    def _identify(self, connection: Connection, content: Payload) -> None:
        if connection.session is not None:
            raise GatewayClosed(4005, "already authenticated")
        self._check_token(content)
        intents = self._checked_intents(content)
        if not {"os", "browser", "device"} <= set(content.get("properties") or {}):
            raise GatewayClosed(4002, "IDENTIFY without properties")
        shard, shards = content.get("shard") or (0, 1)
        if not 0 <= shard < shards:
            raise GatewayClosed(4010, "invalid shard")
        if shards < self._core.settings.shards:
            raise GatewayClosed(4011, "sharding required")
        self.identified.append(time.monotonic())
        session = Session(secrets.token_hex(16), shard, shards, intents, connection=connection)
        for other in [one for one in self.sessions.values() if (one.shard, one.connection) == (shard, None)]:
            del self.sessions[other.id]  # it is not resumed
        self.sessions[session.id] = session
        connection.session = session
        self._greet(session)

    def _check_token(self, content: object) -> None:
        if not isinstance(content, dict) or content.get("token") != self._core.settings.token:
            raise GatewayClosed(4004, "authentication failed")

    def _checked_intents(self, content: Payload) -> Intent:
        number = content.get("intents")
        if not isinstance(number, int) or not 0 <= number <= LARGEST_INTENTS:
            raise GatewayClosed(4013, "invalid intents")
        for intent, flags in PRIVILEGED.items():
            if number & intent and not self._core.settings.application_flags & flags:
                raise GatewayClosed(4014, f"disallowed intents: {intent.name}")
        return Intent(number)

    def _greet(self, session: Session) -> None:
        world, settings = self._core.world, self._core.settings
        guilds = [one for one in world.guilds.values() if (one.id >> 22) % session.shards == session.shard]
        ready = {
            "v": 10,
            "user": own_user_payload(world.bot),
            "user_settings": {},
            "relationships": [],
            "private_channels": [],
            "presences": [],
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": f"{self._core.gateway_url}/resume",
            "session_type": "normal",
            "shard": [session.shard, session.shards],
            "application": {"id": str(self._core.application_id), "flags": settings.application_flags},
            "geo_ordered_rtc_regions": [],
            "guild_join_requests": [],
            "auth": {},
            "_trace": [],
        }
        session.add("READY", ready)
        if session.intents & Intent.GUILDS:
            for guild in guilds:
                session.add("GUILD_CREATE", self.guild_payload(session, guild))

    def guild_payload(self, session: Session, guild: Guild) -> Payload:
        """Return a server as the session may see it."""
        everyone = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES
        return guild_create_payload(guild, self._core.world.bot, with_members=session.intents & everyone == everyone)

    def _resume(self, connection: Connection, content: Payload) -> None:
        if connection.session is not None:
            raise GatewayClosed(4005, "already authenticated")
        self._check_token(content)
        session = self.sessions.get(str(content.get("session_id")))
        sequence = content.get("seq")
        if session is None:
            connection.send({"op": 9, "s": None, "t": None, "d": False})
            return
        if not isinstance(sequence, int) or not 0 <= sequence <= session.sequence:
            raise GatewayClosed(4007, "invalid seq")
        if session.connection is not None:
            session.connection.abort()  # a connection that the client has given up
        session.connection, connection.session, connection.resumed = connection, session, True
        for event in session.events[sequence:]:
            connection.send(event)
        session.add("RESUMED", {"_trace": []})

    def _send_members(self, session: Session, content: Payload) -> None:
        guild = self._core.world.guilds.get(int(content["guild_id"]))
        if guild is None:
            return
        if content.get("query") == "" and not content.get("limit") and not session.intents & Intent.GUILD_MEMBERS:
            raise GatewayClosed(4014, "all members without the intent")
        wanted = content.get("user_ids")
        ids = {int(one) for one in (wanted if isinstance(wanted, list) else [wanted])} if wanted else None
        query = (content.get("query") or "").lower()
        found = [
            member
            for member in guild.members.values()
            if (member.user.id in ids if ids is not None else member.user.name.lower().startswith(query))
        ]
        chunk = {
            "guild_id": str(guild.id),
            "members": [member_payload(member) for member in found],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [str(one) for one in sorted((ids or set()) - set(guild.members))],
        }
        session.add("GUILD_MEMBERS_CHUNK", chunk | ({"nonce": content["nonce"]} if "nonce" in content else {}))
