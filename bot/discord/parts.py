"""What the Discord bot works with, built by `startup.py`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.config.prompts import Prompts
from bot.config.settings import Settings
from bot.discord.queue import QuestionQueue
from bot.journal.journal import Journal
from bot.journal.server_settings import ServerSettings
from bot.runtime.live_index import LiveIndex


@dataclass(frozen=True, slots=True)
class ServingParts:
    """The parts that every feature shares. `started` is in seconds since 1970; `answering` is what is under way."""

    settings: Settings
    prompts: Prompts
    live: LiveIndex
    journal: Journal
    servers: ServerSettings
    queue: QuestionQueue
    started: float = field(default_factory=time.time)
    answering: set[asyncio.Task[Any]] = field(default_factory=set)

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """What runs inside is let finish before the bot closes."""
        task = asyncio.current_task()
        assert task is not None
        outermost = task not in self.answering
        self.answering.add(task)
        try:
            yield
        finally:
            if outermost:
                self.answering.discard(task)
