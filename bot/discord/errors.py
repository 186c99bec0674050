"""Report errors in Discord: one line to the person, details to the log."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable

import aiohttp
import discord

from bot.discord.text import lines
from index.errors import ChromaServerError, FootnoteError, QuestionError

# Error codes of Discord that mean that nothing is left to answer to: the channel, the message or the interaction is
# gone, was answered already, or may not be written to any more. Footnote works correctly then.
GONE = frozenset(
    {
        10003,  # unknown channel
        10004,  # unknown server
        10008,  # unknown message
        10015,  # unknown webhook: the interaction has expired
        10062,  # unknown interaction: it was not acknowledged in time
        40060,  # already acknowledged
        50001,  # missing access
        50007,  # the person accepts no direct messages
        50013,  # missing permission
        50027,  # invalid webhook token: the interaction has expired
        50083,  # the thread is archived
        160005,  # the thread is locked
    }
)
INVALID_FORM = 50035
FORBIDDEN = frozenset({50001, 50013})
EXPIRED = frozenset({10015, 50027})

# Errors on the way to Discord, for messages that may get lost.
UNREACHABLE = (discord.HTTPException, aiohttp.ClientError, OSError)

log = logging.getLogger(__name__)


class UserError(FootnoteError):
    """An error that the person can correct. Its text is shown to them as it is, and not logged."""


def is_gone(error: BaseException) -> bool:
    """True if an error of Discord means that there is nothing left to answer to."""
    if not isinstance(error, discord.HTTPException):
        return False
    # A reply to a deleted message is refused as an invalid form.
    return error.code in GONE or (error.code == INVALID_FORM and "message_reference" in error.text)


def has_expired(error: discord.HTTPException) -> bool:
    """True if an interaction can no longer be answered, because it is older than 15 minutes."""
    return error.code in EXPIRED


def new_reference() -> str:
    """Return six letters and digits that a person can quote, to find the error in the log."""
    return secrets.token_hex(3).upper()


async def report_error(doing: str, error: Exception, say: Callable[[str], Awaitable[object]] | None) -> None:
    """Send a person one line about an error, and log it unless they can correct it themselves. Never raises.

    `doing` names for the log what failed. An error that is not meant for the person is shown as a reference to the log.
    `say` sends the line; it is None if nobody is waiting for an answer.
    """
    if is_gone(error):
        is_forbidden = isinstance(error, discord.HTTPException) and error.code in FORBIDDEN
        log.log(
            logging.WARNING if is_forbidden else logging.INFO, "%s: nothing is left to answer to (%s)", doing, error
        )
        return
    if isinstance(error, UserError):
        text = str(error)
    elif isinstance(error, QuestionError):
        text = lines.not_asked(str(error))
    elif isinstance(error, ChromaServerError):
        log.error("%s: %s", doing, error)
        text = lines.SERVER_AWAY
    else:
        reference = new_reference()
        text = lines.failure_line(reference)
        if isinstance(error, FootnoteError):
            log.error("%s, reference %s: %s", doing, reference, error)
        else:
            log.error("%s, reference %s", doing, reference, exc_info=error)
    if say is None:
        return
    try:
        await say(text)
    except Exception as second:  # noqa: BLE001 (the first error is what matters, and it is logged)
        log.warning("%s: the error could not be reported to the person either (%s)", doing, second)
