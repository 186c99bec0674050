"""Threads that the bot opens: where a conversation goes on, and which one it goes on in."""

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
    Place = discord.abc.MessageableChannel | discord.interactions.InteractionChannel | None

ARCHIVED_AFTER: Literal[1440] = 1440  # minutes without a message

log = logging.getLogger(__name__)


def may_use_threads(allowed: discord.Permissions) -> bool:
    """Whether the bot may open threads in a channel, and write in them."""
    return allowed.view_channel and allowed.create_public_threads and allowed.send_messages_in_threads


async def open_thread(under: discord.Message | discord.PartialMessage, question: str) -> discord.Thread | None:
    """Open a thread under a message, named after a question; None where that can't be done, which is logged."""
    try:
        return await under.create_thread(name=lines.thread_name(question), auto_archive_duration=ARCHIVED_AFTER)
    except UNREACHABLE as error:
        log.info("no thread could be opened in %s: %s", under.channel.id, error)
        return None


async def open_under_answer(
    parts: ServingParts, channel: Place, shown: Sequence[discord.Message], question: str
) -> None:
    """Open a thread under the last message of an answer in a channel, where conversations always have one.

    `channel` is where it was asked: the later messages of an interaction know no more than its number.
    """
    if parts.settings.threads != "always" or channel is None or not shown or shown[-1].channel.id != channel.id:
        return
    if isinstance(channel, discord.TextChannel) and may_use_threads(channel.permissions_for(channel.guild.me)):
        # The message of an interaction can open no thread itself; the same message in its channel can.
        await open_thread(channel.get_partial_message(shown[-1].id), question)


class FollowUpThreads:
    """The threads that the answers to replies in a channel go to: all that follow on one answer share one.

    To be used on one event loop.
    """

    def __init__(self, parts: ServingParts) -> None:
        self._parts = parts
        self._looking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def thread_of(self, message: discord.Message, entry: JournalEntry) -> discord.Thread | None:
        """The thread for the answer to a message; None where it stays in the channel.

        That is the one in which this conversation goes on already, else a new one under the message. The answer is kept
        with it.
        """
        channel = message.channel
        if self._parts.settings.threads == "never" or not isinstance(channel, discord.TextChannel):
            return None
        if entry.question.surface != "reply" or entry.question.previous is None:
            return None
        allowed = channel.permissions_for(channel.guild.me)
        if not allowed.send_messages_in_threads:
            return None
        lock = self._looking.setdefault(entry.question.previous, asyncio.Lock())
        async with lock:  # who replies to the same answer in the same moment would open another one
            begun, places = await asyncio.to_thread(_begun, self._parts, entry, entry.question.previous)
            thread = _open_among(places, channel.guild)
            if thread is None and may_use_threads(allowed):
                thread = await open_thread(message, begun)
            if thread is not None:
                self._parts.journal.keep(entry.in_channel(thread.id))
        return thread


def _open_among(places: Sequence[int], guild: discord.Guild) -> discord.Thread | None:
    """The first of some channels that is a thread in which anybody may write."""
    threads = (guild.get_thread(number) for number in places)
    return next((one for one in threads if one is not None and not one.archived and not one.locked), None)


def _begun(parts: ServingParts, entry: JournalEntry, answer: str) -> tuple[str, list[int]]:
    """The question that a conversation has begun with, and where a thread for those who follow on an answer may be.

    A thread has the number of the message that it was opened under.
    """
    try:
        conversation = parts.journal.conversation(answer, REMEMBERED_TURNS)
        places = parts.journal.messages_of(answer)
        open_already = parts.journal.continued_in(answer, entry.question.channel)
        return (conversation or [entry])[0].question.text, [
            *places,
            *([open_already] if open_already is not None else []),
        ]
    except JournalError as error:
        log.warning("whether a thread is open already is not known: %s", error)
        return entry.question.text, []
