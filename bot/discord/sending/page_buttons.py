"""◀ and ▶ under lists that are longer than a message. The number of the page is in the custom id."""

from __future__ import annotations

import discord

from bot.discord.sending.views import unstored_view
from bot.discord.text.splitting import length

# The list, the direction, the page that the button leads to, and the text that the list was searched for, if any.
PAGE_BUTTON_ID = r"footnote-page:(?P<list>[a-z]+):(?P<way>[bn]):(?P<position>\d{1,6})(?::(?P<typed>(?s:.+)))?"
LONGEST_ID = 100  # UTF-16 code units that Discord accepts


def page_buttons(list_name: str, position: int, count: int, *, typed: str = "") -> discord.ui.View | None:
    """Return the buttons under page `position` (from 0) of `count` of a list that was searched for `typed`.

    None if there is only one page, or if `typed` does not fit into a custom id.
    """
    ending = f":{typed}" if typed else ""
    if count < 2 or length(f"footnote-page:{list_name}:b:{count}{ending}") > LONGEST_ID:
        return None
    view = unstored_view()
    for way, emoji, target, disabled in (
        ("b", "◀️", max(position - 1, 0), position == 0),
        ("n", "▶️", position + 1, position == count - 1),
    ):
        custom_id = f"footnote-page:{list_name}:{way}:{target}{ending}"
        view.add_item(discord.ui.Button(emoji=emoji, custom_id=custom_id, disabled=disabled))
    return view
