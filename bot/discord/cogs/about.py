"""`/help`, `/status` and `/forget me`."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.access.scopes import folders_for, is_in_scope
from bot.discord.errors import new_reference
from bot.discord.pages.report import help_page, status_page
from bot.discord.parts import ServingBot
from bot.discord.sending.messages import content_of
from bot.discord.text import lines
from bot.discord.text.amounts import counted, file_size
from bot.errors import JournalError
from index.errors import FootnoteError, SeedsError
from index.ingestion.difference import Lag, lag
from index.storage.catalog.catalog import Catalog
from index.types import folder_of

# How many times in how many seconds: erasing rewrites the file of the journal, which takes a moment.
FORGET_LIMIT = (2, 300.0)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Size:
    """The documents that a channel is answered from; `bytes` is the size of their files.

    `behind` is how far the index is behind the folder, None if the folder can't be read.
    """

    documents: int
    chunks: int
    bytes: int
    behind: Lag | None


class AboutCog(commands.Cog):
    """Shows help and status, and forgets people."""

    forget = app_commands.Group(name="forget", description="Erase what I have stored about you")

    def __init__(self, bot: ServingBot) -> None:
        self._bot = bot
        self._parts = bot.parts
        self._forgotten: dict[int, app_commands.Cooldown] = {}  # people who were forgotten recently

    @app_commands.command(name="help", description="What you can ask, how answers look, and all commands")
    async def help(self, interaction: discord.Interaction[Any]) -> None:
        text = self._parts.prompts.fill("discord_help", days=counted(self._parts.settings.journal_days, "day"))
        if not self._bot.reads_messages:
            text += "\n\n" + lines.WITHOUT_MESSAGE_CONTENT
        await interaction.response.send_message(**content_of(help_page(text)), ephemeral=True)

    @app_commands.command(name="status", description="Age and size of the index, and the state of the bot")
    async def status(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        folders = folders_for(self._parts, interaction.channel)
        try:
            size: _Size | None = await self._parts.live.read(lambda catalog: self._size(catalog, folders))
        except FootnoteError as error:
            log.warning("/status: %s", error)
            size = None
        try:
            seconds = await asyncio.to_thread(self._parts.journal.latencies)
        except JournalError as error:
            log.warning("/status: %s", error)
            seconds = []
        status = dict(self._lines(interaction.guild_id, size, seconds))
        await interaction.edit_original_response(**content_of(status_page(status)))

    def _size(self, catalog: Catalog, folders: tuple[str, ...] | None) -> _Size:
        """Return the size of what is in `folders`, None for all."""
        summaries = [one for one in catalog.summaries() if is_in_scope(folder_of(one.path), folders)]
        files = [one.file for one in catalog.files().values() if is_in_scope(one.folder, folders)]
        try:
            behind: Lag | None = lag(self._parts.settings.seeds_dir, catalog, folders=folders)
        except SeedsError:
            behind = None
        return _Size(len(summaries), sum(one.chunks for one in summaries), sum(file.size for file in files), behind)

    def _lines(self, server: int | None, size: _Size | None, seconds: list[float]) -> Iterator[tuple[str, str]]:
        if size is None:
            yield "here", "the list of documents can't be read at the moment"
        else:
            numbers = (counted(size.documents, "document"), counted(size.chunks, "chunk"), file_size(size.bytes))
            yield "here", ", ".join(numbers)
        active = self._parts.live.generation
        yield "index", f"generation {active.number}, published <t:{int(active.published)}:R>"
        if self._parts.live.follows:
            yield "folder", lines.FOLLOWS
        elif size is not None:
            yield "folder", lines.FOLDER_MISSING if size.behind is None else lines.behind(size.behind)
        yield "embedder", active.embedder
        yield "up since", f"<t:{int(self._parts.started)}:R>"
        yield "waiting here", counted(self._parts.queue.waiting(server), "question")
        if seconds:
            ordered = sorted(seconds)
            median, slow = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
            yield "answers take", f"{median:.1f} s (95 of 100 at most {slow:.1f} s)"
        if not math.isnan(latency := self._bot.latency):  # NaN before the first heartbeat
            yield "connection to Discord", f"{latency * 1000:.0f} ms"

    @forget.command(name="me", description="Erase your questions, their answers and your ratings")
    async def forget_me(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        person = interaction.user.id
        cooldown = self._forgotten.get(person) or app_commands.Cooldown(*FORGET_LIMIT)
        if seconds := cooldown.get_retry_after():
            await interaction.edit_original_response(**content_of(lines.try_again(seconds)))
            return
        try:
            count = await asyncio.to_thread(self._parts.journal.forget, person)
            await asyncio.to_thread(self._parts.servers.forget, person)
        except JournalError as error:  # it names paths of the machine, which people must not see
            reference = new_reference()
            log.error("/forget me, reference %s: %s", reference, error)
            text = lines.not_forgotten(f"try again in a minute. Reference: {reference}")
            await interaction.edit_original_response(**content_of(text))
            return
        cooldown.update_rate_limit()
        self._forgotten = {key: value for key, value in self._forgotten.items() if value.get_tokens() < value.rate}
        self._forgotten[person] = cooldown
        await interaction.edit_original_response(**content_of(lines.forgotten(count)))
