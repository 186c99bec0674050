"""Put the bot together: the client with every command, listener and button."""

from __future__ import annotations

from bot.discord.actions.answer_button import AnswerButton
from bot.discord.actions.page_button import PageButton
from bot.discord.client import FootnoteBot
from bot.discord.cogs.about import AboutCog
from bot.discord.cogs.administration import AdministrationCog
from bot.discord.cogs.ask import AskCog
from bot.discord.cogs.check import CheckCog
from bot.discord.cogs.documents import DocumentsCog
from bot.discord.cogs.messages import MessagesCog
from bot.discord.cogs.reindex import ReindexCog
from bot.discord.parts import ServingParts


async def assembled_bot(parts: ServingParts, *, reads_messages: bool, shard_count: int | None = None) -> FootnoteBot:
    """Return a bot that is ready to log in. `reads_messages` is true if Discord has granted the content of messages."""
    bot = FootnoteBot(parts, reads_messages=reads_messages, shard_count=shard_count)
    documents, administration = DocumentsCog(parts), AdministrationCog(bot)
    for cog in (
        AskCog(parts),
        MessagesCog(bot),
        CheckCog(bot),
        documents,
        AboutCog(bot),
        administration,
        ReindexCog(parts),
    ):
        await bot.add_cog(cog)
    bot.lists.update(documents=documents.show, gaps=administration.show_gaps)
    bot.add_dynamic_items(AnswerButton, PageButton)
    return bot
