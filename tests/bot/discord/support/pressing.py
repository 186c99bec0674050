"""Press buttons in a test."""

from __future__ import annotations

import discord
import simcord

from tests.bot.discord.support.scenes import text_of


def turning(message: simcord.ResponseMessage, way: str) -> str:
    """Return the custom id of ◀ or ▶ under a list."""
    names = {"◀": ":b:", "▶": ":n:"}
    ids = [
        str(child.custom_id)
        for row in message.message.components
        if isinstance(row, discord.ActionRow)
        for child in row.children
    ]
    return next(one for one in ids if names[way] in one)


def told(pressed: simcord.InteractionResult) -> str:
    """Return the last text that was shown to the person who pressed a button."""
    last = pressed.followups[-1] if pressed.followups else pressed.response
    assert last is not None
    return text_of(last)
