"""`/reindex`: update the index while questions are answered."""

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

TOKEN_LIFE = 14 * 60.0  # seconds; Discord refuses edits of a response after 15 minutes
EDIT_INTERVAL = 2.0  # seconds

log = logging.getLogger(__name__)


class ReindexCog(commands.Cog):
    """Updates the index, one run at a time."""

    def __init__(self, parts: ServingParts) -> None:
        self._parts = parts

    async def cog_unload(self) -> None:
        self._parts.reindexing.stop()

    @app_commands.command(name="reindex", description="Update the index with new and changed documents")
    @servers_only
    @administrators_only()
    async def reindex(self, interaction: discord.Interaction[Any]) -> None:
        if not self._parts.reindexing.is_running:
            await interaction.response.defer(thinking=True)
        if self._parts.reindexing.is_running:  # checked again, because somebody else may have been quicker
            await private_line(interaction)(lines.ALREADY_INDEXING)
            return
        folders = folders_for(self._parts, interaction.channel)
        response = _Response(interaction)
        draft = Draft(response.show, interval=EDIT_INTERVAL)
        with self._parts.finished_before_closing():
            try:
                report = await self._parts.reindexing.run(lambda now: draft.update(_progress_line(now, folders)))
                await asyncio.to_thread(self._parts.live.refresh)
                await draft.cancel()
                await response.end(_page(report, folders))
            except Exception as error:  # noqa: BLE001 (reported to the person and logged)
                await draft.cancel()
                await report_error("/reindex", _for_administrators(error), response.end)
            finally:
                await draft.cancel()


class _Response:
    """The message that shows the progress, then the report. A run may take longer than Discord accepts edits."""

    def __init__(self, interaction: discord.Interaction[Any]) -> None:
        self._interaction = interaction
        self._started = time.monotonic()

    async def show(self, line: str) -> None:
        """Show the progress, as long as the response can be edited."""
        if time.monotonic() < self._started + TOKEN_LIFE:
            await self._interaction.edit_original_response(**content_of(line))

    async def end(self, page: Page | str) -> None:
        """Show the report or an error: instead of the progress, or as a new message."""
        channel = self._interaction.channel
        try:
            await self._interaction.edit_original_response(**content_of(page))
        except discord.HTTPException as error:
            if not has_expired(error) or not isinstance(channel, discord.abc.Messageable):
                raise
            await channel.send(**content_of(page))


def _progress_line(progress: Progress, folders: tuple[str, ...] | None) -> str:
    """Return the progress; without numbers if the channel's scope does not allow all documents."""
    return lines.indexing(progress if folders is None else replace(progress, done=0, total=0))


def _page(report: Report, folders: tuple[str, ...] | None) -> Page:
    """Return the report about the documents in `folders`, None for all."""

    def is_visible(path: str) -> bool:
        return is_in_scope(folder_of(path), folders)

    counts = {
        "added": sum(map(is_visible, report.added)),
        "changed": sum(map(is_visible, report.changed)),
        "renamed": sum(map(is_visible, report.renamed)),
        "removed": sum(map(is_visible, report.removed)),
        "unchanged": report.unchanged,
        "unreadable": sum(is_visible(one.path) for one in report.unreadable),
    }
    unreadable = [one for one in report.unreadable if is_visible(one.path)]
    if folders is None:
        return report_page(counts, unreadable, note=lines.indexed(report.chunks, report.embedded, report.seconds))
    del counts["unchanged"]  # known only for all folders together
    return report_page(counts, unreadable, note="Done. Only documents in this channel's scope are counted here.")


def _for_administrators(error: Exception) -> Exception:
    """Return the error for the administrators of a server, who must not see the paths of the machine."""
    if isinstance(error, Stopped):
        reason = "I am being restarted. Try again in a minute."
    elif isinstance(error, WriterBusy):
        reason = "another process is indexing right now. Try again when it has finished."
    elif isinstance(error, IndexElsewhere):
        reason = "another machine indexes the documents, and I use its index. Re-index on that machine."
    elif isinstance(error, SeedsError):
        reason = "the folder of documents is missing, or nothing in it can be read. See the log."
    else:
        return error
    log.warning("/reindex: %s", error)
    return UserError(lines.not_indexed(reason))
