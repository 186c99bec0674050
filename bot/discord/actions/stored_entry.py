"""The journal entry that a button or a form belongs to, if the person may see it."""

from __future__ import annotations

import asyncio
from typing import Any

import discord

from bot.discord.parts import ServingParts
from bot.types import JournalEntry


async def stored_entry(
    parts: ServingParts, interaction: discord.Interaction[Any], reference: str
) -> JournalEntry | None:
    """Return the journal entry under whose answer a button was pressed.

    None if it has expired or was erased, belongs to another server, or is private to somebody else. Raises
    `JournalError` if the journal can't be read.
    """
    entry = await asyncio.to_thread(parts.journal.entry, reference)
    if entry is None or entry.question.server != interaction.guild_id:
        return None
    return None if entry.question.private and entry.question.asker != interaction.user.id else entry
