"""The connection to Discord: the events that the bot subscribes to, and how its errors are reported.

The client knows no command. `connection/assembly.py` adds the commands, listeners and buttons.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.access.administrators import NotAdministrator
from bot.discord.access.permissions import missing_permissions
from bot.discord.actions.ratings import keep_form
from bot.discord.errors import UserError, new_reference, report_error
from bot.discord.parts import ServingParts, ShowPage
from bot.discord.sending.messages import NO_MENTIONS
from bot.discord.sending.replies import private_line
from bot.discord.text import lines
from bot.discord.text.amounts import counted

log = logging.getLogger(__name__)


def intents_for(*, reads_messages: bool) -> discord.Intents:
    """Return the events to subscribe to. Message content is a privileged intent, requested only where it is granted."""
    intents = discord.Intents.none()
    intents.guilds = True
    intents.guild_messages = True
    intents.dm_messages = True
    intents.message_content = reads_messages
    return intents


class FootnoteBot(commands.AutoShardedBot):
    """Footnote in Discord. `reads_messages` is true if Discord has granted the content of messages."""

    def __init__(self, parts: ServingParts, *, reads_messages: bool, shard_count: int | None = None) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=intents_for(reads_messages=reads_messages),
            allowed_mentions=NO_MENTIONS,
            # The bot never looks anything up in these caches, and memory stays flat without them.
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            shard_count=shard_count,
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
        )
        self.parts = parts
        self.reads_messages = reads_messages
        self.lists: dict[str, ShowPage] = {}
        self._reported_missing: dict[int, str] = {}  # channel id: the missing permissions that were logged last
        self.tree.on_error = self._report_command_error  # type: ignore[method-assign] # documented by discord.py

    @property
    def own_id(self) -> int:
        """Return the bot's user id."""
        assert self.user is not None
        return self.user.id

    async def setup_hook(self) -> None:
        """Register the commands with Discord."""
        await self.tree.sync()

    async def on_message(self, message: discord.Message, /) -> None:
        """Do nothing: there are no prefix commands, and `cogs/messages.py` answers questions in messages."""

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Store a form that was sent. It is recognised by its id, so one that was opened before a restart works too."""
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        try:
            await keep_form(self.parts, interaction)
        except Exception as error:  # noqa: BLE001 (reported to the person and logged)
            await report_error("a form", error, private_line(interaction))

    async def on_ready(self) -> None:
        """Report the connection, and the permissions that are missing in chosen channels."""
        self.parts.notices.note(f"Connected as {self.user}, in {counted(len(self.guilds), 'server')}.")
        for guild in self.guilds:
            self._log_missing_permissions(guild)

    def _log_missing_permissions(self, guild: discord.Guild) -> None:
        """Log one line for each channel that has a scope or is an answered forum and where permissions are missing."""
        for channel_id in {*self.parts.servers.scopes(guild.id), *self.parts.servers.forums(guild.id)}:
            channel = guild.get_channel(channel_id)
            if channel is None or not (missing := ", ".join(missing_permissions(channel))):
                continue
            if self._reported_missing.get(channel_id) != missing:  # `on_ready` runs for every new session
                self._reported_missing[channel_id] = missing
                log.warning("missing permissions in #%s of %s: %s", channel, guild, missing)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002 (discord.py's)
        """Log an exception in a listener, where nobody is waiting for a reply."""
        log.error("%s failed, reference %s", event_method, new_reference(), exc_info=sys.exc_info())

    async def _report_command_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError
    ) -> None:
        """Report the error of a command to the person in one line."""
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        name = interaction.command.qualified_name if interaction.command is not None else "?"
        if isinstance(error, NotAdministrator):
            cause = UserError(str(error))
        elif isinstance(error, app_commands.CommandOnCooldown):
            cause = UserError(lines.try_again(error.retry_after))
        elif isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            cause = UserError(lines.OUTDATED_COMMAND)
        await report_error(f"/{name}", cause, private_line(interaction))
