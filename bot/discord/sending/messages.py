"""Turn pages into arguments of discord.py. No message ever mentions anybody."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import TypedDict, TypeVar

import aiohttp
import discord

from bot.discord.pages.page import Page

NO_MENTIONS = discord.AllowedMentions.none()
CONNECTION_ERRORS = (aiohttp.ClientError, ConnectionError, TimeoutError)
RETRY_PAUSE = 1.0  # seconds

log = logging.getLogger(__name__)

COLOUR = discord.Colour.from_rgb(88, 101, 242)


T = TypeVar("T")


class Content(TypedDict):
    """The arguments that are common to sending and editing."""

    content: str
    embeds: list[discord.Embed]
    allowed_mentions: discord.AllowedMentions


async def with_retry(send: Callable[[], Awaitable[T]]) -> T:
    """Return what `send` returns. Call it a second time if the connection breaks, which discord.py does not do.

    Discord may have received the first request, so `send` must be idempotent: an edit, or a message with a nonce (see
    `new_nonce`).
    """
    try:
        return await send()
    except CONNECTION_ERRORS as error:
        log.info("the connection broke while sending (%s): retrying once", error)
        await asyncio.sleep(RETRY_PAUSE)
        return await send()


def new_nonce() -> str:
    """Return a nonce for a message: Discord drops a second message with the same nonce within a few minutes."""
    return secrets.token_hex(12)


def content_of(page: Page | str) -> Content:
    """Return the arguments of `send` or `edit` that show a page, or one line of text."""
    if isinstance(page, str):
        page = Page(content=page)
    return {
        "content": page.content,
        "embeds": [_embed(page)] if page.has_embed else [],
        "allowed_mentions": NO_MENTIONS,
    }


def _embed(page: Page) -> discord.Embed:
    embed = discord.Embed(title=page.title or None, description=page.description or None, colour=COLOUR)
    for field in page.fields:
        embed.add_field(name=field.name, value=field.value, inline=False)
    if page.footer:
        embed.set_footer(text=page.footer)
    return embed
