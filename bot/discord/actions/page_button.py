"""React to ◀ and ▶ under a list."""

from __future__ import annotations

import re
from typing import Any

import discord

from bot.discord.actions.id_button import IdButton
from bot.discord.parts import ServingBot
from bot.discord.sending.page_buttons import PAGE_BUTTON_ID


class PageButton(IdButton, template=PAGE_BUTTON_ID):
    """Turns to another page of a list."""

    async def pressed(self, bot: ServingBot, interaction: discord.Interaction[Any], match: re.Match[str]) -> None:
        await interaction.response.defer()
        show_page = bot.lists.get(match["list"])
        if show_page is not None:  # a later version may have dropped the list
            await show_page(interaction, int(match["position"]), match["typed"] or "")
