"""What is logged while the bot runs: no secrets, and no tracebacks of what is not our failure."""

from __future__ import annotations

import logging
import re

import aiohttp
import discord

from bot.discord.errors import is_gone

# The connection to Discord, or Discord itself, has failed: where in our code it was noticed tells nobody anything.
LOST = (
    aiohttp.ClientError,
    ConnectionError,
    TimeoutError,
    discord.DiscordServerError,
    discord.ConnectionClosed,
    discord.GatewayNotFound,
)
# With the token of an interaction anybody may answer in the bot's name, for a quarter of an hour.
INTERACTION_TOKEN = re.compile(r"(/(?:webhooks|interactions)/\d+/|'token': ')[\w-]+")
HIDDEN = "…"


class DiscreetFormatter(logging.Formatter):
    """Another formatter's lines without the bot's token and without those of interactions.

    An exception of the connection, or one that says that there is nothing left to answer to, is told at the end of the
    line, in the place of its traceback.
    """

    def __init__(self, inner: logging.Formatter, token: str) -> None:
        super().__init__()
        self._inner = inner
        self._token = token

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and (isinstance(error, LOST) or is_gone(error)):
            record = logging.makeLogRecord(record.__dict__)  # other handlers get the record as it is
            record.msg, record.args = f"{record.getMessage()} ({in_words(error)})", ()
            record.exc_info = record.exc_text = None
        text = self._inner.format(record)
        if self._token:
            text = text.replace(self._token, HIDDEN)
        return INTERACTION_TOKEN.sub(rf"\1{HIDDEN}", text)


def in_words(error: BaseException) -> str:
    """An exception in one line: its kind, and what it says if it says anything."""
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def keep_discreet(token: str) -> None:
    """Let whatever is logged from here on be discreet."""
    for handler in logging.getLogger().handlers:
        handler.setFormatter(DiscreetFormatter(handler.formatter or logging.Formatter(), token))
