"""`/documents`: what is answered from in this channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord import lines
from bot.discord.messages import content_of
from bot.discord.paging import paging_buttons
from bot.discord.parts import ServingParts
from bot.discord.report_pages import document_page, documents_pages
from bot.discord.scopes import folders_for, is_in_scope
from bot.rendering import plain
from index.catalog import Catalog
from index.catalog_rows import DocumentSummary
from index.types import folder_of

MOST_CHOICES = 25  # what Discord shows
LONGEST_CHOICE = 100  # characters of one


class DocumentsCog(commands.Cog):
    """The list of documents, with search as you type."""

    def __init__(self, parts: ServingParts) -> None:
        self._parts = parts
        self._cached: tuple[int, list[DocumentSummary]] = (-1, [])

    @app_commands.command(name="documents", description="List the documents that answers come from here")
    @app_commands.describe(document="Part of a title or a name: shows that one")
    async def documents(self, interaction: discord.Interaction[Any], document: str | None = None) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        found = await self.in_scope(interaction)
        if document is not None:
            exact = [one for one in found if one.path == document]
            found = exact or matching(found, document)
            if not found:
                await interaction.edit_original_response(**content_of(lines.no_document(document)))
                return
            if len(found) == 1:
                await interaction.edit_original_response(**content_of(document_page(found[0])))
                return
        await self.show(interaction, found, 0, document)

    async def show(
        self, interaction: discord.Interaction[Any], found: Sequence[DocumentSummary], position: int, wanted: str | None
    ) -> None:
        """Show one page of a list."""
        pages = documents_pages(found)
        position = min(position, len(pages) - 1)
        # A list that was searched for isn't paged: what was typed does not fit into a button.
        view = paging_buttons("documents", position, len(pages)) if wanted is None else None
        await interaction.edit_original_response(**content_of(pages[position]), view=view)

    @documents.autocomplete("document")
    async def search(self, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        """Search as you type: nothing that is out of this channel's scope."""
        found = matching(await self.in_scope(interaction), typed)
        return [
            app_commands.Choice(name=_choice(one), value=one.path) for one in found if len(one.path) <= LONGEST_CHOICE
        ][:MOST_CHOICES]

    async def in_scope(self, interaction: discord.Interaction[Any]) -> list[DocumentSummary]:
        """The documents that this channel may be answered from."""
        folders = folders_for(self._parts, interaction.channel)
        return [one for one in await self._all() if is_in_scope(folder_of(one.path), folders)]

    async def _all(self) -> list[DocumentSummary]:
        """Every document, read once a generation: each key that is pressed asks for them."""

        def read(catalog: Catalog) -> tuple[int, list[DocumentSummary]]:
            active = catalog.active()
            number = active.number if active is not None else -1
            return self._cached if number == self._cached[0] else (number, catalog.summaries())

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
    name = f"{plain(one.title)} ({plain(one.path)})" if plain(one.title) else plain(one.path)
    return name if len(name) <= LONGEST_CHOICE else name[: LONGEST_CHOICE - 1] + "…"
