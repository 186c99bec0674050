"""Decide who may use the commands for administrators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import discord
from discord import app_commands

from bot.config.settings import Settings
from bot.discord.parts import ServingBot
from bot.discord.text import lines

T = TypeVar("T")


# Not `app_commands.guild_only`: with it, the bot's default contexts would still allow direct messages.
servers_only = app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)


class NotAdministrator(app_commands.CheckFailure):
    """A person used a command that they may not use."""


def is_administrator(interaction: discord.Interaction[Any], settings: Settings) -> bool:
    """True if a person has the Manage Server permission here, or one of the roles in `ADMIN_ROLES`."""
    if interaction.guild_id is None or not isinstance(interaction.user, discord.Member):
        return False
    # Discord computes these for the channel: an administrator and the owner have all of them.
    if interaction.permissions.manage_guild:
        return True
    # Digits are an id, never a name: otherwise anybody who can create roles could name one after another role's id.
    return any(
        one == (str(role.id) if one.isdecimal() else role.name)
        for one in settings.admin_roles
        for role in interaction.user.roles
    )


def administrators_only() -> Callable[[T], T]:
    """Return a check for commands. Everybody sees the commands, because Discord can't be told about `ADMIN_ROLES`."""

    async def check(interaction: discord.Interaction[Any]) -> bool:
        bot = cast("ServingBot", interaction.client)
        if is_administrator(interaction, bot.parts.settings):
            return True
        raise NotAdministrator(lines.not_allowed(bot.parts.settings.admin_roles))

    return app_commands.check(check)
