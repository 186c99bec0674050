"""Show the source of an answer with the words around it, and send its file. The journal holds what is shown."""

from __future__ import annotations

import asyncio
import io
import logging
from pathlib import Path, PurePosixPath
from typing import Any

import discord

from bot.answering.sources import document_hash
from bot.discord.access.scopes import folders_for, is_in_scope
from bot.discord.actions.stored_entry import stored_entry
from bot.discord.pages.source import source_page
from bot.discord.parts import ServingParts
from bot.discord.sending.answer_buttons import source_buttons
from bot.discord.sending.messages import NO_MENTIONS, content_of
from bot.discord.text import lines
from bot.types import JournalEntry, Source
from index.errors import FootnoteError
from index.storage.catalog.catalog import Catalog
from index.types import folder_of

LARGEST_FILE = 10 * 1024 * 1024  # bytes that Discord accepts from a bot in every server

Interaction = discord.Interaction[Any]

log = logging.getLogger(__name__)


async def show_sources(parts: ServingParts, interaction: Interaction, reference: str, position: int) -> None:
    """Show the first source of an answer, to the person who asked for it only."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    await _show_source(parts, interaction, reference, position)


async def turn_to_source(parts: ServingParts, interaction: Interaction, reference: str, position: int) -> None:
    """Replace the source that is shown by another."""
    await interaction.response.defer()
    await _show_source(parts, interaction, reference, position)


async def _show_source(parts: ServingParts, interaction: Interaction, reference: str, position: int) -> None:
    entry = await stored_entry(parts, interaction, reference)
    if entry is None:
        await interaction.edit_original_response(**content_of(lines.GONE), view=None)
        return
    visible = _visible_sources(parts, interaction, entry)
    if not visible:
        await interaction.edit_original_response(**content_of(lines.OUT_OF_SCOPE), view=None)
        return
    position = position if position in visible else visible[0]
    source = entry.sources[position]
    try:
        note = await parts.live.read(lambda catalog: change_since(source, catalog))
    except FootnoteError as error:  # the stored quote can be shown all the same
        log.warning("could not check whether %s has changed: %s", source.citation.document, error)
        note = ""
    offers_file = await asyncio.to_thread(_offered_file, parts, interaction, source) is not None
    page = source_page(entry, position, note=note, visible=visible)
    buttons = source_buttons(entry, position, visible, offers_file=offers_file)
    await interaction.edit_original_response(**content_of(page), view=buttons)


def change_since(source: Source, catalog: Catalog) -> str:
    """Return a line that says what has happened to a source's document since it was quoted; empty if nothing has."""
    document = catalog.document(source.citation.document)
    if document is None:
        return lines.DOCUMENT_GONE
    return "" if document_hash(document) == source.document_hash else lines.DOCUMENT_CHANGED


def _visible_sources(parts: ServingParts, interaction: Interaction, entry: JournalEntry) -> list[int]:
    """Return the positions of the sources that the scope of this channel allows now."""
    folders = folders_for(parts, interaction.channel)
    return [
        position
        for position, source in enumerate(entry.sources)
        if is_in_scope(folder_of(source.citation.document), folders)
    ]


async def send_file(parts: ServingParts, interaction: Interaction, reference: str, position: int) -> None:
    """Send the document of a source, to the person who asked for it only."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    entry = await stored_entry(parts, interaction, reference)
    if entry is None:
        await interaction.edit_original_response(**content_of(lines.GONE))
        return
    if position not in _visible_sources(parts, interaction, entry):
        await interaction.edit_original_response(**content_of(lines.OUT_OF_SCOPE))
        return
    source = entry.sources[position]
    path = await asyncio.to_thread(_offered_file, parts, interaction, source)
    if path is None:
        await interaction.edit_original_response(**content_of(lines.NO_FILE))
        return
    data = await asyncio.to_thread(_read_file, path)
    if data is None:
        await interaction.edit_original_response(**content_of(lines.FILE_TOO_LARGE))
        return
    file = discord.File(io.BytesIO(data), filename=PurePosixPath(source.citation.document).name)
    await interaction.edit_original_response(content=None, attachments=[file], allowed_mentions=NO_MENTIONS)


def _offered_file(parts: ServingParts, interaction: Interaction, source: Source) -> Path | None:
    """Return the file of a source's document.

    None if the administrators of the server do not allow files, or the file is no longer in the seeds folder.
    """
    if source.citation.url or not parts.servers.offers_files(interaction.guild_id):
        return None
    try:
        path = (parts.settings.seeds_dir / source.citation.document).resolve(strict=True)
    except OSError:
        return None
    return path if path.is_file() and path.is_relative_to(parts.settings.seeds_dir.resolve()) else None


def _read_file(path: Path) -> bytes | None:
    """Return the bytes of a file; None if it is larger than Discord accepts."""
    with path.open("rb") as file:
        data = file.read(LARGEST_FILE + 1)
    return data if len(data) <= LARGEST_FILE else None
