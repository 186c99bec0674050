"""Whether the Discord bot is alive: a small file that it writes every few seconds, read by `footnote serve --check`."""

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
    """The sign of life of one data folder."""

    INTERVAL = 10.0  # seconds between two signs
    PATIENCE = 60.0  # seconds after which a missing sign means that the bot is not alive

    def __init__(self, data: Path) -> None:
        self._path = data / FILE

    def tell(self, connected: bool, latency: float) -> None:
        """Write a sign; `latency` in seconds, not a number before the first heartbeat. Never raises."""
        sign = {
            "process": os.getpid(),
            "at": time.time(),
            "connected": connected,
            "latency": round(latency, 4) if 0 <= latency < 1e6 else None,
        }
        beside = self._path.with_suffix(".new")
        try:
            beside.write_text(json.dumps(sign), encoding="utf-8")
            beside.replace(self._path)
        except OSError as error:
            log.warning("%s can't be written (%s)", self._path, error.strerror)

    def clear(self) -> None:
        """Take the sign away: the bot has stopped by itself."""
        with suppress(OSError):
            self._path.unlink()

    def check(self) -> str:
        """What the last sign says. Raises `FootnoteError` unless it is recent and says that the bot is connected."""
        try:
            sign = json.loads(self._path.read_text(encoding="utf-8"))
            age = time.time() - float(sign["at"])
            connected, process = bool(sign["connected"]), int(sign["process"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise FootnoteError(
                f"no bot is running with the data folder {self._path.parent}; `footnote serve` starts one"
            ) from error
        if not -self.PATIENCE <= age <= self.PATIENCE:  # a clock that was set back must not keep a dead bot alive
            when = f"{age:.0f} seconds ago" if age > 0 else "at a time that is still to come"
            raise FootnoteError(f"the bot (process {process}) gave its last sign of life {when}")
        if not connected:
            raise FootnoteError(f"the bot (process {process}) runs, but is not connected to Discord")
        return f"the bot (process {process}) runs and is connected"
