"""`/scope`, `/gaps`, `/forum` and `/files`, for people with Manage Server or a role in `ADMIN_ROLES`."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.access.administrators import administrators_only, is_administrator, servers_only
from bot.discord.access.folder_names import parse_folders, suggest_folders, typed_name
from bot.discord.access.permissions import missing_permissions
from bot.discord.access.scopes import EVERYTHING, folders_for
from bot.discord.errors import UserError, new_reference
from bot.discord.pages.page import Page
from bot.discord.pages.report import gaps_pages, scope_page
from bot.discord.parts import ServingBot
from bot.discord.sending.messages import content_of
from bot.discord.sending.page_buttons import page_buttons
from bot.discord.text import lines
from bot.discord.text.splitting import cut, excerpt
from bot.errors import JournalError
from bot.journal.entries import is_within
from bot.journal.gaps import grouped
from bot.journal.server_settings import ForumAnswers
from index.errors import FootnoteError
from index.types import folder_of

MOST_CHOICES = 25  # that Discord shows
LONGEST_NOTE = 500

ScopedChannel = discord.TextChannel | discord.ForumChannel | discord.VoiceChannel | discord.StageChannel

log = logging.getLogger(__name__)


class AdministrationCog(commands.Cog):
    """Shows and changes the settings of a server, and its questions without an answer."""

    def __init__(self, bot: ServingBot) -> None:
        self._bot = bot
        self._parts = bot.parts

    @app_commands.command(name="scope", description="Show or choose the folders that a channel may be answered from")
    @app_commands.describe(
        channel="The channel; its threads have the same scope",
        folders='Separated by commas; "." for documents outside any folder; or "all", or "default"',
    )
    @servers_only
    @administrators_only()
    async def scope(
        self, interaction: discord.Interaction[Any], channel: ScopedChannel, folders: str | None = None
    ) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        known = await self._folders()
        if folders is not None:
            wanted = parse_folders(folders, known)
            if isinstance(wanted, str):
                await interaction.edit_original_response(**content_of(wanted))
                return
            await _store(
                partial(
                    self._parts.servers.set_folders,
                    _server(interaction),
                    channel.id,
                    wanted,
                    person=interaction.user.id,
                )
            )
        await interaction.edit_original_response(**content_of(self._scope_page(channel, known)))

    def _scope_page(self, channel: ScopedChannel, known: Sequence[str]) -> Page:
        """Return the scope of a channel, with a warning about folders without documents."""
        default = self._parts.settings.default_folders
        scope = self._parts.servers.folders(channel.id)
        if scope == EVERYTHING:
            return replace(scope_page(channel.name, None, None), description="Answered from all folders.")
        meant = default if scope is None else scope
        empty = [excerpt(typed_name(folder), LONGEST_NOTE) for folder in meant or () if folder not in known]
        note = cut(f"⚠️ No documents are indexed in: {', '.join(empty)}", LONGEST_NOTE) if empty else ""
        return replace(scope_page(channel.name, scope, default), content=note)

    @scope.autocomplete("folders")
    async def search_folders(self, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        """Suggest folders, after those that are typed already; only to administrators."""
        if not is_administrator(interaction, self._parts.settings):
            return []
        try:
            known = await self._folders()
        except FootnoteError as error:
            log.warning("/scope, suggestions: %s", error)
            return []
        suggestions = suggest_folders(typed, known)
        return [app_commands.Choice(name=text, value=text) for text in suggestions[:MOST_CHOICES]]

    async def _folders(self) -> list[str]:
        return await self._parts.live.read(lambda catalog: sorted({folder_of(one.path) for one in catalog.summaries()}))

    @app_commands.command(name="gaps", description="Recent questions in this server that found no answer, grouped")
    @servers_only
    @administrators_only()
    async def gaps(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self.show_gaps(interaction, 0, "")

    async def show_gaps(self, interaction: discord.Interaction[Any], position: int, typed: str) -> None:  # noqa: ARG002 (the signature is `ShowPage`)
        """Show one page of the questions that found no answer and that this channel's scope allows."""
        if not is_administrator(interaction, self._parts.settings):  # may have changed since the first page
            raise UserError(lines.not_allowed(self._parts.settings.admin_roles))
        days = self._parts.settings.journal_days
        since = time.time() - days * 86400
        folders = folders_for(self._parts, interaction.channel)
        found = await asyncio.to_thread(self._parts.journal.unanswered, _server(interaction), since)
        within = [
            entry
            for entry in found
            if is_within(entry.folders, folders) and _may_see(interaction, entry.question.channel)
        ]
        groups = await self._parts.live.run(lambda live: grouped(within, live.embedder.embed_short))
        pages = gaps_pages(groups, days)
        position = min(position, len(pages) - 1)
        await interaction.edit_original_response(
            **content_of(pages[position]), view=page_buttons("gaps", position, len(pages))
        )

    @app_commands.command(name="forum", description="Choose whether new posts of a forum are answered")
    @app_commands.describe(channel="The forum", answers="Which new posts are answered")
    @app_commands.choices(
        answers=[
            app_commands.Choice(name="none", value="off"),
            app_commands.Choice(name="those that the documents answer", value="found"),
            app_commands.Choice(name="all, even if only to say that there is no answer", value="always"),
        ]
    )
    @servers_only
    @administrators_only()
    async def forum(
        self, interaction: discord.Interaction[Any], channel: discord.ForumChannel, answers: app_commands.Choice[str]
    ) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        chosen = cast("ForumAnswers", answers.value)
        await _store(
            partial(self._parts.servers.set_forum, _server(interaction), channel.id, chosen, person=interaction.user.id)
        )
        text = lines.forum_set(channel.name, chosen)
        if chosen != "off" and not self._bot.reads_messages:
            text += "\n" + lines.WITHOUT_MESSAGE_CONTENT
        if chosen != "off" and (missing := missing_permissions(channel)):
            text += f"\nI still need these permissions there: {', '.join(missing)}."
        await interaction.edit_original_response(**content_of(text))

    @app_commands.command(name="files", description="Choose whether Sources offers the files of documents here")
    @app_commands.describe(offered="True if people who see a footnote may get the whole file")
    @servers_only
    @administrators_only()
    async def files(self, interaction: discord.Interaction[Any], offered: bool) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await _store(
            partial(
                self._parts.servers.set_offers_files, _server(interaction), offered=offered, person=interaction.user.id
            )
        )
        await interaction.edit_original_response(**content_of(lines.files_set(offered=offered)))


def _server(interaction: discord.Interaction[Any]) -> int:
    assert interaction.guild_id is not None  # these commands only work in servers
    return interaction.guild_id


def _may_see(interaction: discord.Interaction[Any], channel: int) -> bool:
    """True if a person may read a channel. Only people with Manage Server may read a deleted one."""
    assert interaction.guild is not None
    assert isinstance(interaction.user, discord.Member)
    found = interaction.guild.get_channel_or_thread(channel)
    if found is None:
        return interaction.permissions.manage_guild
    return found.permissions_for(interaction.user).view_channel


async def _store(change: Callable[[], None]) -> None:
    """Store a setting. Raises `UserError` if that failed, so that nobody relies on it."""
    try:
        await asyncio.to_thread(change)
    except JournalError as error:
        reference = new_reference()
        log.error("a setting could not be stored, reference %s: %s", reference, error)
        raise UserError(f"I could not save that, so nothing has changed. Reference: `{reference}`") from error
