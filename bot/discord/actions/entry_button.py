"""What the buttons under an answer do. What they show is what the journal has kept."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import discord

from bot.answering.sources import document_hash
from bot.discord.access.scopes import folders_for, is_in_scope
from bot.discord.actions.kept_entry import kept_entry
from bot.discord.actions.rating_form import can_be_rated, rating_form
from bot.discord.asking.ask import Question, ask
from bot.discord.asking.conversations import before
from bot.discord.errors import UNREACHABLE
from bot.discord.pages.source import source_page
from bot.discord.parts import ServingParts
from bot.discord.sending.answer_buttons import answer_buttons, source_buttons
from bot.discord.sending.messages import NO_MENTIONS, content_of
from bot.discord.sending.replies import FollowUpReply
from bot.discord.text import lines
from bot.types import JournalEntry, Source
from index.errors import IndexingError
from index.storage.catalog.catalog import Catalog
from index.types import folder_of

LARGEST_FILE = 10 * 1024 * 1024  # bytes that Discord takes of a bot without more ado
FORM_PATIENCE = 1.0  # seconds: a form has to be the first response, and that within three seconds

Interaction = discord.Interaction[Any]
Action = Callable[[ServingParts, Interaction, str, int], Awaitable[None]]

log = logging.getLogger(__name__)


async def show_sources(parts: ServingParts, interaction: Interaction, reference: str, position: int) -> None:
    """Show the first footnote in its surroundings, to whom asked alone."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    await _show_source(parts, interaction, reference, position)


async def turn_to_source(parts: ServingParts, interaction: Interaction, reference: str, position: int) -> None:
    """Show another footnote in the place of the one that is shown."""
    await interaction.response.defer()
    await _show_source(parts, interaction, reference, position)


async def _show_source(parts: ServingParts, interaction: Interaction, reference: str, position: int) -> None:
    entry = await kept_entry(parts, interaction, reference)
    if entry is None:
        await interaction.edit_original_response(**content_of(lines.GONE), view=None)
        return
    shown = _in_scope(parts, interaction, entry)
    if not shown:
        await interaction.edit_original_response(**content_of(lines.OUT_OF_SCOPE), view=None)
        return
    position = position if position in shown else shown[0]
    source = entry.sources[position]
    try:
        note = await parts.live.read(lambda catalog: changed_since(source, catalog))
    except IndexingError as error:  # the footnote is as it was all the same
        log.warning("whether %s has changed is not known: %s", source.citation.document, error)
        note = ""
    offers_file = await asyncio.to_thread(_offered_file, parts, interaction, source) is not None
    page = source_page(entry, position, note, shown)
    await interaction.edit_original_response(
        **content_of(page), view=source_buttons(entry, position, shown, offers_file)
    )


def changed_since(source: Source, catalog: Catalog) -> str:
    """What has become of a source's document since it was quoted, in words; empty where it is the same."""
    document = catalog.document(source.citation.document)
    if document is None:
        return lines.DOCUMENT_GONE
    return "" if document_hash(document) == source.document_hash else lines.DOCUMENT_CHANGED


def _in_scope(parts: ServingParts, interaction: Interaction, entry: JournalEntry) -> list[int]:
    """The positions of the sources that may be seen in this channel now, whatever was its scope then."""
    folders = folders_for(parts, interaction.channel)
    return [
        position
        for position, source in enumerate(entry.sources)
        if is_in_scope(folder_of(source.citation.document), folders)
    ]


async def send_file(parts: ServingParts, interaction: Interaction, reference: str, position: int) -> None:
    """Send the document that a footnote is from, to whom asked alone."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    entry = await kept_entry(parts, interaction, reference)
    if entry is None:
        await interaction.edit_original_response(**content_of(lines.GONE))
        return
    if position not in _in_scope(parts, interaction, entry):
        await interaction.edit_original_response(**content_of(lines.OUT_OF_SCOPE))
        return
    source = entry.sources[position]
    path = await asyncio.to_thread(_offered_file, parts, interaction, source)
    if path is None:
        await interaction.edit_original_response(**content_of(lines.NO_FILE))
        return
    data = await asyncio.to_thread(_content, path)
    if data is None:
        await interaction.edit_original_response(**content_of(lines.FILE_TOO_LARGE))
        return
    file = discord.File(io.BytesIO(data), filename=PurePosixPath(source.citation.document).name)
    await interaction.edit_original_response(content=None, attachments=[file], allowed_mentions=NO_MENTIONS)


def _offered_file(parts: ServingParts, interaction: Interaction, source: Source) -> Path | None:
    """The file of a source's document, where an admin allows files and it still lies in the folder of documents."""
    if source.citation.url or not parts.servers.offers_files(interaction.guild_id):
        return None
    try:
        path = (parts.settings.seeds_dir / source.citation.document).resolve(strict=True)
    except OSError:
        return None
    return path if path.is_file() and path.is_relative_to(parts.settings.seeds_dir.resolve()) else None


def _content(path: Path) -> bytes | None:
    """The bytes of a file; None where it is larger than Discord takes."""
    with path.open("rb") as file:
        data = file.read(LARGEST_FILE + 1)
    return data if len(data) <= LARGEST_FILE else None


async def search_wider(parts: ServingParts, interaction: Interaction, reference: str, position: int) -> None:  # noqa: ARG001 (the signature is `Action`)
    """Ask again, reading more passages and showing what is less sure."""
    await interaction.response.defer()
    entry = await kept_entry(parts, interaction, reference)
    reply = FollowUpReply(interaction, private=entry is None or entry.private)
    if entry is None:
        await reply.say(lines.GONE)
        return
    # Pressed once, it is gone: everybody would get the same answer again.
    await interaction.edit_original_response(view=answer_buttons(entry, searches_wider=False))
    question = Question(
        text=entry.question,
        asker=interaction.user.id,
        server=interaction.guild_id,
        channel=interaction.channel_id or 0,
        surface="wider",
        scope=partial(folders_for, parts, interaction.channel),
        earlier=partial(before, parts, entry),
        private=entry.private,
        repeats=entry.reference,
    )
    if not await ask(parts, question, reply):
        with suppress(*UNREACHABLE):  # why there is no answer has been said
            await interaction.edit_original_response(view=answer_buttons(entry))


async def rate_helpful(parts: ServingParts, interaction: Interaction, reference: str, position: int) -> None:  # noqa: ARG001 (the signature is `Action`)
    """Keep a thumb up."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    is_kept = await can_be_rated(parts, interaction, reference)
    if is_kept:
        parts.journal.rate(reference, interaction.user.id, helpful=True)
    await interaction.edit_original_response(**content_of(lines.THANKS if is_kept else lines.GONE))


async def rate_unhelpful(parts: ServingParts, interaction: Interaction, reference: str, position: int) -> None:  # noqa: ARG001 (the signature is `Action`)
    """Keep a thumb down, and ask what is wrong, unless there is nothing any more that this could be said of."""
    try:
        async with asyncio.timeout(FORM_PATIENCE):
            is_kept = await can_be_rated(parts, interaction, reference)
    except TimeoutError:
        is_kept = True  # it is looked up again when the form comes
    if not is_kept:
        await interaction.response.send_message(**content_of(lines.GONE), ephemeral=True)
        return
    await interaction.response.send_modal(rating_form(reference))
    parts.journal.rate(reference, interaction.user.id, helpful=False)


ACTIONS: dict[str, Action] = {
    "sources": show_sources,
    "back": turn_to_source,
    "next": turn_to_source,
    "file": send_file,
    "wider": search_wider,
    "helpful": rate_helpful,
    "unhelpful": rate_unhelpful,
}
