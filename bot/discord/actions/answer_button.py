"""React to the buttons under an answer."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.discord.actions.id_button import IdButton
from bot.discord.actions.ratings import rate_helpful, rate_unhelpful
from bot.discord.actions.search_wider import search_wider
from bot.discord.actions.sources import send_file, show_sources, turn_to_source
from bot.discord.parts import ServingBot, ServingParts
from bot.discord.sending.answer_buttons import ANSWER_BUTTON_ID

# Called with the reference of the journal entry, and the position of a source in it (0 for buttons without one).
Action = Callable[[ServingParts, discord.Interaction[Any], str, int], Awaitable[None]]

ACTIONS: dict[str, Action] = {
    "sources": show_sources,
    "back": turn_to_source,
    "next": turn_to_source,
    "file": send_file,
    "wider": search_wider,
    "helpful": rate_helpful,
    "unhelpful": rate_unhelpful,
}


class AnswerButton(IdButton, template=ANSWER_BUTTON_ID):
    """Does what any of the buttons under an answer, or under one of its sources, is for."""

    async def pressed(self, bot: ServingBot, interaction: discord.Interaction[Any], match: re.Match[str]) -> None:
        await ACTIONS[match["action"]](bot.parts, interaction, match["reference"], int(match["position"] or 0))
