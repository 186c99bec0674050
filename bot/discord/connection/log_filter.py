"""Keep secrets out of the log, and tracebacks of errors that are not Footnote's."""

from __future__ import annotations

import logging
import re

import aiohttp
import discord

from bot.discord.errors import is_gone

# The connection to Discord, or Discord itself, has failed: a traceback into this program would help nobody.
CONNECTION_ERRORS = (
    aiohttp.ClientError,
    ConnectionError,
    TimeoutError,
    discord.DiscordServerError,
    discord.ConnectionClosed,
    discord.GatewayNotFound,
)
# For 15 minutes, anybody with the token of an interaction can answer in the bot's name.
INTERACTION_TOKEN = re.compile(r"(/(?:webhooks|interactions)/\d+/|'token': ')[\w-]+")
HIDDEN = "…"


class SafeFormatter(logging.Formatter):
    """Formats with another formatter, then removes the tokens of the bot and of interactions.

    An exception of the connection, or one that means that nothing is left to answer to, is put at the end of the line
    instead of its traceback.
    """

    def __init__(self, inner: logging.Formatter, token: str) -> None:
        super().__init__()
        self._inner = inner
        self._token = token

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and (isinstance(error, CONNECTION_ERRORS) or is_gone(error)):
            record = logging.makeLogRecord(record.__dict__)  # other handlers get the record as it is
            record.msg, record.args = f"{record.getMessage()} ({one_line(error)})", ()
            record.exc_info = record.exc_text = None
        text = self._inner.format(record)
        if self._token:
            text = text.replace(self._token, HIDDEN)
        return INTERACTION_TOKEN.sub(rf"\1{HIDDEN}", text)


def one_line(error: BaseException) -> str:
    """Return an exception in one line: its type, and its text if it has one."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def hide_secrets(token: str) -> None:
    """Use `SafeFormatter` for everything that is logged from now on."""
    for handler in logging.getLogger().handlers:
        handler.setFormatter(SafeFormatter(handler.formatter or logging.Formatter(), token))
