"""The button "Search wider" under an abstention."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

import discord

from bot.discord.access.scopes import folders_for
from bot.discord.actions.stored_entry import stored_entry
from bot.discord.asking.ask import ask
from bot.discord.asking.conversations import before
from bot.discord.errors import UNREACHABLE
from bot.discord.parts import ServingParts
from bot.discord.sending.answer_buttons import answer_buttons
from bot.discord.sending.replies import FollowUpReply
from bot.discord.text import lines
from bot.types import Question


async def search_wider(
    parts: ServingParts,
    interaction: discord.Interaction[Any],
    reference: str,
    position: int,  # noqa: ARG001 (the signature is `Action`)
) -> None:
    """Ask the question again, reading more passages and showing less certain answers."""
    await interaction.response.defer()
    entry = await stored_entry(parts, interaction, reference)
    reply = FollowUpReply(interaction, private=entry is None or entry.question.private)
    if entry is None:
        await reply.say(lines.GONE)
        return
    # Remove the button at once: pressing it a second time would post the same answer again.
    await interaction.edit_original_response(view=answer_buttons(entry, searches_wider=False))
    question = Question(
        text=entry.question.text,
        asker=interaction.user.id,
        server=interaction.guild_id,
        channel=interaction.channel_id or 0,
        surface="wider",
        private=entry.question.private,
        previous=entry.reference,
    )
    scope, earlier = partial(folders_for, parts, interaction.channel), partial(before, parts, entry)
    if not await ask(parts, question, reply, scope=scope, earlier=earlier):
        with suppress(*UNREACHABLE):  # `ask` has reported why there is no answer
            await interaction.edit_original_response(view=answer_buttons(entry))
