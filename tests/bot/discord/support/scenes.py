"""What a test of the bot works with: a server with a channel and two people, and the content of the bot's messages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial

import discord
import simcord

from bot.discord.client import FootnoteBot
from bot.discord.parts import ServingParts


@dataclass
class Scene:
    """A server with a channel, two people and the bot. Ada may manage the server, Bob may not."""

    env: simcord.Env
    bot: FootnoteBot
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    ada: simcord.MemberActor
    bob: simcord.MemberActor

    @property
    def parts(self) -> ServingParts:
        """The parts of the bot."""
        return self.bot.parts

    @property
    def mention(self) -> str:
        """The mention of the bot, as people type it."""
        return f"<@{self.bot.own_id}>"

    async def set_scope(self, folders: Sequence[str], *, channel: simcord.ChannelHandle | None = None) -> None:
        """Set the folders that a channel may be answered from, as /scope does."""
        channel_id = (channel or self.channel).id
        change = partial(self.parts.servers.set_folders, self.guild.id, channel_id, folders, person=self.ada.id)
        await asyncio.to_thread(change)

    async def offer_files(self, *, offered: bool) -> None:
        """Set whether files are offered, as /files does."""
        change = partial(self.parts.servers.set_offers_files, self.guild.id, offered=offered, person=self.ada.id)
        await asyncio.to_thread(change)

    def said(self) -> discord.Message:
        """Return the last message of the channel."""
        last = self.channel.last_message
        assert last is not None
        return last


Scenes = Callable[..., AbstractAsyncContextManager[Scene]]


def button(message: discord.Message | simcord.ResponseMessage, action: str) -> str:
    """Return the custom id of the button under a message that does `action` (such as "sources")."""
    found = message.message if isinstance(message, simcord.ResponseMessage) else message
    for row in found.components:
        for component in getattr(row, "children", []):
            if str(component.custom_id).startswith(f"footnote:{action}:"):
                return str(component.custom_id)
    raise AssertionError(f"no button {action} under {found.content!r}")


def text_of(message: discord.Message | simcord.ResponseMessage) -> str:
    """Return all text that a message shows."""
    lines = [message.content]
    for embed in message.embeds:
        lines += [embed.title or "", embed.description or "", embed.footer.text or ""]
        lines += [part for field in embed.fields for part in (field.name or "", field.value or "")]
    return "\n".join(filter(None, lines))
