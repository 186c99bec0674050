"""Pages to what discord.py sends, with nobody mentioned on any path."""

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
BROKEN = (aiohttp.ClientError, ConnectionError, TimeoutError)
PAUSE = 1.0  # seconds

log = logging.getLogger(__name__)

COLOUR = discord.Colour.from_rgb(88, 101, 242)


T = TypeVar("T")


class Content(TypedDict):
    """The arguments that sending and editing share."""

    content: str
    embeds: list[discord.Embed]
    allowed_mentions: discord.AllowedMentions


async def despite_a_break(send: Callable[[], Awaitable[T]]) -> T:
    """What `send` comes to, which is tried once more where the connection breaks: discord.py does not do that.

    Whether Discord has heard it is not known then. So it must be something that can be done twice: an edit, or a
    message with a nonce (see `new_nonce`).
    """
    try:
        return await send()
    except BROKEN as error:
        log.info("the connection broke while sending (%s): tried once more", error)
        await asyncio.sleep(PAUSE)
        return await send()


def new_nonce() -> str:
    """What tells a message from others: of two with the same, sent within a few minutes, Discord shows the first."""
    return secrets.token_hex(12)


def content_of(page: Page | str) -> Content:
    """The arguments of `send` or `edit` that show a page, or a line."""
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
