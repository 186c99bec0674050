"""Pages to what discord.py sends, with nobody mentioned on any path."""

from __future__ import annotations

from typing import TypedDict

import discord

from bot.discord.pages import Page

NO_MENTIONS = discord.AllowedMentions.none()
COLOUR = discord.Colour.from_rgb(88, 101, 242)


class Content(TypedDict):
    """The arguments that sending and editing share."""

    content: str
    embeds: list[discord.Embed]
    allowed_mentions: discord.AllowedMentions


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
