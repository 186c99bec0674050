"""`/documents`: what is answered from in this channel."""

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

MOST_CHOICES = 25  # what Discord shows
LONGEST_CHOICE = 100  # characters of one

log = logging.getLogger(__name__)


class DocumentsCog(commands.Cog):
    """The list of documents, with search as you type."""

    def __init__(self, parts: ServingParts) -> None:
        self._parts = parts
        self._cached: tuple[object, list[DocumentSummary]] = (None, [])

    @app_commands.command(name="documents", description="List the documents that answers come from here")
    @app_commands.describe(document="Part of a title or a name: shows that one")
    async def documents(self, interaction: discord.Interaction[Any], document: str | None = None) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self.show(interaction, 0, (document or "").strip())

    async def show(self, interaction: discord.Interaction[Any], position: int, typed: str) -> None:
        """Show one page of the documents that match; of a single one, more than its line."""
        found = await self.in_scope(interaction)
        if typed:
            found = [one for one in found if one.path == typed] or matching(found, typed)
        if typed and not found:
            await interaction.edit_original_response(**content_of(lines.no_document(typed)), view=None)
        elif typed and len(found) == 1:
            page = document_page(found[0], await self._headings(found[0]))
            await interaction.edit_original_response(**content_of(page), view=None)
        else:
            pages = await asyncio.to_thread(documents_pages, found)  # of many documents it takes a while
            position = min(position, len(pages) - 1)
            buttons = page_buttons("documents", position, len(pages), typed=typed)
            await interaction.edit_original_response(**content_of(pages[position]), view=buttons)

    async def _headings(self, one: DocumentSummary) -> Sequence[Heading]:
        document = await self._parts.live.read(lambda catalog: catalog.document(one.path))
        return () if document is None else document.headings

    @documents.autocomplete("document")
    async def search(self, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        """Search as you type: nothing that is out of this channel's scope."""
        try:
            found = await asyncio.to_thread(matching, await self.in_scope(interaction), typed)
        except FootnoteError as error:
            log.warning("/documents, while it was typed: %s", error)
            return []
        # The beginning of a path that is too long is still a part of its name, which is searched for then.
        return [app_commands.Choice(name=_choice(one), value=_short(one.path)) for one in found[:MOST_CHOICES]]

    async def in_scope(self, interaction: discord.Interaction[Any]) -> list[DocumentSummary]:
        """The documents that this channel may be answered from."""
        folders = folders_for(self._parts, interaction.channel)
        return [one for one in await self._all() if is_in_scope(folder_of(one.path), folders)]

    async def _all(self) -> list[DocumentSummary]:
        """Every document, read once a generation: each key that is pressed asks for them."""

        def read(catalog: Catalog) -> tuple[object, list[DocumentSummary]]:
            active = catalog.active()  # its time too: an index that is built anew begins with number 1 again
            return self._cached if active == self._cached[0] else (active, catalog.summaries())

        self._cached = await self._parts.live.read(read)
        return self._cached[1]


def matching(documents: Sequence[DocumentSummary], typed: str) -> list[DocumentSummary]:
    """Those whose title or path holds every word typed, those first that begin with it."""
    words = typed.casefold().split()

    def key(one: DocumentSummary) -> tuple[bool, str]:
        return (not one.title.casefold().startswith(typed.casefold().strip()), one.title.casefold())

    return sorted(
        (one for one in documents if all(word in f"{one.title} {one.path}".casefold() for word in words)), key=key
    )


def _choice(one: DocumentSummary) -> str:
    """A document as it is offered: its title with its path, without characters that can't be seen."""
    title, path = visible(one.title), visible(one.path)
    name = f"{title} ({path})" if title and path else title or path or "…"
    return name if length(name) <= LONGEST_CHOICE else f"{_short(name, LONGEST_CHOICE - 2)} …"


def _short(text: str, limit: int = LONGEST_CHOICE) -> str:
    """The beginning of a text that is too long."""
    text = text[:limit]
    while length(text) > limit:  # some characters count twice
        text = text[:-1]
    return text
