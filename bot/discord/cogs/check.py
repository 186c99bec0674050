"""The message menu "Check against the documents". Nothing of the message is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord import lines
from bot.discord.asking import in_turn
from bot.discord.check_pages import check_pages
from bot.discord.errors import explained
from bot.discord.message_text import question_in
from bot.discord.replies import InteractionReply
from bot.discord.scopes import folders_for
from bot.types import CheckedSentence
from bot.wiring import Parts

if TYPE_CHECKING:
    from bot.discord.client import FootnoteBot


class CheckCog(commands.Cog):
    """Checks any message sentence by sentence, for the one who asks alone."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot
        self._parts = bot.parts
        self._menu = app_commands.ContextMenu(name="Check against the documents", callback=self.check)

    async def cog_load(self) -> None:
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)

    async def check(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Check a message's sentences against the documents of this channel."""
        reply = InteractionReply(interaction, private=True)
        await reply.acknowledge()
        try:
            with self._parts.under_way():
                await self._check(interaction, question_in(message, self._bot.own_id), reply)
        except Exception as error:  # noqa: BLE001 (it is told and logged)
            await explained(f"a check in {interaction.channel_id}", error, reply.say)

    async def _check(self, interaction: discord.Interaction[Any], text: str, reply: InteractionReply) -> None:
        from bot.claims import check_message

        def work(live: Parts) -> list[CheckedSentence]:
            return check_message(text, live, folders_for(self._parts, interaction.channel))

        turn = await in_turn(self._parts, interaction.guild_id, interaction.user.id, reply, work)
        if turn is None:
            return
        checked, _ = turn
        if checked:
            await reply.show(check_pages(checked), None, [])
        else:
            await reply.say(lines.NOTHING_TO_CHECK)
