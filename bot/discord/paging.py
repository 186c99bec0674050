"""◀ and ▶ under lists that are longer than a message: the page's number is in the button's id."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self, cast

import discord

from bot.discord.buttons import silent_view
from bot.discord.errors import explained
from bot.discord.replies import aside
from bot.discord.splitting import length

if TYPE_CHECKING:
    from bot.discord.client import FootnoteBot

Buttons = discord.ui.Button[discord.ui.View]

# The list, the page that the button leads to, and what was searched for in the list, if anything.
ID = r"footnote-page:(?P<way>[bn]):(?P<list>[a-z]+):(?P<position>\d{1,6})(?::(?P<typed>(?s:.+)))?"
LONGEST_ID = 100


def paging_buttons(name: str, position: int, count: int, typed: str = "") -> discord.ui.View | None:
    """The buttons under page `position` (from 0) of `count` of a list, in which `typed` was searched for.

    None where there is only one page, or where what was typed does not fit into a button.
    """
    ending = f":{typed}" if typed else ""
    if count < 2 or length(f"footnote-page:b:{name}:{count}{ending}") > LONGEST_ID:
        return None
    view = silent_view()
    for way, emoji, target, disabled in (
        ("b", "◀️", position - 1, position == 0),
        ("n", "▶️", position + 1, position == count - 1),
    ):
        number = max(target, 0)
        button: Buttons = discord.ui.Button(
            emoji=emoji, custom_id=f"footnote-page:{way}:{name}:{number}{ending}", disabled=disabled
        )
        view.add_item(PageButton(button))
    return view


class PageButton(discord.ui.DynamicItem[Buttons], template=ID):
    """A button to another page of a list."""

    @classmethod
    async def from_custom_id(  # the signature is discord.py's
        cls,
        interaction: discord.Interaction[Any],  # noqa: ARG003
        item: discord.ui.Item[Any],
        match: re.Match[str],  # noqa: ARG003
    ) -> Self:
        return cls(cast("Buttons", item))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        match = re.fullmatch(ID, self.custom_id)
        assert match is not None  # discord.py has matched it already
        bot = cast("FootnoteBot", interaction.client)
        try:
            await interaction.response.defer()
            await bot.turn_page(interaction, match["list"], int(match["position"]), match["typed"] or "")
        except Exception as error:  # noqa: BLE001 (it is told and logged)
            await explained(f"the list {match['list']}", error, aside(interaction))
