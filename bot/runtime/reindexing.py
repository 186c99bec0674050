"""Update the index in a thread of a running bot. One run at a time; a run that is stopped loses nothing."""

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

PROGRESS_INTERVAL = 0.2  # seconds between two calls of `progress`


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
        """True while the index is being updated."""
        return self._running

    def stop(self) -> None:
        """Stop the current run at its next step, and refuse others. What was embedded is kept for the next start."""
        self._stopping.set()

    async def run(self, progress: Callable[[Progress], None]) -> Report:
        """Update the index. `progress` is called on the event loop, in the caller's context, a few times a second.

        Raises `Stopped`, and what `Ingestion.run` raises. Not to be called while another run is going on.
        """
        step, due = "", 0.0

        def report_progress(now: Progress) -> None:
            nonlocal step, due
            if self._stopping.is_set():
                raise Stopped("indexing was stopped because Footnote is closing; run it again afterwards")
            # Thousands of unchanged files are compared a second: don't call the event loop for each.
            if now.step != step or now.done == now.total or time.monotonic() >= due:
                step, due = now.step, time.monotonic() + PROGRESS_INTERVAL
                loop.call_soon_threadsafe(progress, now, context=context)

        loop, context = asyncio.get_running_loop(), contextvars.copy_context()
        outcome: asyncio.Future[Report] = loop.create_future()

        def work() -> None:
            try:
                report = ingest(self._settings, progress=report_progress)
            except Exception as error:  # noqa: BLE001 (raised where `outcome` is awaited)
                _settle(loop, outcome, partial(outcome.set_exception, error))
            except BaseException as error:  # noqa: BLE001 (a panic in a Rust library is no `Exception`)
                panic = RuntimeError(f"indexing ended with {type(error).__name__}: {error}")
                panic.__cause__ = error
                _settle(loop, outcome, partial(outcome.set_exception, panic))
            else:
                _settle(loop, outcome, partial(outcome.set_result, report))

        self._running = True
        try:
            # Not a thread of a pool: the interpreter waits for those when it exits, however long they take.
            threading.Thread(target=work, name="reindexing", daemon=True).start()
            return await outcome
        finally:
            self._running = False


def _settle(loop: asyncio.AbstractEventLoop, outcome: asyncio.Future[Report], settle: Callable[[], None]) -> None:
    """Call `settle` on the event loop, unless nobody awaits `outcome` any more."""

    def settle_once() -> None:
        if not outcome.done():
            settle()

    if not loop.is_closed():
        loop.call_soon_threadsafe(settle_once)
