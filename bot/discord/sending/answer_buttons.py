"""The buttons under an answer. Their ids say all that they need, so they outlive restarts and rebuilt indexes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord

from bot.discord.sending.id_button import IdButton, silent_view
from bot.discord.text.markdown import safe_url
from bot.types import JournalEntry

if TYPE_CHECKING:
    from bot.discord.client import FootnoteBot

# What a button does, and the reference of the entry that it stands under; for some a position in it.
ID = r"footnote:(?P<action>[a-z]+):(?P<reference>[\w-]{12})(?::(?P<position>\d{1,3}))?"


def button_id(action: str, reference: str, position: int | None = None) -> str:
    """The custom id of a button, at most 40 characters."""
    return f"footnote:{action}:{reference}" + (f":{position}" if position is not None else "")


def answer_buttons(entry: JournalEntry, searches_wider: bool = True) -> discord.ui.View:
    """What stands under an answer: Sources, thumbs, and after an abstention "Search wider"."""
    view = silent_view()
    if entry.sources:
        view.add_item(_button("sources", entry.reference, "Nearest passages" if entry.abstained else "Sources"))
    if searches_wider and entry.abstained and entry.surface != "wider":
        view.add_item(_button("wider", entry.reference, "Search wider"))
    view.add_item(_button("helpful", entry.reference, emoji="👍"))
    view.add_item(_button("unhelpful", entry.reference, emoji="👎"))
    return view


def source_buttons(entry: JournalEntry, position: int, shown: list[int], offers_file: bool) -> discord.ui.View | None:
    """What stands under a footnote in its surroundings: to the one before and after, its address or its file.

    `shown` are the positions that may be seen.
    """
    view = silent_view()
    place = shown.index(position)
    if len(shown) > 1:
        before, after = shown[place - 1], shown[(place + 1) % len(shown)]
        view.add_item(_button("back", entry.reference, emoji="◀️", position=before, disabled=place == 0))
        view.add_item(_button("next", entry.reference, emoji="▶️", position=after, disabled=place == len(shown) - 1))
    address = entry.sources[position].citation.url
    url = safe_url(address) if address else None
    if url:
        view.add_item(discord.ui.Button(label="Open", url=url))
    elif not address and offers_file:
        view.add_item(_button("file", entry.reference, "File", position=position))
    return view if view.children else None


def _button(
    action: str,
    reference: str,
    label: str | None = None,
    emoji: str | None = None,
    position: int | None = None,
    disabled: bool = False,
) -> EntryButton:
    return EntryButton(
        discord.ui.Button(label=label, emoji=emoji, custom_id=button_id(action, reference, position), disabled=disabled)
    )


class EntryButton(IdButton, template=ID):
    """Any of the buttons under an answer."""

    async def pressed(self, bot: FootnoteBot, interaction: discord.Interaction[Any], match: re.Match[str]) -> None:
        from bot.discord.actions.entry_button import ACTIONS

        await ACTIONS[match["action"]](bot.parts, interaction, match["reference"], int(match["position"] or 0))
