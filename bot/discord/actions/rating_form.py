"""The form behind 👎: what is wrong, what would be right."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

import discord

from bot.discord.actions.kept_entry import kept_entry
from bot.discord.parts import ServingParts
from bot.discord.sending.messages import content_of
from bot.discord.text import lines
from bot.errors import JournalError

ID = r"footnote:report:(?P<reference>[\w-]{12})"
LONGEST = 1000  # characters of each answer

log = logging.getLogger(__name__)


def rating_form(reference: str) -> discord.ui.Modal:
    """The form, known by its id alone: one that was open during a restart can still be sent."""
    form = discord.ui.Modal(title="What was wrong?", custom_id=f"footnote:report:{reference}", timeout=None)
    for name, label in (("wrong", "What is wrong with this answer?"), ("right", "What would be right?")):
        text = discord.ui.TextInput[discord.ui.View](
            label=label, custom_id=name, style=discord.TextStyle.paragraph, required=False, max_length=LONGEST
        )
        form.add_item(text)
    form.stop()  # else discord.py keeps it until it is sent, which may be never
    return form


async def keep_form(parts: ServingParts, interaction: discord.Interaction[Any]) -> bool:
    """Keep what was written, if the form is ours; whether it was."""
    data: Mapping[str, Any] = interaction.data or {}
    match = re.fullmatch(ID, str(data.get("custom_id", "")))
    if match is None:
        return False
    await interaction.response.defer(ephemeral=True, thinking=True)
    written = dict(_written(data.get("components", [])))
    if not await can_be_rated(parts, interaction, match["reference"]):
        await interaction.edit_original_response(**content_of(lines.GONE))
        return True
    wrong, right = (written.get(name, "").strip()[:LONGEST] for name in ("wrong", "right"))
    parts.journal.rate(match["reference"], interaction.user.id, helpful=False, wrong=wrong, right=right)
    await interaction.edit_original_response(**content_of(lines.THANKS))
    return True


async def can_be_rated(parts: ServingParts, interaction: discord.Interaction[Any], reference: str) -> bool:
    """Whether the answer is still there for this person to rate.

    Where the journal can't be read it may be: a rating waits in memory, and comes to nothing if there is no answer.
    """
    try:
        return await kept_entry(parts, interaction, reference) is not None
    except JournalError as error:
        log.warning("whether %s is still there to be rated is not known: %s", reference, error)
        return True


def _written(components: Any) -> Iterator[tuple[str, str]]:
    """The id and the text of every field, however deep Discord wraps it."""
    for component in components:
        if isinstance(component.get("value"), str):
            yield component["custom_id"], component["value"]
        yield from _written(component.get("components", []))
        if isinstance(component.get("component"), dict):
            yield from _written([component["component"]])
