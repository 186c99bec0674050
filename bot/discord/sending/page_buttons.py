"""◀ and ▶ under lists that are longer than a message: the page's number is in the button's id."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord

from bot.discord.sending.id_button import Button, IdButton, silent_view
from bot.discord.text.splitting import length

if TYPE_CHECKING:
    from bot.discord.client import FootnoteBot

# The list, the page that the button leads to, and what was searched for in the list, if anything.
ID = r"footnote-page:(?P<list>[a-z]+):(?P<way>[bn]):(?P<position>\d{1,6})(?::(?P<typed>(?s:.+)))?"
LONGEST_ID = 100


def paging_buttons(name: str, position: int, count: int, typed: str = "") -> discord.ui.View | None:
    """The buttons under page `position` (from 0) of `count` of a list, in which `typed` was searched for.

    None where there is only one page, or where what was typed does not fit into a button.
    """
    ending = f":{typed}" if typed else ""
    if count < 2 or length(f"footnote-page:{name}:b:{count}{ending}") > LONGEST_ID:
        return None
    view = silent_view()
    for way, emoji, target, disabled in (
        ("b", "◀️", position - 1, position == 0),
        ("n", "▶️", position + 1, position == count - 1),
    ):
        number = max(target, 0)
        button: Button = discord.ui.Button(
            emoji=emoji, custom_id=f"footnote-page:{name}:{way}:{number}{ending}", disabled=disabled
        )
        view.add_item(PageButton(button))
    return view


class PageButton(IdButton, template=ID):
    """A button to another page of a list."""

    async def pressed(self, bot: FootnoteBot, interaction: discord.Interaction[Any], match: re.Match[str]) -> None:
        await interaction.response.defer()
        await bot.turn_page(interaction, match["list"], int(match["position"]), match["typed"] or "")
