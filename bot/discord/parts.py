"""The parts that every command, button and listener of the Discord bot works with."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import discord
from discord import app_commands

from bot.config.prompts import Prompts
from bot.config.settings import Settings
from bot.discord.queue import QuestionQueue
from bot.journal.journal import Journal
from bot.journal.server_settings import ServerSettings
from bot.runtime.live_index import LiveIndex
from bot.runtime.notices import SILENT, Notices
from bot.runtime.reindexing import Reindexing

# Shows a page (from 0) of a list; the last argument is the text that the list was searched for, or empty.
ShowPage = Callable[[discord.Interaction[Any], int, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ServingParts:
    """The parts that every command shares.

    `started` is in seconds since 1970. `unfinished` holds the tasks that the bot lets finish before it closes.
    """

    settings: Settings
    prompts: Prompts
    live: LiveIndex
    journal: Journal
    servers: ServerSettings
    queue: QuestionQueue
    reindexing: Reindexing
    notices: Notices = SILENT
    started: float = field(default_factory=time.time)
    unfinished: set[asyncio.Task[Any]] = field(default_factory=set)

    @contextmanager
    def finished_before_closing(self) -> Iterator[None]:
        """Let the current task finish the body of the context before the bot closes."""
        task = asyncio.current_task()
        assert task is not None
        outermost = task not in self.unfinished
        self.unfinished.add(task)
        try:
            yield
        finally:
            if outermost:
                self.unfinished.discard(task)

    def wind_down(self) -> None:
        """Refuse new questions, and stop a run of `/reindex` at its next step. Called before the bot closes."""
        self.queue.close()
        self.reindexing.stop()


class ServingBot(Protocol):
    """The part that commands and buttons need of the connection to Discord, `client.FootnoteBot`."""

    @property
    def parts(self) -> ServingParts:
        """Return the parts that every command shares."""

    @property
    def reads_messages(self) -> bool:
        """True if Discord has granted the application the content of messages."""

    @property
    def own_id(self) -> int:
        """Return the bot's user id."""

    @property
    def latency(self) -> float:
        """Return the seconds between a heartbeat and its acknowledgement; NaN before the first."""

    @property
    def tree(self) -> app_commands.CommandTree[Any]:
        """Return the commands that are registered with Discord."""

    @property
    def lists(self) -> dict[str, ShowPage]:
        """Return, by the name of a list, the function that shows one of its pages."""
