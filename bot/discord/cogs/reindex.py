"""`/reindex`: bring the index up to date, while questions go on being answered."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord import lines
from bot.discord.administrators import administrators_only
from bot.discord.drafts import Draft
from bot.discord.errors import is_gone
from bot.discord.messages import content_of
from bot.discord.pages import Page
from bot.discord.report_pages import report_page
from bot.errors import FootnoteError
from bot.reindexing import Reindexing
from index.errors import IndexingError
from index.ingestion import Progress, Report

if TYPE_CHECKING:
    from bot.discord.client import FootnoteBot

TOKEN_LIFE = 14 * 60.0  # seconds; Discord takes no more edits of a response after 15 minutes
BETWEEN_EDITS = 2.0

log = logging.getLogger(__name__)


class ReindexCog(commands.Cog):
    """One run at a time."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._parts = bot.parts
        self._reindexing = Reindexing(bot.parts.settings)

    async def cog_unload(self) -> None:
        self._reindexing.stop()

    @app_commands.command(name="reindex", description="Read what is new or changed in the folder of documents")
    @app_commands.guild_only()
    @administrators_only()
    async def reindex(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(thinking=True)
        if self._reindexing.is_running:
            await interaction.edit_original_response(**content_of(lines.ALREADY_INDEXING))
            return
        began = time.monotonic()

        async def show(page: Page | str) -> None:
            if time.monotonic() - began < TOKEN_LIFE:
                await interaction.edit_original_response(**content_of(page))
            elif isinstance(page, Page) and isinstance(interaction.channel, discord.abc.Messageable):
                await interaction.channel.send(**content_of(page))  # the report, when the response is too old

        draft = Draft(show, BETWEEN_EDITS)
        loop = asyncio.get_running_loop()

        def tell(progress: Progress) -> None:
            loop.call_soon_threadsafe(draft.update, lines.indexing(progress))

        try:
            report = await self._reindexing.run(tell)
            await asyncio.to_thread(self._parts.live.look)
            said: Page | str = _page(report)
        except (FootnoteError, IndexingError) as error:
            log.warning("/reindex: %s", error)
            said = lines.not_indexed(str(error))
        except BaseException:
            await draft.cancel()
            raise
        try:
            await draft.finish(said)
        except discord.HTTPException as error:
            if not is_gone(error):
                raise
            log.info("the report of /reindex could not be shown: %s", error)


def _page(report: Report) -> Page:
    counts = {
        "added": len(report.added),
        "changed": len(report.changed),
        "renamed": len(report.renamed),
        "removed": len(report.removed),
        "unchanged": report.unchanged,
        "unreadable": len(report.unreadable),
    }
    unreadable = [(one.path, one.reason) for one in report.unreadable]
    note = lines.indexed(report.chunks, report.embedded, report.seconds)
    return report_page(counts, unreadable, note)
