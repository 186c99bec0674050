"""`/ask`: answer a question."""

from __future__ import annotations

from functools import partial
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.access.scopes import folders_for
from bot.discord.asking.ask import ask
from bot.discord.asking.conversations import Earlier, in_direct_messages, in_thread, is_own_thread
from bot.discord.asking.threads import open_under_answer
from bot.discord.parts import ServingParts
from bot.discord.sending.replies import InteractionReply
from bot.discord.text.incoming import without_courtesies
from bot.types import Question
from index.retrieval.retriever import LONGEST_QUESTION


class AskCog(commands.Cog):
    """Answers a slash command, for everybody or for the asker only."""

    def __init__(self, parts: ServingParts) -> None:
        self._parts = parts

    @app_commands.command(
        name="ask",
        description="Ask the documents: I answer with footnotes, or show what comes closest",
    )
    @app_commands.describe(
        question="What you want to know, in your own words; up to three questions at once",
        private="Show the answer only to you",
    )
    async def ask(
        self,
        interaction: discord.Interaction[Any],
        question: app_commands.Range[str, 1, LONGEST_QUESTION],
        private: bool = False,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await reply.acknowledge()
        asked = Question(
            text=without_courtesies(question),
            asker=interaction.user.id,
            server=interaction.guild_id,
            channel=interaction.channel_id or 0,
            surface="command",
            private=private,
        )
        shown = await ask(
            self._parts,
            asked,
            reply,
            scope=partial(folders_for, self._parts, interaction.channel),
            earlier=partial(self._earlier, interaction),
        )
        if not private:
            await open_under_answer(self._parts, interaction.channel, shown, asked.text)

    def _earlier(self, interaction: discord.Interaction[Any]) -> Earlier:
        """Return the conversation that a command continues, in a thread of the bot or in direct messages."""
        channel = interaction.channel
        if isinstance(channel, discord.Thread):
            own_user = interaction.client.user
            is_own = own_user is not None and is_own_thread(channel, own_user.id)
            return in_thread(self._parts, channel.id) if is_own else ()
        if interaction.guild_id is None:
            return in_direct_messages(self._parts, interaction.channel_id or 0)
        return ()
