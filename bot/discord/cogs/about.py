"""`/status`, `/help` and `/forget me`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord import lines
from bot.discord.messages import content_of
from bot.discord.report_pages import help_page, status_page
from bot.discord.scopes import folders_for, is_in_scope
from bot.errors import JournalError
from index.catalog import Catalog
from index.catalog_rows import Generation
from index.difference import Lag, lag
from index.errors import SeedsError
from index.types import folder_of

if TYPE_CHECKING:
    from bot.discord.client import FootnoteBot


class AboutCog(commands.Cog):
    """How the bot is, what it can do, and how to be forgotten."""

    forget = app_commands.Group(name="forget", description="Erase what is kept")

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot
        self._parts = bot.parts

    @app_commands.command(name="help", description="What you can ask and do here")
    async def help(self, interaction: discord.Interaction[Any]) -> None:
        text = self._parts.prompts.fill("discord_help", days=self._parts.settings.journal_days)
        if not self._bot.reads_messages:
            text += "\n\n" + lines.WITHOUT_MESSAGE_CONTENT
        await interaction.response.send_message(**content_of(help_page(text)), ephemeral=True)

    @app_commands.command(name="status", description="How old and how large the index is, and how the bot is doing")
    async def status(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        folders = folders_for(self._parts, interaction.channel)

        def read(catalog: Catalog) -> tuple[Generation | None, int, Lag | None]:
            paths = [one.path for one in catalog.summaries()]
            try:
                behind: Lag | None = lag(self._parts.settings.seeds_dir, catalog)
            except SeedsError:
                behind = None
            return catalog.active(), sum(is_in_scope(folder_of(path), folders) for path in paths), behind

        active, documents, behind = await self._parts.live.read(read)
        seconds = await asyncio.to_thread(self._parts.journal.latencies)
        await interaction.edit_original_response(
            **content_of(status_page(self._lines(interaction.guild_id, active, documents, behind, seconds)))
        )

    def _lines(
        self, server: int | None, active: Generation | None, documents: int, behind: Lag | None, seconds: list[float]
    ) -> dict[str, str]:
        told = {"documents in this channel": f"{documents:,}"}
        if active is not None:
            told["index"] = f"published <t:{int(active.published)}:R>, generation {active.number}"
            told["embedder"] = active.embedder
        told["folder"] = lines.FOLDER_MISSING if behind is None else lines.behind(behind)
        told["up since"] = f"<t:{int(self._parts.started)}:R>"
        told["questions waiting here"] = str(self._parts.queue.waiting(server))
        if seconds:
            ordered = sorted(seconds)
            told["answers take"] = (
                f"{ordered[len(ordered) // 2]:.1f} s (95 in 100 at most {ordered[int(len(ordered) * 0.95)]:.1f} s)"
            )
        if (latency := self._bot.latency) == latency:  # not a number before the first heartbeat
            told["connection to Discord"] = f"{latency * 1000:.0f} ms"
        return told

    @forget.command(name="me", description="Erase your questions, their answers and your ratings")
    @app_commands.checks.cooldown(2, 300.0)  # what is erased is erased from the file too, which takes a moment
    async def forget_me(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        person = interaction.user.id
        try:
            count = await asyncio.to_thread(self._parts.journal.forget, person)
            await asyncio.to_thread(self._parts.servers.forget, person)
        except JournalError as error:
            await interaction.edit_original_response(**content_of(lines.not_forgotten(str(error))))
            return
        await interaction.edit_original_response(**content_of(lines.forgotten(count)))
