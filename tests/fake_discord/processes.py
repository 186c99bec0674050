"""Bots in processes of their own: start them against a simulated Discord, watch them, stop them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.fake_discord.people import FakeDiscord
from tests.fake_discord.waiting import PATIENCE, NothingHappened

REPOSITORY = Path(__file__).resolve().parents[2]
SERVE = ("-m", "bot", "serve")
LONGEST_STOP = 120.0  # seconds, before it is killed


class Bot:
    """A bot's process. `output` is what it prints, on both streams."""

    def __init__(self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the process)
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=folder,
            env={**environment, "PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )
        self._final = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
        if error is not None:
            error.add_note(f"the bot said:\n{self.output[-4000:]}")

    @property
    def output(self) -> str:
        """What it has printed so far."""
        if self._output.closed:
            return self._final
        return os.pread(self._output.fileno(), 10**8, 0).decode(errors="replace")

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it by a signal, and kill it if it does not stop. Return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(LONGEST_STOP)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if not self._output.closed:
            self._final = self.output
            self._output.close()
        return self.process.returncode


@contextmanager
def running(
    discord: FakeDiscord,
    folder: Path,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    seconds: float = PATIENCE,
) -> Iterator[Bot]:
    """Run `footnote serve` (or `arguments`) in a folder, connected to `discord`, until the block ends.

    Its environment is that of this process without settings of Footnote, and with `environment`.
    """
    from bot.config.settings import SETTING_NAMES

    inherited = {name: value for name, value in os.environ.items() if name not in SETTING_NAMES}
    with Bot(arguments or SERVE, folder, {**inherited, **discord.environment, **(environment or {})}) as bot:
        wait_until_serving(discord, bot, seconds=seconds)
        yield bot


def wait_until_serving(discord: FakeDiscord, bot: Bot, *, seconds: float = PATIENCE) -> None:
    """Wait until a bot is connected and has registered its commands. Raises NothingHappened if it ended instead."""
    ended = False

    def connected_or_ended() -> bool:
        nonlocal ended
        ended = bot.process.poll() is not None
        sessions = discord.live_sessions
        has_commands = any(discord.registered_commands().values())
        return ended or (len(sessions) >= discord.settings.shards and has_commands)

    discord.wait_for(connected_or_ended, what="the bot to connect and register its commands", seconds=seconds)
    if ended:
        raise NothingHappened(f"the bot ended with {bot.process.returncode}:\n{bot.output[-4000:]}")
