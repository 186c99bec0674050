"""Threads that the bot opens: where a conversation goes on, and which one it goes on in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Literal

import discord

from bot.discord import lines
from bot.discord.conversations import REMEMBERED_TURNS
from bot.discord.errors import UNREACHABLE
from bot.discord.parts import ServingParts
from bot.errors import JournalError
from bot.types import JournalEntry

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


async def open_under_answer(parts: ServingParts, shown: Sequence[discord.Message], question: str) -> None:
    """Open a thread under the last message of an answer, where conversations always have one."""
    if not shown or parts.settings.threads != "always":
        return
    channel = shown[-1].channel
    if isinstance(channel, discord.TextChannel) and may_use_threads(channel.permissions_for(channel.guild.me)):
        # The message of an interaction can open no thread itself; the same message in its channel can.
        await open_thread(channel.get_partial_message(shown[-1].id), question)


async def thread_of_follow_up(
    parts: ServingParts, message: discord.Message, entry: JournalEntry
) -> discord.Thread | None:
    """The thread that the answer to a reply in a channel goes to; None where it stays in the channel.

    That is the one in which this conversation goes on already, else a new one under the reply.
    """
    channel = message.channel
    if parts.settings.threads == "never" or not isinstance(channel, discord.TextChannel):
        return None
    if entry.surface != "reply" or entry.previous is None:
        return None
    begun, open_already = await asyncio.to_thread(_begun, parts, entry, entry.previous)
    replied = message.reference.message_id if message.reference is not None else None
    for number in (replied, open_already):
        thread = channel.guild.get_thread(number) if number is not None else None
        if thread is not None and not thread.archived and not thread.locked:
            return thread
    if not may_use_threads(channel.permissions_for(channel.guild.me)):
        return None
    return await open_thread(message, begun)


def _begun(parts: ServingParts, entry: JournalEntry, answer: str) -> tuple[str, int | None]:
    """The question that a conversation has begun with, and the thread in which others have followed on an answer."""
    try:
        conversation = parts.journal.conversation(answer, REMEMBERED_TURNS)
        return (conversation or [entry])[0].question, parts.journal.continued_in(answer, entry.channel)
    except JournalError as error:
        log.warning("whether a thread is open already is not known: %s", error)
        return entry.question, None
