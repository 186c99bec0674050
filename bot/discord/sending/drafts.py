"""A message that changes as text arrives: the newest text wins, edits never overlap and keep their distance."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")

INTERVAL = (
    1.2  # seconds between two edits: Discord allows five in five seconds in a channel, and others write there too
)

log = logging.getLogger(__name__)


class Draft(Generic[T]):
    """Shows what it is given by `send`, at most every `interval` seconds; what was overtaken meanwhile is never sent.

    Where Discord's rate limit asks for more patience, discord.py sleeps within `send`: as no second one is started
    before the first has ended, nothing piles up behind it. To be used on one event loop.
    """

    def __init__(self, send: Callable[[T], Awaitable[object]], interval: float = INTERVAL) -> None:
        self._send = send
        self._interval = interval
        self._newest: list[T] = []  # at most one, which has not been sent yet
        self._over = asyncio.Event()
        self._sending = asyncio.Lock()
        self._editing: asyncio.Task[None] | None = None

    def update(self, content: T) -> None:
        """Show this as soon as it is allowed, unless something newer comes first; nothing after the end."""
        if self._over.is_set():
            return
        self._newest = [content]
        if self._editing is None or self._editing.done():
            self._editing = asyncio.create_task(self._edit())

    async def finish(self, content: T) -> None:
        """Show this last, whatever became of the earlier edits. Raises what `send` raises."""
        await self.cancel()
        async with self._sending:
            await self._send(content)

    async def cancel(self) -> None:
        """Show nothing more. The edit in flight is waited for: what was half sent can't be taken back."""
        self._over.set()
        self._newest.clear()
        if self._editing is not None:
            # Not `await self._editing`: whoever waits here may be cancelled, which must not tear the edit.
            await asyncio.wait({self._editing})

    async def _edit(self) -> None:
        """Send the newest until there is none, with a pause after each."""
        while self._newest:
            async with self._sending:
                try:
                    await self._send(self._newest.pop())
                except Exception as error:  # noqa: BLE001 (the next one may work, and the last one is not lost)
                    log.warning("a message could not be edited (%s: %s)", type(error).__name__, error)
            try:
                async with asyncio.timeout(self._interval):
                    await self._over.wait()
            except TimeoutError:
                continue
