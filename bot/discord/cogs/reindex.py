"""`/reindex`: bring the index up to date, while questions go on being answered."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.access.administrators import administrators_only, servers_only
from bot.discord.access.scopes import folders_for, is_in_scope
from bot.discord.errors import UserError, has_expired, report_error
from bot.discord.pages.page import Page
from bot.discord.pages.report import report_page
from bot.discord.parts import ServingParts
from bot.discord.sending.drafts import Draft
from bot.discord.sending.messages import content_of
from bot.discord.sending.replies import private_line
from bot.discord.text import lines
from bot.runtime.reindexing import Stopped
from index.errors import IndexElsewhere, SeedsError, WriterBusy
from index.ingestion.report import Progress, Report
from index.types import folder_of

TOKEN_LIFE = 14 * 60.0  # seconds; Discord takes no more edits of a response after 15 minutes
BETWEEN_EDITS = 2.0

log = logging.getLogger(__name__)


class ReindexCog(commands.Cog):
    """One run at a time."""

    def __init__(self, parts: ServingParts) -> None:
        self._parts = parts

    async def cog_unload(self) -> None:
        self._parts.reindexing.stop()

    @app_commands.command(name="reindex", description="Read what is new or changed in the folder of documents")
    @servers_only
    @administrators_only()
    async def reindex(self, interaction: discord.Interaction[Any]) -> None:
        if not self._parts.reindexing.is_running:
            await interaction.response.defer(thinking=True)
        if self._parts.reindexing.is_running:  # also where somebody else was quicker just now
            await private_line(interaction)(lines.ALREADY_INDEXING)
            return
        folders = folders_for(self._parts, interaction.channel)
        response = _Response(interaction)
        draft = Draft(response.show, BETWEEN_EDITS)
        with self._parts.finished_before_closing():
            try:
                report = await self._parts.reindexing.run(lambda progress: draft.update(_line(progress, folders)))
                await asyncio.to_thread(self._parts.live.refresh)
                await draft.cancel()
                await response.end(_page(report, folders))
            except Exception as error:  # noqa: BLE001 (it is told and logged)
                await draft.cancel()
                await report_error("/reindex", _in_words(error), response.end)
            finally:
                await draft.cancel()


class _Response:
    """The message that shows how far the run is, then the report. A run may outlast what Discord takes edits of."""

    def __init__(self, interaction: discord.Interaction[Any]) -> None:
        self._interaction = interaction
        self._began = time.monotonic()

    async def show(self, line: str) -> None:
        """Show how far it is, as long as that can be shown."""
        if time.monotonic() < self._began + TOKEN_LIFE:
            await self._interaction.edit_original_response(**content_of(line))

    async def end(self, page: Page | str) -> None:
        """Show what there is to say in the end: in the place of the progress, or as a message of its own."""
        channel = self._interaction.channel
        try:
            await self._interaction.edit_original_response(**content_of(page))
        except discord.HTTPException as error:
            if not has_expired(error) or not isinstance(channel, discord.abc.Messageable):
                raise
            await channel.send(**content_of(page))


def _line(progress: Progress, folders: tuple[str, ...] | None) -> str:
    """How far it is; without numbers where not all documents may be known of."""
    return lines.indexing(progress if folders is None else replace(progress, done=0, total=0))


def _page(report: Report, folders: tuple[str, ...] | None) -> Page:
    """The report: all of it, or what became of the documents in `folders`."""

    def seen(path: str) -> bool:
        return is_in_scope(folder_of(path), folders)

    counts = {
        "added": sum(map(seen, report.added)),
        "changed": sum(map(seen, report.changed)),
        "renamed": sum(map(seen, report.renamed)),
        "removed": sum(map(seen, report.removed)),
        "unchanged": report.unchanged,
        "unreadable": sum(seen(one.path) for one in report.unreadable),
    }
    unreadable = [(one.path, one.reason) for one in report.unreadable if seen(one.path)]
    if folders is None:
        return report_page(counts, unreadable, lines.indexed(report.chunks, report.embedded, report.seconds))
    del counts["unchanged"]  # these are counted in all folders together
    return report_page(counts, unreadable, "Done. Only what this channel is answered from is counted here.")


def _in_words(error: Exception) -> Exception:
    """What an administrator can mend, without what is for those who run the bot: its folders and what is in them."""
    if isinstance(error, Stopped):
        reason = "I am being restarted. Try again in a minute."
    elif isinstance(error, WriterBusy):
        reason = "another process is reading them just now. Try again when it has finished."
    elif isinstance(error, IndexElsewhere):
        reason = "another machine reads them, and I follow what it has indexed. That is where they can be read anew."
    elif isinstance(error, SeedsError):
        reason = "their folder is missing, or nothing in it can be read. The log says more."
    else:
        return error
    log.warning("/reindex: %s", error)
    return UserError(lines.not_indexed(reason))
