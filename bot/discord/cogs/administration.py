"""For those with Manage Server, or with a role that the settings name: `/scope`, `/gaps`, `/forum`, `/files`."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord import lines
from bot.discord.administrators import administrators_only, is_administrator
from bot.discord.messages import content_of
from bot.discord.report_pages import gaps_pages, scope_page
from bot.discord.scopes import EVERYTHING, folders_for
from bot.gaps import grouped
from bot.journal_entries import is_within
from bot.server_settings import ForumAnswers
from index.types import folder_of

if TYPE_CHECKING:
    from bot.discord.client import FootnoteBot

TOP = "."  # how the documents beside the folders are named
ALL = "all"
DEFAULT = "default"
MOST_CHOICES = 25
LONGEST_CHOICE = 100
GAPS_SHOWN = 1  # messages

ScopedChannel = discord.TextChannel | discord.ForumChannel | discord.VoiceChannel | discord.StageChannel


class AdministrationCog(commands.Cog):
    """What a server's people may be answered from, and what they miss."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot
        self._parts = bot.parts

    @app_commands.command(name="scope", description="Show or choose the folders that a channel may be answered from")
    @app_commands.describe(
        channel="The channel; its threads have the same scope",
        folders='Between commas; "." for the documents beside the folders, "all", or "default"',
    )
    @app_commands.guild_only()
    @administrators_only()
    async def scope(
        self, interaction: discord.Interaction[Any], channel: ScopedChannel, folders: str | None = None
    ) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        if folders is not None:
            known = await self._folders()
            wanted = parsed_folders(folders, known)
            if isinstance(wanted, str):
                await interaction.edit_original_response(**content_of(wanted))
                return
            await asyncio.to_thread(
                self._parts.servers.set_folders, _server(interaction), channel.id, wanted, interaction.user.id
            )
        scope = self._parts.servers.folders(channel.id)
        shown = scope_page(channel.name, scope, self._parts.settings.default_folders)
        await interaction.edit_original_response(**content_of(shown))

    @scope.autocomplete("folders")
    async def search_folders(self, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        """The folders, after those that are typed already. Only for those who may choose them."""
        if not is_administrator(interaction, self._parts.settings):
            return []
        *chosen, begun = [part.strip() for part in typed.split(",")]
        names = [*([] if any(chosen) else [ALL, DEFAULT]), *(name or TOP for name in await self._folders())]
        options = [
            ", ".join([*chosen, name]) for name in names if begun.casefold() in name.casefold() and name not in chosen
        ]
        return [app_commands.Choice(name=one, value=one) for one in options if len(one) <= LONGEST_CHOICE][
            :MOST_CHOICES
        ]

    async def _folders(self) -> list[str]:
        return await self._parts.live.read(lambda catalog: sorted({folder_of(one.path) for one in catalog.summaries()}))

    @app_commands.command(name="gaps", description="The questions of this server that found no answer lately")
    @app_commands.guild_only()
    @administrators_only()
    async def gaps(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        days = self._parts.settings.journal_days
        since = time.time() - days * 86400
        folders = folders_for(self._parts, interaction.channel)
        found = await asyncio.to_thread(self._parts.journal.unanswered, _server(interaction), since)
        within = [entry for entry in found if is_within(entry.folders, folders)]
        groups = await self._parts.live.run(lambda live: grouped(within, live.embedder.embed_questions))
        for page in gaps_pages(groups, days)[:GAPS_SHOWN]:
            await interaction.edit_original_response(**content_of(page))

    @app_commands.command(name="forum", description="Choose whether new posts of a forum are answered")
    @app_commands.describe(channel="The forum", answers="Which new posts are answered")
    @app_commands.choices(
        answers=[
            app_commands.Choice(name="none", value="off"),
            app_commands.Choice(name="those that the documents answer", value="found"),
            app_commands.Choice(name="all, saying so where there is no answer", value="always"),
        ]
    )
    @app_commands.guild_only()
    @administrators_only()
    async def forum(
        self, interaction: discord.Interaction[Any], channel: discord.ForumChannel, answers: app_commands.Choice[str]
    ) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        chosen = cast("ForumAnswers", answers.value)
        await asyncio.to_thread(
            self._parts.servers.set_forum, _server(interaction), channel.id, chosen, interaction.user.id
        )
        said = lines.forum_set(channel.name, chosen)
        if chosen != "off" and not self._bot.reads_messages:
            said += "\n" + lines.WITHOUT_MESSAGE_CONTENT
        await interaction.edit_original_response(**content_of(said))

    @app_commands.command(name="files", description="Choose whether Sources offers the files of documents here")
    @app_commands.describe(offered="Whether those who see a footnote may have the whole file")
    @app_commands.guild_only()
    @administrators_only()
    async def files(self, interaction: discord.Interaction[Any], offered: bool) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await asyncio.to_thread(
            self._parts.servers.set_offers_files, _server(interaction), offered, interaction.user.id
        )
        await interaction.edit_original_response(**content_of(lines.files_set(offered)))


def _server(interaction: discord.Interaction[Any]) -> int:
    assert interaction.guild_id is not None  # these commands are for servers alone
    return interaction.guild_id


def parsed_folders(text: str, known: list[str]) -> tuple[str, ...] | str | None:
    """The folders meant by what was typed: None for the default scope, a line to show where one is not known."""
    names = list(dict.fromkeys(part.strip().rstrip("/") for part in text.split(",") if part.strip()))
    if names == [DEFAULT]:
        return None
    if names == [ALL]:
        return EVERYTHING
    folders = ["" if name == TOP else name for name in names]
    unknown = [name for name in folders if name not in known]
    if unknown or not folders:
        return lines.unknown_folder(unknown[0] if unknown else text, [name or TOP for name in known])
    return tuple(folders)
