"""Find the conversation that a message continues: the answers above a reply, or the latest in its thread or channel.

If the journal can't be read, a question is answered as if it stood alone.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import discord

from bot.discord.parts import ServingParts
from bot.errors import JournalError
from bot.types import JournalEntry

REMEMBERED_TURNS = 6
# Seconds after which a direct message begins a new conversation. In a thread, the conversation never ends.
PAUSE = 3600.0

Earlier = tuple[JournalEntry, ...]

log = logging.getLogger(__name__)


def replied_to(parts: ServingParts, message: int, server: int | None) -> Earlier:
    """Return the conversation up to the bot's message that is replied to, oldest first; empty if it is not stored."""

    def find() -> JournalEntry | None:
        entry = parts.journal.entry_of_message(message)
        return None if entry is None or entry.question.private or entry.question.server != server else entry

    return _up_to(parts, find)


def in_thread(parts: ServingParts, thread: int) -> Earlier:
    """Return the conversation in a thread, which goes on from the answer that the thread was opened under."""

    def find() -> JournalEntry | None:
        # A thread has the id of the message that it was opened under.
        entry = parts.journal.last_in(thread, 0.0) or parts.journal.entry_of_message(thread)
        return None if entry is None or entry.question.private else entry

    return _up_to(parts, find)


def in_direct_messages(parts: ServingParts, channel: int) -> Earlier:
    """Return the conversation in direct messages, if it is not older than `PAUSE`."""
    return _up_to(parts, lambda: parts.journal.last_in(channel, time.time() - PAUSE))


def before(parts: ServingParts, entry: JournalEntry) -> Earlier:
    """Return the conversation that an answer continued, without the answer itself."""
    return _up_to(
        parts, lambda: parts.journal.entry(entry.question.previous) if entry.question.previous is not None else None
    )


def _up_to(parts: ServingParts, find: Callable[[], JournalEntry | None]) -> Earlier:
    """Return the conversation up to the entry that `find` returns."""
    try:
        entry = find()
        return () if entry is None else tuple(parts.journal.conversation(entry.reference, REMEMBERED_TURNS))
    except JournalError as error:
        log.warning("a follow-up is answered without its conversation: %s", error)
        return ()


def is_own_thread(channel: discord.abc.MessageableChannel, own_id: int) -> bool:
    """True if a channel is a thread that the bot has opened."""
    return isinstance(channel, discord.Thread) and channel.owner_id == own_id
