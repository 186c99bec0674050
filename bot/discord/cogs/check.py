"""The message menu "Check against the documents". Nothing of the message is stored."""

from __future__ import annotations

import re
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answering.claim_check import check_message
from bot.discord.access.scopes import folders_for
from bot.discord.asking.ask import in_turn
from bot.discord.errors import report_error
from bot.discord.pages.check import check_pages
from bot.discord.parts import ServingBot
from bot.discord.sending.replies import InteractionReply
from bot.discord.text import lines
from bot.discord.text.incoming import question_in
from bot.journal.entries import is_within
from bot.runtime.wiring import Parts
from bot.types import CheckedSentence

# The numbers of footnotes in an answer of the bot (`footnotes.markers`), and its small print.
ADDITIONS = re.compile(r"\s*\*\*(?:\[\d+\]|\[\[\d+\]\]\(<[^<>\s]*>\))+\*\*|^-# .*$", re.MULTILINE)


class CheckCog(commands.Cog):
    """Checks a message sentence by sentence, visible only to the person who asks."""

    def __init__(self, bot: ServingBot) -> None:
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
            with self._parts.finished_before_closing():
                await self._check(interaction, claims_in(message, self._bot.own_id), reply)
        except Exception as error:  # noqa: BLE001 (reported to the person and logged)
            await report_error(f"a check in {interaction.channel_id}", error, reply.say)

    async def _check(self, interaction: discord.Interaction[Any], text: str, reply: InteractionReply) -> None:
        def work(live: Parts) -> tuple[tuple[str, ...] | None, list[CheckedSentence]]:
            folders = folders_for(self._parts, interaction.channel)
            return folders, check_message(text, live, folders=folders)

        turn = await in_turn(self._parts, interaction.guild_id, interaction.user.id, reply, work)
        if turn is None:
            return
        folders, checked = turn[0]
        while not is_within(folders, folders_for(self._parts, interaction.channel)):  # the scope was narrowed meanwhile
            folders, checked = await self._parts.live.run(work)
        if checked:
            await reply.show(check_pages(checked), None, [])
        else:
            await reply.say(lines.NOTHING_TO_CHECK)


def claims_in(message: discord.Message, own_id: int) -> str:
    """Return the text of a message to check; of a forwarded message, what was forwarded."""
    text = question_in(message, own_id)
    if not text and message.message_snapshots:
        text = message.message_snapshots[0].content
    return ADDITIONS.sub("", text) if message.author.id == own_id else text
