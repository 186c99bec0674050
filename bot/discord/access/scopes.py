"""Find the folders that a channel may be answered from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.discord.parts import ServingParts

EVERYTHING = ("/",)  # the scope of all folders, including future ones; no folder can have this name

if TYPE_CHECKING:
    Channel = discord.abc.MessageableChannel | discord.interactions.InteractionChannel


def folders_for(parts: ServingParts, channel: Channel | None) -> tuple[str, ...] | None:
    """Return the folders that a channel may be answered from, None for all folders.

    A thread has the scope of its channel. Direct messages and channels without a scope get `DEFAULT_FOLDERS`. Raises
    `LookupError` for a channel that Discord has not described: it may be a thread in a channel with a scope.
    """
    if channel is None or (isinstance(channel, discord.PartialMessageable) and channel.guild_id is not None):
        raise LookupError("the channel is unknown")
    scope = parts.servers.folders(channel.parent_id if isinstance(channel, discord.Thread) else channel.id)
    if scope is None:
        return parts.settings.default_folders
    return None if scope == EVERYTHING else scope


def is_in_scope(folder: str, folders: tuple[str, ...] | None) -> bool:
    """True if a scope of `folders` (None for all) allows documents of a first-level folder."""
    return folders is None or folder in folders
