"""Buttons that are known by their ids alone: they outlive restarts, and discord.py keeps nothing of them."""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Self, cast

import discord

from bot.discord.errors import explained
from bot.discord.sending.replies import aside

if TYPE_CHECKING:
    from bot.discord.client import FootnoteBot

Button = discord.ui.Button[discord.ui.View]


def silent_view() -> discord.ui.View:
    """A view that discord.py does not keep: its buttons are known by their ids, not by their message."""
    view = discord.ui.View(timeout=None)
    view.stop()
    return view


class IdButton(discord.ui.DynamicItem[Button], template=r"(?!)"):
    """A button whose id says all that it needs. Subclasses name the `template` of their ids."""

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
            await self.pressed(cast("FootnoteBot", interaction.client), interaction, match)
        except Exception as error:  # noqa: BLE001 (it is told and logged)
            await explained(f"the button {match.group(1)}", error, aside(interaction))

    @abstractmethod
    async def pressed(self, bot: FootnoteBot, interaction: discord.Interaction[Any], match: re.Match[str]) -> None:
        """Do what the button is for. `match` is that of its id, whose first group tells it from others."""
