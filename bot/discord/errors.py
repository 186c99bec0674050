"""When something goes wrong in Discord: what is said to the person, and what is kept in the log."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable

import aiohttp
import discord

from bot.discord.text import lines
from index.errors import ChromaServerError, FootnoteError, QuestionError

# Discord's numbers for what can no longer be answered: the place, the message or the interaction is gone, was answered
# already, or may not be written to any more. Nothing is wrong with Footnote then, and nobody is left to be told.
GONE = frozenset(
    {
        10003,  # unknown channel
        10004,  # unknown server
        10008,  # unknown message
        10015,  # unknown webhook: the interaction has expired
        10062,  # unknown interaction: it was not acknowledged in time
        40060,  # already acknowledged
        50001,  # missing access
        50007,  # a person who takes no direct messages
        50013,  # missing permission
        50027,  # invalid webhook token: the interaction has expired
        50083,  # the thread is archived
        160005,  # the thread is locked
    }
)
INVALID_FORM = 50035
FORBIDDEN = frozenset({50001, 50013})
EXPIRED = frozenset({10015, 50027})

# What may go wrong on the way to Discord, where it is no matter whether something arrives.
UNREACHABLE = (discord.HTTPException, aiohttp.ClientError, OSError)

log = logging.getLogger(__name__)


class UserError(FootnoteError):
    """Something that is a person's to mend. Its text is what they are told, as it is; the log needs none of it."""


def is_gone(error: BaseException) -> bool:
    """Whether an error of Discord says that there is nothing left to answer to."""
    if not isinstance(error, discord.HTTPException):
        return False
    # A reply to a message that was deleted is refused as a form with an error in it.
    return error.code in GONE or (error.code == INVALID_FORM and "message_reference" in error.text)


def has_expired(error: discord.HTTPException) -> bool:
    """Whether an interaction can't be answered any more, a quarter of an hour after it came."""
    return error.code in EXPIRED


def new_reference() -> str:
    """A few letters and digits by which a person's complaint is found in the log."""
    return secrets.token_hex(3).upper()


async def report_error(doing: str, error: Exception, say: Callable[[str], Awaitable[object]] | None) -> None:
    """Tell somebody in one line why there is no answer; log what is not their doing. Never raises.

    `doing` says for the log what was being done. Errors that are fit to be shown are shown; all others get a reference.
    `say` is None where nobody waits for an answer.
    """
    if is_gone(error):
        is_forbidden = isinstance(error, discord.HTTPException) and error.code in FORBIDDEN
        log.log(logging.WARNING if is_forbidden else logging.INFO, "%s: nothing left to answer to (%s)", doing, error)
        return
    if isinstance(error, UserError):
        said = str(error)
    elif isinstance(error, QuestionError):
        said = lines.not_asked(str(error))
    elif isinstance(error, ChromaServerError):
        log.error("%s: %s", doing, error)
        said = lines.SERVER_AWAY
    else:
        reference = new_reference()
        said = lines.failure_line(reference)
        if isinstance(error, FootnoteError):
            log.error("%s, reference %s: %s", doing, reference, error)
        else:
            log.error("%s, reference %s", doing, reference, exc_info=error)
    if say is None:
        return
    try:
        await say(said)
    except Exception as second:  # noqa: BLE001 (whatever it is: the first error is what matters, and it is logged)
        log.warning("%s: it could not be said either (%s)", doing, second)
