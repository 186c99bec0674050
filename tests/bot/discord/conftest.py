"""The real bot over a real index, in a Discord that simcord simulates in this process."""

from __future__ import annotations

import logging
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import discord
import pytest
import simcord

from bot.config.prompts import load_prompts
from bot.config.settings import load_settings
from bot.discord.connection.assembly import assembled_bot
from bot.discord.parts import ServingParts
from bot.discord.queue import QuestionQueue
from bot.journal.journal import Journal
from bot.journal.server_settings import ServerSettings
from bot.runtime.live_index import live
from bot.runtime.reindexing import Reindexing
from tests.bot.discord.support.scenes import Scene, Scenes

PATIENCE = 300.0  # seconds that an action may take before simcord calls it hung; busy machines are slow


@pytest.fixture
def folder(indexed: Path, tmp_path: Path) -> Path:
    """A copy of the indexed example documents that may be changed."""
    shutil.copytree(indexed, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("slots"))
    return tmp_path


@pytest.fixture
def scene(folder: Path) -> Scenes:
    """Open a scene: `async with scene(reads_messages=True, THREADS="never") as it:`, with settings by their names."""
    # Tests read the log of the bot; discord.py's own messages about the connection are of no interest.
    logging.getLogger("discord").setLevel(logging.WARNING)

    @asynccontextmanager
    async def opened(reads_messages: bool = True, **environment: str) -> AsyncIterator[Scene]:
        settings = load_settings(environment={"QUESTIONS_PER_MINUTE": "1000", **environment}, folder=folder)
        servers = ServerSettings(settings.data_dir)
        journal = Journal(settings.data_dir, settings.journal_days)
        with live(settings) as index:
            queue = QuestionQueue(1, settings.queue_size, settings.questions_per_minute)
            parts = ServingParts(settings, load_prompts(None), index, journal, servers, queue, Reindexing(settings))
            bot = await assembled_bot(parts, reads_messages=reads_messages, shard_count=1)
            try:
                async with simcord.run(bot, settle_timeout=PATIENCE) as env:
                    guild = env.create_guild()
                    managers = guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
                    ada = guild.add_member(env.create_user("ada"), roles=[managers])
                    bob = guild.add_member(env.create_user("bob"))
                    yield Scene(env, bot, guild, guild.create_text_channel("general"), ada, bob)
            finally:
                journal.close()
                servers.close()

    return opened
