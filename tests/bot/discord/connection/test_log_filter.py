"""The log contains no tokens, and no tracebacks of lost connections."""

from __future__ import annotations

import logging
import sys

import aiohttp
import pytest

from bot.discord.connection.log_filter import SafeFormatter

TOKEN = "a-token.of-the.bot"
FORMATTER = SafeFormatter(logging.Formatter("footnote: %(message)s"), TOKEN)


def logged(message: str, *arguments: object, error: Exception | None = None) -> str:
    """Return the line, or lines, that the log gets."""
    told = None
    try:
        if error is not None:
            raise error
    except Exception:  # noqa: BLE001 (any exception of the test)
        told = sys.exc_info()
    return FORMATTER.format(logging.LogRecord("discord.http", logging.ERROR, __file__, 1, message, arguments, told))


def test_the_token_is_removed_wherever_it_is() -> None:
    assert logged("logging in with %s", TOKEN) == "footnote: logging in with …"
    assert TOKEN not in logged("a failure", error=ValueError(f"{TOKEN} is no token"))


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("PATCH https://x/api/v10/webhooks/12/aW50-er_b/messages/@original", "PATCH https://x/api/v10/webhooks/12/…/messages/@original"),
        ("POST https://x/api/v10/interactions/12/aW50-er_b/callback", "POST https://x/api/v10/interactions/12/…/callback"),
        ("event {'id': '1', 'token': 'aW50-er_b', 'version': 1}", "event {'id': '1', 'token': '…', 'version': 1}"),
        ("/webhooks/12 has 50 % of %s left", "/webhooks/12 has 50 % of %s left"),
    ],
)  # fmt: skip
def test_tokens_of_interactions_are_removed(message: str, shown: str) -> None:
    assert logged(message) == f"footnote: {shown}"


def test_a_lost_connection_is_one_line() -> None:
    error = aiohttp.ServerDisconnectedError()
    assert logged("reconnecting in %.1f s", 1.5, error=error) == (
        "footnote: reconnecting in 1.5 s (ServerDisconnectedError: Server disconnected)"
    )
    assert logged("50 % sure", error=TimeoutError()) == "footnote: 50 % sure (TimeoutError)"


def test_an_internal_error_keeps_its_traceback() -> None:
    said = logged("a question", error=ValueError("what"))
    assert said.startswith("footnote: a question\nTraceback")
    assert said.endswith("ValueError: what")
