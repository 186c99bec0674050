"""👍 and 👎 under an answer, and the form behind 👎: what is wrong, and what would be right."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

import discord

from bot.discord.actions.stored_entry import stored_entry
from bot.discord.parts import ServingParts
from bot.discord.sending.messages import content_of
from bot.discord.text import lines
from bot.errors import JournalError

FORM_ID = r"footnote:report:(?P<reference>[\w-]{12})"
LONGEST_TEXT = 1000  # characters of each field
LOOK_UP_SECONDS = 1.0  # a form must be the first response, and Discord waits three seconds for that

log = logging.getLogger(__name__)


async def rate_helpful(
    parts: ServingParts,
    interaction: discord.Interaction[Any],
    reference: str,
    position: int,  # noqa: ARG001 (the signature is `Action`)
) -> None:
    """Store a thumb up."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    is_stored = await can_be_rated(parts, interaction, reference)
    if is_stored:
        parts.journal.rate(reference, interaction.user.id, helpful=True)
    await interaction.edit_original_response(**content_of(lines.THANKS if is_stored else lines.GONE))


async def rate_unhelpful(
    parts: ServingParts,
    interaction: discord.Interaction[Any],
    reference: str,
    position: int,  # noqa: ARG001 (the signature is `Action`)
) -> None:
    """Store a thumb down and open the form, unless the answer is no longer stored."""
    try:
        async with asyncio.timeout(LOOK_UP_SECONDS):
            is_stored = await can_be_rated(parts, interaction, reference)
    except TimeoutError:
        is_stored = True  # checked again when the form is sent
    if not is_stored:
        await interaction.response.send_message(**content_of(lines.GONE), ephemeral=True)
        return
    await interaction.response.send_modal(rating_form(reference))
    parts.journal.rate(reference, interaction.user.id, helpful=False)


def rating_form(reference: str) -> discord.ui.Modal:
    """Return the form for an answer. It is recognised by its id, so it can be sent after a restart."""
    form = discord.ui.Modal(title="What was wrong?", custom_id=f"footnote:report:{reference}", timeout=None)
    for name, label in (("wrong", "What is wrong with this answer?"), ("right", "What would be right?")):
        text = discord.ui.TextInput[discord.ui.View](
            label=label, custom_id=name, style=discord.TextStyle.paragraph, required=False, max_length=LONGEST_TEXT
        )
        form.add_item(text)
    form.stop()  # otherwise discord.py keeps the form in memory until it is sent, which may never happen
    return form


async def keep_form(parts: ServingParts, interaction: discord.Interaction[Any]) -> bool:
    """Store what was written into a rating form. False if the form is another one."""
    data: Mapping[str, Any] = interaction.data or {}
    match = re.fullmatch(FORM_ID, str(data.get("custom_id", "")))
    if match is None:
        return False
    await interaction.response.defer(ephemeral=True, thinking=True)
    written = dict(_written(data.get("components", [])))
    if not await can_be_rated(parts, interaction, match["reference"]):
        await interaction.edit_original_response(**content_of(lines.GONE))
        return True
    wrong, right = (written.get(name, "").strip()[:LONGEST_TEXT] for name in ("wrong", "right"))
    parts.journal.rate(match["reference"], interaction.user.id, helpful=False, wrong=wrong, right=right)
    await interaction.edit_original_response(**content_of(lines.THANKS))
    return True


async def can_be_rated(parts: ServingParts, interaction: discord.Interaction[Any], reference: str) -> bool:
    """True if the answer is still stored and this person may see it.

    Also true if the journal can't be read: the rating waits in memory, and is dropped later if there is no answer.
    """
    try:
        return await stored_entry(parts, interaction, reference) is not None
    except JournalError as error:
        log.warning("could not check that answer %s is still stored before rating it: %s", reference, error)
        return True


def _written(components: Any) -> Iterator[tuple[str, str]]:
    """Yield the id and the text of every field, however deep Discord nests it."""
    for component in components:
        if isinstance(component.get("value"), str):
            yield component["custom_id"], component["value"]
        yield from _written(component.get("components", []))
        if isinstance(component.get("component"), dict):
            yield from _written([component["component"]])
