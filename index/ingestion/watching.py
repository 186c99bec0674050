"""Following a seeds folder: whenever its files change and have come to rest, the index is brought up to date.

The operating system tells of changes (watchfiles). Where it doesn't, as on many network disks, and where the folder
itself is replaced, a look at sizes and times every `LOOK_SECONDS` finds them. Errors are reported and tried again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import SeedsError, WriterBusy
from index.ingestion.difference import lag
from index.parsing import parse as parsing
from index.parsing.ignore_rules import Ignoring
from index.storage.catalog.catalog import Catalog
from index.storage.paths import CATALOG

if TYPE_CHECKING:
    from index.ingestion.report import Report

REST_SECONDS = 1.0  # for which no file may have changed: what is still being written is waited for …
LONGEST_UNREST = 30.0  # … but not longer than this: a file that always grows must not keep all others out
LOOK_SECONDS = 30.0  # between two looks at the folder where nothing was told
STEP_SECONDS = 0.5  # in which being told to stop is noticed
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 120.0  # before a run that failed is tried again; doubled each time


class Watching:
    """Brings the index up to date whenever the folder has changed. `run` is what does it, and may take long.

    `ended` is told what each run did, `failed` of each error of any kind, once as long as it stays the same.
    """

    def __init__(
        self,
        data: Path,
        seeds: Path,
        run: Callable[[], Report],
        ended: Callable[[Report], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._data = data
        self._seeds = seeds
        self._run = run
        self._ended = ended
        self._failed = failed
        self._stopping = threading.Event()
        self._pause = FIRST_PAUSE
        self._last_error = ""

    def stop(self) -> None:
        """Make `follow` return, within a second where no run is under way. From any thread, or a signal handler."""
        self._stopping.set()

    def follow(self) -> None:
        """Bring the index up to date now, and after each change, until `stop`."""
        while not self._stopping.is_set():
            try:
                if self._is_behind():
                    self._rest()
                    if not self._stopping.is_set():
                        self._ended(self._run())
                self._pause, self._last_error = FIRST_PAUSE, ""
            except WriterBusy:  # it may be doing the very thing
                self._stopping.wait(FIRST_PAUSE)
                continue
            except Exception as error:  # noqa: BLE001 (reported, and tried again: whoever follows a folder is not looking)
                if str(error) != self._last_error:
                    self._last_error = str(error)
                    self._failed(error)
                self._stopping.wait(self._pause)
                self._pause = min(2 * self._pause, LONGEST_PAUSE)
                continue
            self._wait()

    def _is_behind(self) -> bool:
        if not (self._data / CATALOG).is_file():
            return True
        catalog = Catalog(self._data / CATALOG)
        try:
            with catalog.reading():
                return catalog.active() is None or lag(self._seeds, catalog).is_behind
        finally:
            catalog.close()

    def _rest(self) -> None:
        """Wait until nothing in the folder has changed for `REST_SECONDS`."""
        end = time.monotonic() + LONGEST_UNREST
        seen = parsing.find_files(self._seeds)
        while time.monotonic() < end and not self._stopping.wait(REST_SECONDS):
            now = parsing.find_files(self._seeds)
            if now == seen:
                return
            seen = now

    def _wait(self) -> None:
        """Until something has changed that may matter, or it is time to look."""
        import watchfiles

        root = self._seeds.resolve()
        end, is_new = time.monotonic() + LOOK_SECONDS, True
        try:
            ignoring, folder = Ignoring(root), root.stat().st_ino
            for changes in watchfiles.watch(
                root,
                watch_filter=lambda _, path: ignoring.matters(_below(root, path)),
                debounce=200,
                stop_event=self._stopping,
                rust_timeout=int(STEP_SECONDS * 1000),
                yield_on_timeout=True,
                raise_interrupt=True,
                ignore_permission_denied=True,
            ):
                if changes or time.monotonic() >= end or root.stat().st_ino != folder:
                    return
                if is_new and self._is_behind():  # by what changed before the system was listened to
                    return
                is_new = False
        except (OSError, SeedsError):  # no folder, or one that can't be watched: the next look says so
            self._stopping.wait(FIRST_PAUSE)


def _below(root: Path, path: str) -> str:
    return path.removeprefix(str(root)).lstrip("/")
