"""Buttons that are recognised by their custom ids: they survive restarts, and discord.py keeps nothing of them."""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import Any, Self, cast

import discord

from bot.discord.errors import report_error
from bot.discord.parts import ServingBot
from bot.discord.sending.replies import private_line
from bot.discord.sending.views import Button


class IdButton(discord.ui.DynamicItem[Button], template=r"(?!)"):
    """Reacts to a button whose custom id says all that is needed. Subclasses name the `template` of their ids."""

    @classmethod
    async def from_custom_id(  # the signature is discord.py's
        cls,
        interaction: discord.Interaction[Any],  # noqa: ARG003
        item: discord.ui.Item[Any],
        match: re.Match[str],  # noqa: ARG003
    ) -> Self:
        return cls(cast("Button", item))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        match = self.template.fullmatch(self.custom_id)
        assert match is not None  # discord.py has matched it already
        try:
            await self.pressed(cast("ServingBot", interaction.client), interaction, match)
        except Exception as error:  # noqa: BLE001 (reported to the person and logged)
            await report_error(f"the button {match.group(1)}", error, private_line(interaction))

    @abstractmethod
    async def pressed(self, bot: ServingBot, interaction: discord.Interaction[Any], match: re.Match[str]) -> None:
        """Do what the button is for. `match` is the match of its custom id; the first group is the kind of button."""
