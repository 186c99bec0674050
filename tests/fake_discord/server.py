"""The server of the simulated Discord, in a thread of its own, and what a test needs to control it.

    with FakeDiscord() as discord:
        guild = discord.add_guild("Museum", owner="ada")
        ...

All methods are synchronous and may be called from any thread except the server's.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any, Self, TypeVar

from aiohttp import web

from tests.fake_discord.core import Core, Request, Settings, Violation
from tests.fake_discord.faults import Fault
from tests.fake_discord.http import PREFIX, Http
from tests.fake_discord.rate_limits import Exceeded
from tests.fake_discord.sessions import Connection, Session
from tests.fake_discord.state import Payload, User, World

T = TypeVar("T")
LONGEST_CALL = 30.0  # seconds


class Server:
    """Starts and stops, runs functions in its event loop, and returns what it has recorded."""

    def __init__(self, **settings: Any) -> None:
        self.settings = Settings(**settings)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake-discord", daemon=True)
        self._news = threading.Condition()
        self._version = 0
        self._core = Core(self.settings, self._changed)
        self._http = Http(self._core)
        self._runner: web.AppRunner | None = None
        self.port = self.settings.port

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(LONGEST_CALL)
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    async def _start(self) -> None:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._http.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self._core.http_url = f"http://127.0.0.1:{self.port}"
        self._core.gateway_url = f"ws://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Stop; open connections are cut."""
        if not self._thread.is_alive():
            return

        async def stop() -> None:
            for connection in self._core.gateway.connections:
                connection.abort()
            if self._runner is not None:
                await self._runner.cleanup()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(stop(), self._loop).result(LONGEST_CALL)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(LONGEST_CALL)
        self._loop.close()

    def _changed(self) -> None:
        with self._news:
            self._version += 1
            self._news.notify_all()

    def call(self, function: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """Run a function in the server's event loop, where nothing else happens meanwhile, and return its result."""
        if threading.current_thread() is self._thread:
            return function(*arguments, **options)

        async def run() -> T:
            return function(*arguments, **options)

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(LONGEST_CALL)

    @property
    def api_url(self) -> str:
        """The value for DISCORD_API_URL."""
        return self._core.http_url + PREFIX

    @property
    def gateway_url(self) -> str:
        """The value for DISCORD_GATEWAY_URL."""
        return self._core.gateway_url

    @property
    def environment(self) -> dict[str, str]:
        """The variables that `footnote serve` needs."""
        return {
            "DISCORD_API_URL": self.api_url,
            "DISCORD_GATEWAY_URL": self.gateway_url,
            "DISCORD_TOKEN": self.settings.token,
        }

    @property
    def world(self) -> World:
        """The state. Only this Discord may change it."""
        return self._core.world

    @property
    def bot(self) -> User:
        """The bot's user."""
        return self._core.world.bot

    @property
    def requests(self) -> list[Request]:
        """Every request so far."""
        return list(self._core.requests)

    def requests_to(self, method: str, route: str) -> list[Request]:
        """Return the requests to a route, with placeholders: ("POST", "/channels/{channel_id}/messages")."""
        return [one for one in self._core.requests if (one.method, one.route) == (method, route)]

    @property
    def violations(self) -> list[Violation]:
        """What the client should not have sent. A test that provokes violations clears them."""
        return self._core.violations

    @property
    def exceeded(self) -> list[Exceeded]:
        """The requests that were sent although none remained of a limit."""
        return list(self._core.rate_limits.exceeded)

    @property
    def connections(self) -> list[Connection]:
        """Every connection to the gateway so far, with its heartbeats."""
        return list(self._core.gateway.connections)

    @property
    def live_sessions(self) -> list[Session]:
        """The sessions that are connected."""
        return [one for one in list(self._core.gateway.sessions.values()) if one.connection is not None]

    def registered_commands(self) -> dict[int | None, list[Payload]]:
        """The registered commands by server, None for global ones."""
        return dict(self._core.world.commands)

    @property
    def failures(self) -> list[str]:
        """Tracebacks of internal errors of this Discord."""
        return list(self._core.failures)

    @property
    def response_problems(self) -> list[str]:
        """Differences between this Discord's own responses and Discord's document."""
        return list(dict.fromkeys(self._http.response_problems))

    def check(self) -> None:
        """Raise AssertionError if the client broke a rule, or this Discord failed."""
        assert self.failures == [], "\n".join(self.failures)
        assert [str(violation) for violation in self.violations] == []

    def arrange(self, fault: Fault) -> Fault:
        """Add a fault; `fault.met` counts how often it happened."""
        self.call(self._core.faults.due.append, fault)
        return fault

    def set_limit(self, route: str, count: int, seconds: float) -> None:
        """Change a limit before its first use: `set_limit("POST /channels/{channel_id}/messages", 2, 0.5)`."""
        self.call(self._core.rate_limits.limits.__setitem__, route, (count, seconds))

    def _open_connections(self) -> list[Connection]:
        return [one for one in self._core.gateway.connections if one.is_open]

    def cut_connections(self) -> None:
        """Cut all gateway connections without closing them; sessions can be resumed."""

        def cut() -> None:
            for connection in self._open_connections():
                connection.abort()

        self.call(cut)

    def refuse_connections(self, *, refuse: bool) -> None:
        """Let the gateway be down (503), or up again; existing connections stay."""
        self.call(setattr, self._core.gateway, "is_down", refuse)

    def ask_to_reconnect(self) -> None:
        """Ask all clients to reconnect and resume."""

        def ask() -> None:
            for connection in self._open_connections():
                connection.send({"op": 7, "s": None, "t": None, "d": None})

        self.call(ask)

    def invalidate_sessions(self, *, resumable: bool = False) -> None:
        """Tell all clients that their session is over, or that they have to resume it."""

        def invalidate() -> None:
            for connection in self._open_connections():
                if connection.session is not None and not resumable:
                    self._core.gateway.sessions.pop(connection.session.id, None)
                    connection.session.connection = None
                connection.send({"op": 9, "s": None, "t": None, "d": resumable})

        self.call(invalidate)

    def close_connections(self, code: int) -> None:
        """Close all gateway connections with a code."""

        def close() -> None:
            for connection in self._open_connections():
                connection.close(code)

        self.call(close)

    def ask_for_heartbeats(self) -> None:
        """Request a heartbeat from all clients now. Not more than once a second: clients limit what they send."""

        def ask() -> None:
            for connection in self._open_connections():
                connection.send({"op": 1, "s": None, "t": None, "d": None})

        self.call(ask)

    def ping_connections(self) -> None:
        """Ping the event loops of all clients as often as you like: `connection.round_trips`."""

        def ping() -> None:
            for connection in self._open_connections():
                connection.ping()

        self.call(ping)
