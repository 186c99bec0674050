"""A message that is edited as text arrives: the newest text wins, edits never overlap and are spaced out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")

# Seconds between two edits. Discord allows five requests in five seconds in a channel, and others write there too.
INTERVAL = 1.2

log = logging.getLogger(__name__)


class Draft(Generic[T]):
    """Shows content with `send`, at most every `interval` seconds. Content that is superseded meanwhile is never sent.

    If Discord's rate limit is reached, discord.py sleeps inside `send`. No second call starts before the first has
    ended, so nothing piles up. To be used on one event loop.
    """

    def __init__(self, send: Callable[[T], Awaitable[object]], *, interval: float = INTERVAL) -> None:
        self._send = send
        self._interval = interval
        self._newest: list[T] = []  # at most one item, not sent yet
        self._over = asyncio.Event()
        self._sending = asyncio.Lock()
        self._editing: asyncio.Task[None] | None = None

    def update(self, content: T) -> None:
        """Show this as soon as the interval allows, unless newer content comes first. Ignored after the end."""
        if self._over.is_set():
            return
        self._newest = [content]
        if self._editing is None or self._editing.done():
            self._editing = asyncio.create_task(self._edit())

    async def finish(self, content: T) -> None:
        """Show this as the last content, whatever happened to earlier edits. Raises what `send` raises."""
        await self.cancel()
        async with self._sending:
            await self._send(content)

    async def cancel(self) -> None:
        """Show nothing more. Wait for the edit that is being sent, which can't be taken back."""
        self._over.set()
        self._newest.clear()
        if self._editing is not None:
            # Not `await self._editing`: cancelling the caller would cancel the edit too.
            await asyncio.wait({self._editing})

    async def _edit(self) -> None:
        """Send the newest content until there is none, with a pause after each."""
        while self._newest:
            async with self._sending:
                try:
                    await self._send(self._newest.pop())
                except Exception as error:  # noqa: BLE001 (the next edit may work, and the last content is sent by `finish`)
                    log.warning("a message could not be edited (%s: %s)", type(error).__name__, error)
            try:
                async with asyncio.timeout(self._interval):
                    await self._over.wait()
            except TimeoutError:
                continue
