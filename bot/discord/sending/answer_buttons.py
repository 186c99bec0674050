"""The buttons under an answer. Their custom ids say all that they need, so they survive restarts and new indexes."""

from __future__ import annotations

import discord

from bot.discord.sending.views import Button, unstored_view
from bot.discord.text.markdown import safe_url
from bot.types import JournalEntry

# What the button does, the reference of the journal entry, and for some buttons the position of a source in it.
ANSWER_BUTTON_ID = r"footnote:(?P<action>[a-z]+):(?P<reference>[\w-]{12})(?::(?P<position>\d{1,3}))?"


def answer_buttons(entry: JournalEntry, *, searches_wider: bool = True) -> discord.ui.View | None:
    """Return the buttons under an answer: Sources, thumbs, and unless it is sure "Search wider".

    None under a reply to a message that asks nothing.
    """
    if entry.note is not None:
        return None
    view = unstored_view()
    if entry.sources:
        label = "Nearest passages" if entry.outcome == "nothing" else "Sources"
        view.add_item(_button("sources", entry.reference, label=label))
    if searches_wider and entry.abstained and entry.question.surface != "wider":
        view.add_item(_button("wider", entry.reference, label="Search wider"))
    view.add_item(_button("helpful", entry.reference, emoji="👍"))
    view.add_item(_button("unhelpful", entry.reference, emoji="👎"))
    return view


def source_buttons(
    entry: JournalEntry, position: int, visible: list[int], *, offers_file: bool
) -> discord.ui.View | None:
    """Return the buttons under the source at `position`: previous, next, and its address or its file.

    `visible` are the positions of the sources that may be shown; `position` is one of them.
    """
    view = unstored_view()
    index = visible.index(position)
    if len(visible) > 1:
        before, after = visible[index - 1], visible[(index + 1) % len(visible)]
        view.add_item(_button("back", entry.reference, emoji="◀️", position=before, disabled=index == 0))
        last = index == len(visible) - 1
        view.add_item(_button("next", entry.reference, emoji="▶️", position=after, disabled=last))
    address = entry.sources[position].citation.url
    url = safe_url(address) if address else None
    if url:
        view.add_item(discord.ui.Button(label="Open", url=url))
    elif not address and offers_file:
        view.add_item(_button("file", entry.reference, label="File", position=position))
    return view if view.children else None


def _button(
    action: str,
    reference: str,
    *,
    label: str | None = None,
    emoji: str | None = None,
    position: int | None = None,
    disabled: bool = False,
) -> Button:
    custom_id = f"footnote:{action}:{reference}" + (f":{position}" if position is not None else "")
    return discord.ui.Button(label=label, emoji=emoji, custom_id=custom_id, disabled=disabled)
