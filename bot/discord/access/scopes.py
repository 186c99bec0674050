"""From a channel to the folders that it may be answered from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.discord.parts import ServingParts

EVERYTHING = ("/",)  # a scope of all folders, those to come included; no folder can be called so

if TYPE_CHECKING:
    Place = discord.abc.MessageableChannel | discord.interactions.InteractionChannel


def folders_for(parts: ServingParts, place: Place | None) -> tuple[str, ...] | None:
    """The folders that a channel may be answered from, None for all of them.

    A thread has the scope of its channel. Direct messages and channels without a scope get `DEFAULT_FOLDERS`. Raises
    `LookupError` for a place of which not even Discord says what it is: that might be a thread of a scoped channel.
    """
    if place is None or (isinstance(place, discord.PartialMessageable) and place.guild_id is not None):
        raise LookupError("the channel is not known")
    number = place.parent_id if isinstance(place, discord.Thread) else place.id
    scope = parts.servers.folders(number)
    if scope is None:
        return parts.settings.default_folders
    return None if scope == EVERYTHING else scope


def is_in_scope(folder: str, folders: tuple[str, ...] | None) -> bool:
    """Whether documents of a first-level folder may be shown with a scope of `folders`."""
    return folders is None or folder in folders
