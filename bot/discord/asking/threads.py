"""Open threads, and find the thread in which a conversation goes on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal
from weakref import WeakValueDictionary

import discord

from bot.discord.asking.conversations import REMEMBERED_TURNS
from bot.discord.errors import UNREACHABLE
from bot.discord.parts import ServingParts
from bot.discord.text import lines
from bot.errors import JournalError
from bot.types import JournalEntry

if TYPE_CHECKING:
    Channel = discord.abc.MessageableChannel | discord.interactions.InteractionChannel | None

ARCHIVE_AFTER: Literal[1440] = 1440  # minutes without a message

log = logging.getLogger(__name__)


def may_use_threads(allowed: discord.Permissions) -> bool:
    """True if the bot may open threads in a channel and write in them."""
    return allowed.view_channel and allowed.create_public_threads and allowed.send_messages_in_threads


async def open_thread(under: discord.Message | discord.PartialMessage, question: str) -> discord.Thread | None:
    """Open a thread under a message, named after a question. None if that fails, which is logged."""
    try:
        return await under.create_thread(name=lines.thread_name(question), auto_archive_duration=ARCHIVE_AFTER)
    except UNREACHABLE as error:
        log.info("no thread could be opened in %s: %s", under.channel.id, error)
        return None


async def open_under_answer(
    parts: ServingParts, channel: Channel, shown: Sequence[discord.Message], question: str
) -> None:
    """Open a thread under the last message of an answer, if `THREADS` is "always".

    `channel` is where the question was asked: the later messages of an interaction only know its id.
    """
    if parts.settings.threads != "always" or channel is None or not shown or shown[-1].channel.id != channel.id:
        return
    if isinstance(channel, discord.TextChannel) and may_use_threads(channel.permissions_for(channel.guild.me)):
        # The message of an interaction can't open a thread, but the same message in its channel can.
        await open_thread(channel.get_partial_message(shown[-1].id), question)


class FollowUpThreads:
    """Finds or opens the thread for the answer to a reply in a channel: all follow-ups to one answer share a thread.

    To be used on one event loop.
    """

    def __init__(self, parts: ServingParts) -> None:
        self._parts = parts
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def thread_of(self, message: discord.Message, entry: JournalEntry) -> discord.Thread | None:
        """Return the thread for the answer to a message; None if the answer stays in the channel.

        It is the thread in which the conversation already goes on, otherwise a new one under the message. The journal
        stores the answer with it.
        """
        channel = message.channel
        if self._parts.settings.threads == "never" or not isinstance(channel, discord.TextChannel):
            return None
        if entry.question.surface != "reply" or entry.question.previous is None:
            return None
        allowed = channel.permissions_for(channel.guild.me)
        if not allowed.send_messages_in_threads:
            return None
        lock = self._locks.setdefault(entry.question.previous, asyncio.Lock())
        async with lock:  # two replies to the same answer at the same moment share a thread
            first_question, candidates = await asyncio.to_thread(
                _conversation_of, self._parts, entry, entry.question.previous
            )
            thread = _open_thread_among(candidates, channel.guild)
            if thread is None and may_use_threads(allowed):
                thread = await open_thread(message, first_question)
            if thread is not None:
                self._parts.journal.keep(entry.in_channel(thread.id))
        return thread


def _open_thread_among(channel_ids: Sequence[int], guild: discord.Guild) -> discord.Thread | None:
    """Return the first channel that is a thread, neither archived nor locked."""
    threads = (guild.get_thread(channel_id) for channel_id in channel_ids)
    return next((one for one in threads if one is not None and not one.archived and not one.locked), None)


def _conversation_of(parts: ServingParts, entry: JournalEntry, previous: str) -> tuple[str, list[int]]:
    """Return the first question of a conversation, and the ids that a thread for follow-ups to `previous` may have.

    A thread has the id of the message that it was opened under.
    """
    try:
        conversation = parts.journal.conversation(previous, REMEMBERED_TURNS)
        messages = parts.journal.messages_of(previous)
        open_already = parts.journal.continued_in(previous, entry.question.channel)
        return (conversation or [entry])[0].question.text, [
            *messages,
            *([open_already] if open_already is not None else []),
        ]
    except JournalError as error:
        log.warning("could not check for a thread that is open already: %s", error)
        return entry.question.text, []
