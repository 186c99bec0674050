"""What a message follows on: the chain of answers above a reply, or the latest ones in a thread or direct messages.

Where the journal can't be read, a question is answered as if it stood alone.
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
# Seconds after which a direct message begins a new conversation; in a thread the conversation lasts as long as it.
PAUSE = 3600.0

Earlier = tuple[JournalEntry, ...]

log = logging.getLogger(__name__)


def replied_to(parts: ServingParts, message: int, server: int | None) -> Earlier:
    """The conversation above a message of ours that is replied to, oldest first; empty where it is not kept."""

    def find() -> JournalEntry | None:
        entry = parts.journal.entry_of_message(message)
        return None if entry is None or entry.question.private or entry.question.server != server else entry

    return _up_to(parts, find)


def in_thread(parts: ServingParts, thread: int) -> Earlier:
    """The conversation in a thread that was opened under an answer, or with one."""

    def find() -> JournalEntry | None:
        # A thread has the number of the message that it was opened under.
        entry = parts.journal.last_in(thread, 0.0) or parts.journal.entry_of_message(thread)
        return None if entry is None or entry.question.private else entry

    return _up_to(parts, find)


def in_direct_messages(parts: ServingParts, channel: int) -> Earlier:
    """What was asked there a short while ago."""
    return _up_to(parts, lambda: parts.journal.last_in(channel, time.time() - PAUSE))


def before(parts: ServingParts, entry: JournalEntry) -> Earlier:
    """The conversation that an answer followed on."""
    return _up_to(
        parts, lambda: parts.journal.entry(entry.question.previous) if entry.question.previous is not None else None
    )


def _up_to(parts: ServingParts, find: Callable[[], JournalEntry | None]) -> Earlier:
    """The conversation that ends with the entry that `find` comes to."""
    try:
        entry = find()
        return () if entry is None else tuple(parts.journal.conversation(entry.reference, REMEMBERED_TURNS))
    except JournalError as error:
        log.warning("a follow-up is answered as if it stood alone: %s", error)
        return ()


def is_own_thread(place: discord.abc.MessageableChannel, me: int) -> bool:
    """Whether a channel is a thread that the bot has opened."""
    return isinstance(place, discord.Thread) and place.owner_id == me
