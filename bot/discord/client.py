"""The bot's connection to Discord: what it listens to, its features, and what happens to errors."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.access.administrators import NotAdministrator
from bot.discord.access.permissions import missing_permissions
from bot.discord.actions.rating_form import keep_form
from bot.discord.errors import ToldError, explained, new_reference
from bot.discord.pages.page import counted
from bot.discord.parts import ServingParts
from bot.discord.sending.answer_buttons import EntryButton
from bot.discord.sending.messages import NO_MENTIONS
from bot.discord.sending.page_buttons import PageButton
from bot.discord.sending.replies import aside
from bot.discord.text import lines
from bot.terminal import notices, show

if TYPE_CHECKING:
    from bot.discord.cogs.reindex import ReindexCog

log = logging.getLogger(__name__)


def wanted_intents(reads_messages: bool) -> discord.Intents:
    """What Discord is asked to tell us of. Message content is a privilege, asked for only where it is granted."""
    intents = discord.Intents.none()
    intents.guilds = True
    intents.guild_messages = True
    intents.dm_messages = True
    intents.message_content = reads_messages
    return intents


class FootnoteBot(commands.AutoShardedBot):
    """Footnote in Discord. `reads_messages` says whether message content is granted."""

    def __init__(self, parts: ServingParts, reads_messages: bool, shard_count: int | None = None) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=wanted_intents(reads_messages),
            allowed_mentions=NO_MENTIONS,
            # Nothing is looked up in these, and memory stays flat without them.
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            shard_count=shard_count,
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
        )
        self.parts = parts
        self.reads_messages = reads_messages
        self._reindex: ReindexCog | None = None
        self._missing: dict[int, str] = {}  # by channel the permissions of which it has been said
        self.tree.on_error = self._command_failed  # type: ignore[method-assign] # discord.py's own way

    @property
    def own_id(self) -> int:
        """The bot's number as a person in Discord."""
        assert self.user is not None
        return self.user.id

    async def setup_hook(self) -> None:
        from bot.discord.cogs.about import AboutCog
        from bot.discord.cogs.administration import AdministrationCog
        from bot.discord.cogs.ask import AskCog
        from bot.discord.cogs.check import CheckCog
        from bot.discord.cogs.documents import DocumentsCog
        from bot.discord.cogs.messages import MessagesCog
        from bot.discord.cogs.reindex import ReindexCog

        self._documents = DocumentsCog(self.parts)
        self._administration = AdministrationCog(self)
        self._reindex = ReindexCog(self)
        for cog in (
            AskCog(self.parts),
            MessagesCog(self),
            CheckCog(self),
            self._documents,
            AboutCog(self),
            self._administration,
            self._reindex,
        ):
            await self.add_cog(cog)
        self.add_dynamic_items(EntryButton, PageButton)
        await self.tree.sync()

    def wind_down(self) -> None:
        """Before closing: take no more questions, and end a run of `/reindex` at its next step."""
        self.parts.queue.close()
        if self._reindex is not None:
            self._reindex.stop()

    async def turn_page(self, interaction: discord.Interaction[Any], name: str, position: int, typed: str) -> None:
        """Show another page of a list, in which `typed` was searched for."""
        if name == "documents":
            await self._documents.show(interaction, position, typed)
        elif name == "gaps":
            await self._administration.show_gaps(interaction, position)

    def is_mentioned_in(self, message: discord.Message) -> bool:
        """Whether a message mentions the bot itself, or the role that Discord made for it; not everyone."""
        if any(one.id == self.own_id for one in message.mentions):
            return True
        return any(role.tags is not None and role.tags.bot_id == self.own_id for role in message.role_mentions)

    async def on_message(self, message: discord.Message, /) -> None:
        """No commands with a prefix; what messages ask is answered in `cogs/messages.py`."""

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Forms are known by their id, so that one that was open during a restart can still be sent."""
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        try:
            await keep_form(self.parts, interaction)
        except Exception as error:  # noqa: BLE001 (it is told and logged)
            await explained("a form", error, aside(interaction))

    async def on_ready(self) -> None:
        show(f"Connected as {self.user}, in {counted(len(self.guilds), 'server')}.", "dim", console=notices())
        for guild in self.guilds:
            self._say_missing_permissions(guild)

    def _say_missing_permissions(self, guild: discord.Guild) -> None:
        """One line for each channel that was chosen by an admin and where something is not permitted."""
        for number in {*self.parts.servers.scopes(guild.id), *self.parts.servers.forums(guild.id)}:
            channel = guild.get_channel(number)
            if channel is None or not (missing := ", ".join(missing_permissions(channel))):
                continue
            if self._missing.get(number) != missing:  # every new session with Discord comes by here
                self._missing[number] = missing
                log.warning("in #%s of %s these permissions are missing: %s", channel, guild, missing)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002 (discord.py's)
        """What went wrong where nobody is to be told."""
        log.error("the event %s, reference %s", event_method, new_reference(), exc_info=sys.exc_info())

    async def _command_failed(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
        """Every error of a command ends here: told to the person in one line."""
        say = aside(interaction)
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        name = interaction.command.qualified_name if interaction.command is not None else "?"
        if isinstance(error, NotAdministrator):
            cause = ToldError(str(error))
        elif isinstance(error, app_commands.CommandOnCooldown):
            cause = ToldError(lines.try_again(error.retry_after))
        elif isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            cause = ToldError(lines.OUTDATED_COMMAND)
        await explained(f"/{name}", cause, say)
