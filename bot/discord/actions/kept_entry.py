"""The entry of the journal that a button or a form belongs to, as far as somebody may see it."""

from __future__ import annotations

import asyncio
from typing import Any

import discord

from bot.discord.parts import ServingParts
from bot.types import JournalEntry


async def kept_entry(parts: ServingParts, interaction: discord.Interaction[Any], reference: str) -> JournalEntry | None:
    """The entry that somebody has pressed a button of; None where it is gone or not for them or this server.

    Raises `JournalError` where the journal can't be read.
    """
    entry = await asyncio.to_thread(parts.journal.entry, reference)
    if entry is None or entry.server != interaction.guild_id:
        return None
    return None if entry.private and entry.asker != interaction.user.id else entry
