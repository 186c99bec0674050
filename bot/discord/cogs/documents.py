"""`/documents`: list the documents that this channel is answered from."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.access.scopes import folders_for, is_in_scope
from bot.discord.pages.report import document_page, documents_pages
from bot.discord.parts import ServingParts
from bot.discord.sending.messages import content_of
from bot.discord.sending.page_buttons import page_buttons
from bot.discord.text import lines
from bot.discord.text.markdown import visible
from bot.discord.text.splitting import length
from index.errors import FootnoteError
from index.storage.catalog.catalog import Catalog
from index.storage.catalog.rows import DocumentSummary
from index.types import Heading, folder_of

MOST_CHOICES = 25  # that Discord shows
LONGEST_CHOICE = 100  # UTF-16 code units of a choice

log = logging.getLogger(__name__)


class DocumentsCog(commands.Cog):
    """Lists documents, with search as you type."""

    def __init__(self, parts: ServingParts) -> None:
        self._parts = parts
        self._cached: tuple[object, list[DocumentSummary]] = (None, [])

    @app_commands.command(name="documents", description="List the documents that I answer from here")
    @app_commands.describe(document="Part of a title or path; shows the document if only one matches")
    async def documents(self, interaction: discord.Interaction[Any], document: str | None = None) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self.show(interaction, 0, (document or "").strip())

    async def show(self, interaction: discord.Interaction[Any], position: int, typed: str) -> None:
        """Show one page of the documents that match; details if it is a single one."""
        found = await self.in_scope(interaction)
        if typed:
            found = [one for one in found if one.path == typed] or matching(found, typed)
        if typed and not found:
            await interaction.edit_original_response(**content_of(lines.no_document(typed)), view=None)
        elif typed and len(found) == 1:
            page = document_page(found[0], headings=await self._headings(found[0]))
            await interaction.edit_original_response(**content_of(page), view=None)
        else:
            pages = await asyncio.to_thread(documents_pages, found)  # slow for many documents
            position = min(position, len(pages) - 1)
            buttons = page_buttons("documents", position, len(pages), typed=typed)
            await interaction.edit_original_response(**content_of(pages[position]), view=buttons)

    async def _headings(self, summary: DocumentSummary) -> Sequence[Heading]:
        document = await self._parts.live.read(lambda catalog: catalog.document(summary.path))
        return () if document is None else document.headings

    @documents.autocomplete("document")
    async def search(self, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        """Suggest documents in this channel's scope."""
        try:
            found = await asyncio.to_thread(matching, await self.in_scope(interaction), typed)
        except FootnoteError as error:
            log.warning("/documents, suggestions: %s", error)
            return []
        # The value of a path that is too long is its beginning, which is searched for when it is sent.
        return [app_commands.Choice(name=_choice(one), value=_short(one.path)) for one in found[:MOST_CHOICES]]

    async def in_scope(self, interaction: discord.Interaction[Any]) -> list[DocumentSummary]:
        """Return the documents that this channel may be answered from."""
        folders = folders_for(self._parts, interaction.channel)
        return [one for one in await self._all() if is_in_scope(folder_of(one.path), folders)]

    async def _all(self) -> list[DocumentSummary]:
        """Return all documents, cached for a generation: they are needed for every key press."""

        def read(catalog: Catalog) -> tuple[object, list[DocumentSummary]]:
            active = catalog.active()  # with its time: the numbers of a rebuilt index start at 1 again
            return self._cached if active == self._cached[0] else (active, catalog.summaries())

        self._cached = await self._parts.live.read(read)
        return self._cached[1]


def matching(documents: Sequence[DocumentSummary], typed: str) -> list[DocumentSummary]:
    """Return the documents whose title or path contains all typed words; titles that begin with the text come first."""
    words = typed.casefold().split()

    def key(document: DocumentSummary) -> tuple[bool, str]:
        title = document.title.casefold()
        return (not title.startswith(typed.casefold().strip()), title)

    return sorted(
        (one for one in documents if all(word in f"{one.title} {one.path}".casefold() for word in words)), key=key
    )


def _choice(document: DocumentSummary) -> str:
    """Return the label of a suggestion: title and path, without invisible characters."""
    title, path = visible(document.title), visible(document.path)
    name = f"{title} ({path})" if title and path else title or path or "…"
    return name if length(name) <= LONGEST_CHOICE else f"{_short(name, limit=LONGEST_CHOICE - 2)} …"


def _short(text: str, *, limit: int = LONGEST_CHOICE) -> str:
    """Return the text, cut to `limit` UTF-16 code units."""
    text = text[:limit]
    while length(text) > limit:  # some characters are two code units
        text = text[:-1]
    return text
