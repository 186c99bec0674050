"""Buttons in a test: which to press, and what comes of it."""

from __future__ import annotations

import discord
import simcord

from tests.bot.discord.support.scenes import text_of


def turning(message: simcord.ResponseMessage, way: str) -> str:
    """The id of the button ◀ or ▶ under a list."""
    names = {"◀": ":b:", "▶": ":n:"}
    ids = [
        str(child.custom_id)
        for row in message.message.components
        if isinstance(row, discord.ActionRow)
        for child in row.children
    ]
    return next(one for one in ids if names[way] in one)


def told(pressed: simcord.InteractionResult) -> str:
    """The last that was shown to whoever pressed: a message of its own, or one in the place of "thinking …"."""
    last = pressed.followups[-1] if pressed.followups else pressed.response
    assert last is not None
    return text_of(last)
