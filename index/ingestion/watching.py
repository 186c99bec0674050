"""Watch a seeds folder, and update the index when its files have changed and then stayed the same for a moment.

The operating system reports changes (watchfiles). On many network disks, and when the folder itself is replaced, it
does not: a comparison of sizes and times every `POLL_SECONDS` finds those. Errors are reported and retried.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import SeedsError, WriterBusy
from index.ingestion.difference import lag
from index.parsing.finding import find_files
from index.parsing.ignore_rules import Ignoring
from index.storage.catalog.catalog import Catalog
from index.storage.paths import CATALOG

if TYPE_CHECKING:
    from index.ingestion.report import Report

SETTLE_SECONDS = 1.0  # without a change, before a run starts: files may still be being written …
MAX_SETTLE_SECONDS = 30.0  # … but a file that always grows must not keep all others out
POLL_SECONDS = 30.0  # between two comparisons if no change is reported
STOP_SECONDS = 0.5  # the time after which `stop` is noticed
MIN_RETRY_SECONDS, MAX_RETRY_SECONDS = 2.0, 120.0  # before a failed run is retried; doubled each time


class Watching:
    """Calls `run` whenever the folder has changed.

    `run` updates the index. `on_report` is called with the report of each run, `on_error` with each error, once
    for as long as its text stays the same.
    """

    def __init__(
        self,
        data: Path,
        seeds: Path,
        *,
        run: Callable[[], Report],
        on_report: Callable[[Report], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        self._data = data
        self._seeds = seeds
        self._run = run
        self._on_report = on_report
        self._on_error = on_error
        self._stopping = threading.Event()
        self._retry_seconds = MIN_RETRY_SECONDS
        self._last_error = ""

    def stop(self) -> None:
        """Make `follow` return, within a second unless a run is in progress. May be called from any thread."""
        self._stopping.set()

    def follow(self) -> None:
        """Update the index now, and after each change, until `stop` is called."""
        while not self._stopping.is_set():
            try:
                if self._is_behind():
                    self._settle()
                    if not self._stopping.is_set():
                        self._on_report(self._run())
                self._retry_seconds, self._last_error = MIN_RETRY_SECONDS, ""
            except WriterBusy:  # the other process may be indexing the same change
                self._stopping.wait(MIN_RETRY_SECONDS)
                continue
            except Exception as error:  # noqa: BLE001 (reported and retried: nobody may be there to restart it)
                if str(error) != self._last_error:
                    self._last_error = str(error)
                    self._on_error(error)
                self._stopping.wait(self._retry_seconds)
                self._retry_seconds = min(2 * self._retry_seconds, MAX_RETRY_SECONDS)
                continue
            self._wait_for_change()

    def _is_behind(self) -> bool:
        if not (self._data / CATALOG).is_file():
            return True
        catalog = Catalog(self._data / CATALOG)
        try:
            with catalog.reading():
                return catalog.active() is None or lag(self._seeds, catalog).is_behind
        finally:
            catalog.close()

    def _settle(self) -> None:
        """Wait until nothing in the folder has changed for `SETTLE_SECONDS`."""
        end = time.monotonic() + MAX_SETTLE_SECONDS
        seen = find_files(self._seeds)
        while time.monotonic() < end and not self._stopping.wait(SETTLE_SECONDS):
            now = find_files(self._seeds)
            if now == seen:
                return
            seen = now

    def _wait_for_change(self) -> None:
        """Wait until a file has changed that may be a document, or until `POLL_SECONDS` have passed."""
        import watchfiles

        root = self._seeds.resolve()
        end, is_first = time.monotonic() + POLL_SECONDS, True
        try:
            ignoring, folder = Ignoring(root), root.stat().st_ino
            for changes in watchfiles.watch(
                root,
                watch_filter=lambda _, path: ignoring.matters(_below(root, path)),
                debounce=200,
                stop_event=self._stopping,
                rust_timeout=int(STOP_SECONDS * 1000),
                yield_on_timeout=True,
                raise_interrupt=True,
                ignore_permission_denied=True,
            ):
                if changes or time.monotonic() >= end or root.stat().st_ino != folder:
                    return
                if is_first and self._is_behind():  # by a change before the system began to report them
                    return
                is_first = False
        except (OSError, SeedsError):  # the folder is missing or cannot be watched: the next run reports it
            self._stopping.wait(MIN_RETRY_SECONDS)


def _below(root: Path, path: str) -> str:
    return path.removeprefix(str(root)).lstrip("/")
