"""The health file: the running bot writes it every few seconds, `footnote serve --check` reads it."""

from __future__ import annotations

import json
import logging
import os
import time
from contextlib import suppress
from pathlib import Path

from bot.errors import FootnoteError

FILE = "serving.json"

log = logging.getLogger(__name__)


class Health:
    """The health file of one data folder."""

    INTERVAL = 10.0  # seconds between two writes
    MAX_AGE = 60.0  # seconds after which the bot is considered dead

    def __init__(self, data: Path) -> None:
        self._path = data / FILE

    def write(self, *, connected: bool, latency: float) -> None:
        """Write that the bot is alive. `latency` is in seconds, NaN before the first heartbeat. Never raises."""
        state = {
            "process": os.getpid(),
            "at": time.time(),
            "connected": connected,
            "latency": round(latency, 4) if 0 <= latency < 1e6 else None,
        }
        unfinished = self._path.with_suffix(".new")
        try:
            unfinished.write_text(json.dumps(state), encoding="utf-8")
            unfinished.replace(self._path)
        except OSError as error:
            log.warning("%s can't be written (%s)", self._path, error.strerror)

    def clear(self) -> None:
        """Remove the file, because the bot stops in an orderly way."""
        with suppress(OSError):
            self._path.unlink()

    def check(self) -> str:
        """Return one line that says that the bot is connected. Raises `FootnoteError` if it is not, or does not run."""
        try:
            state = json.loads(self._path.read_text(encoding="utf-8"))
            age = time.time() - float(state["at"])
            connected, process = bool(state["connected"]), int(state["process"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise FootnoteError(
                f"no bot is running with the data folder {self._path.parent}; start one with `footnote serve`"
            ) from error
        if not -self.MAX_AGE <= age <= self.MAX_AGE:  # negative if the clock was set back
            when = f"{age:.0f} seconds ago" if age > 0 else "in the future"
            raise FootnoteError(f"the bot (process {process}) last reported {when}; restart it")
        if not connected:
            raise FootnoteError(f"the bot (process {process}) is running, but not connected to Discord")
        return f"the bot (process {process}) is running and connected"
