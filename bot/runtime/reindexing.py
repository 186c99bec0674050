"""Bringing the index up to date in a thread of a running bot. One run at a time; stopped, it loses nothing."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from bot.config.settings import Settings
from bot.errors import FootnoteError
from bot.runtime.wiring import ingest

if TYPE_CHECKING:
    from index.ingestion.report import Progress, Report

BETWEEN = 0.2  # seconds between two calls of `tell`


class Stopped(FootnoteError):
    """Indexing was stopped because Footnote is closing."""


class Reindexing:
    """Runs of `footnote index` inside the bot."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stopping = threading.Event()
        self._running = False

    @property
    def is_running(self) -> bool:
        """Whether a run is under way."""
        return self._running

    def stop(self) -> None:
        """End the run that is under way at its next step; what was embedded is kept for the next one."""
        self._stopping.set()

    async def run(self, tell: Callable[[Progress], None]) -> Report:
        """Bring the index up to date. `tell` is called on the event loop, as if by the caller, a few times a second.

        Raises `Stopped`, and as `Ingestion.run` does. To be called only while none is running.
        """
        last, due = "", 0.0

        def told(progress: Progress) -> None:
            nonlocal last, due
            if self._stopping.is_set():
                raise Stopped("indexing was stopped because Footnote is closing; run it again afterwards")
            # Files that have not changed are looked at by the thousand: the event loop is not to hear of each.
            if progress.step != last or progress.done == progress.total or time.monotonic() >= due:
                last, due = progress.step, time.monotonic() + BETWEEN
                loop.call_soon_threadsafe(tell, progress, context=context)

        loop, context = asyncio.get_running_loop(), contextvars.copy_context()
        outcome: asyncio.Future[Report] = loop.create_future()

        def work() -> None:
            try:
                report = ingest(self._settings, progress=told)
            except Exception as error:  # noqa: BLE001 (handed over to whoever waits)
                _hand_over(loop, outcome, partial(outcome.set_exception, error))
            except BaseException as error:  # noqa: BLE001 (panics of libraries in Rust are no `Exception`)
                panic = RuntimeError(f"indexing ended with {type(error).__name__}: {error}")
                panic.__cause__ = error
                _hand_over(loop, outcome, partial(outcome.set_exception, panic))
            else:
                _hand_over(loop, outcome, partial(outcome.set_result, report))

        self._running = True
        try:
            # Not a pool's thread: those are waited for when the program ends, however long they take.
            threading.Thread(target=work, name="reindexing", daemon=True).start()
            return await outcome
        finally:
            self._running = False


def _hand_over(loop: asyncio.AbstractEventLoop, outcome: asyncio.Future[Report], settle: Callable[[], None]) -> None:
    def settled() -> None:
        if not outcome.done():
            settle()

    if not loop.is_closed():
        loop.call_soon_threadsafe(settled)
