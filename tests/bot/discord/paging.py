"""The buttons under a list in a test."""

from __future__ import annotations

import discord
import simcord


def turning(message: simcord.ResponseMessage, way: str) -> str:
    """The id of the button ◀ or ▶ under a list."""
    names = {"◀": "footnote-page:b:", "▶": "footnote-page:n:"}
    ids = [
        str(child.custom_id)
        for row in message.message.components
        if isinstance(row, discord.ActionRow)
        for child in row.children
    ]
    return next(one for one in ids if one.startswith(names[way]))
