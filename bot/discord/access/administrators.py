"""Who may change what concerns everybody in a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import discord
from discord import app_commands

from bot.config.settings import Settings
from bot.discord.parts import ServingBot
from bot.discord.text import lines

T = TypeVar("T")


# Not `app_commands.guild_only`, which leaves direct messages open where the bot's other commands have them.
servers_only = app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)


class NotAdministrator(app_commands.CheckFailure):
    """A command that this person may not use."""


def is_administrator(interaction: discord.Interaction[Any], settings: Settings) -> bool:
    """Whether a person has Manage Server here, or one of the roles in `ADMIN_ROLES`."""
    if interaction.guild_id is None or not isinstance(interaction.user, discord.Member):
        return False
    # Discord works these out for the channel, so that an administrator or the owner has them all.
    if interaction.permissions.manage_guild:
        return True
    # Digits are an id and never a name: whoever may make roles could give one the name of another's id.
    return any(
        one == (str(role.id) if one.isdecimal() else role.name)
        for one in settings.admin_roles
        for role in interaction.user.roles
    )


def administrators_only() -> Callable[[T], T]:
    """A check for commands: everybody sees them, since a role of one's own can't be named to Discord."""

    async def check(interaction: discord.Interaction[Any]) -> bool:
        bot = cast("ServingBot", interaction.client)
        if is_administrator(interaction, bot.parts.settings):
            return True
        raise NotAdministrator(lines.not_allowed(bot.parts.settings.admin_roles))

    return app_commands.check(check)
