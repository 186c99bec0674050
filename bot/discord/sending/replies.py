"""Where an answer goes: back to an interaction, or to the message that asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

import discord

from bot.discord.errors import UNREACHABLE, has_expired
from bot.discord.pages.page import Page
from bot.discord.sending.messages import content_of, despite_a_break, new_nonce
from bot.discord.text import lines
from bot.types import JournalEntry


class Reply(Protocol):
    """A place for one answer. What it says while waiting is replaced by the answer, and that by nothing any more."""

    @property
    def embeds(self) -> bool:
        """Whether embeds would be shown."""

    async def say(self, text: str) -> None:
        """Show one line, in the place of the line that was said before."""

    async def move(self, entry: JournalEntry) -> int | None:
        """Go to the thread that an answer belongs into, if there is one; its id."""

    async def show(self, pages: Sequence[Page], buttons: discord.ui.View | None, shown: list[discord.Message]) -> None:
        """Show the answer, the buttons under its last page. `shown` gets each message that carries it."""

    async def type(self) -> None:
        """Show that an answer is on its way, where that is not to be seen already."""


class InteractionReply:
    """The response to a slash command or a button. `private` is seen by one person alone."""

    def __init__(self, interaction: discord.Interaction[Any], private: bool) -> None:
        self._interaction = interaction
        self._private = private
        self._is_answered = False

    async def acknowledge(self) -> None:
        """Answer Discord within its three seconds; "thinking …" is shown."""
        await self._interaction.response.defer(ephemeral=self._private, thinking=True)

    @property
    def embeds(self) -> bool:
        in_direct_messages = self._interaction.guild_id is None  # there are no permissions there
        return self._private or in_direct_messages or self._interaction.app_permissions.embed_links

    async def say(self, text: str) -> None:
        if self._is_answered:
            await self._interaction.followup.send(**content_of(text), ephemeral=self._private)
        elif self._interaction.response.is_done():
            await self._interaction.edit_original_response(**content_of(text))
        else:
            await self._interaction.response.send_message(**content_of(text), ephemeral=True)

    async def move(self, entry: JournalEntry) -> int | None:  # noqa: ARG002 (the signature is `Reply`)
        return None

    async def show(self, pages: Sequence[Page], buttons: discord.ui.View | None, shown: list[discord.Message]) -> None:
        for place, page in enumerate(pages):
            shown.append(await self._show(page, buttons if place == len(pages) - 1 else None))
            self._is_answered = True

    async def type(self) -> None:
        """Nothing: a deferred response says so already."""

    async def _show(self, page: Page, buttons: discord.ui.View | None) -> discord.Message:
        """The next page; after a quarter of an hour in line a public one as a message of its own."""
        channel = self._interaction.channel
        try:
            return await self._respond(page, buttons)
        except discord.HTTPException as error:
            if not has_expired(error) or self._private or not isinstance(channel, discord.abc.Messageable):
                raise
            return await channel.send(**content_of(page), view=buttons or discord.utils.MISSING)

    async def _respond(self, page: Page, buttons: discord.ui.View | None) -> discord.Message:
        if not self._is_answered:
            return await despite_a_break(
                lambda: self._interaction.edit_original_response(**content_of(page), view=buttons)
            )
        return await self._follow_up(page, buttons)

    async def _follow_up(self, page: Page, buttons: discord.ui.View | None) -> discord.WebhookMessage:
        view = buttons or discord.utils.MISSING
        return await self._interaction.followup.send(**content_of(page), view=view, ephemeral=self._private, wait=True)


class FollowUpReply(InteractionReply):
    """A new message after the one whose button was pressed."""

    def __init__(self, interaction: discord.Interaction[Any], private: bool) -> None:
        super().__init__(interaction, private)
        self._line: discord.WebhookMessage | None = None

    async def say(self, text: str) -> None:
        if self._line is None or self._is_answered:
            self._line = await self._follow_up(Page(content=text), None)
        else:
            self._line = await self._line.edit(**content_of(text))

    async def _respond(self, page: Page, buttons: discord.ui.View | None) -> discord.Message:
        if self._line is not None and not self._is_answered:
            return await self._line.edit(**content_of(page), view=buttons)
        return await self._follow_up(page, buttons)


def private_line(interaction: discord.Interaction[Any]) -> Callable[[str], Awaitable[None]]:
    """How to tell one line to the one who pressed or typed, whatever was shown before: in the place of "thinking …"."""

    async def say(text: str) -> None:
        if not interaction.response.is_done():
            await interaction.response.send_message(**content_of(text), ephemeral=True)
        elif interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
            await interaction.edit_original_response(**content_of(text))
        else:
            await interaction.followup.send(**content_of(text), ephemeral=True)

    return say


class MessageReply:
    """An answer in a channel: a reply to the message that asked, or a message in the thread that it moves to.

    `allowed` is what the bot may do in the channel; `thread_for` finds or opens the thread for an answer.
    """

    def __init__(
        self,
        message: discord.Message,
        allowed: discord.Permissions,
        thread_for: Callable[[JournalEntry], Awaitable[discord.Thread | None]] | None = None,
    ) -> None:
        self._message = message
        self._allowed = allowed
        self._thread_for = thread_for
        self._thread: discord.Thread | None = None
        self._line: discord.Message | None = None
        self._is_answered = False

    @property
    def embeds(self) -> bool:
        return self._allowed.embed_links

    async def say(self, text: str) -> None:
        if self._is_answered or self._line is None:
            self._line = await self._send(Page(content=text), None)
        else:
            self._line = await self._line.edit(**content_of(text))

    async def move(self, entry: JournalEntry) -> int | None:
        if self._thread_for is not None:
            self._thread = await self._thread_for(entry)
        if self._thread is None:
            return None
        # What else is said in the channel is no reason to lose the answer.
        if self._line is not None:
            with suppress(*UNREACHABLE):
                await self._line.delete()
            self._line = None
        if self._thread.id != self._message.id:  # else it is to be seen under the message
            with suppress(*UNREACHABLE):
                await self._reply(Page(content=lines.answered_in(self._thread.id)), None)
        return self._thread.id

    async def show(self, pages: Sequence[Page], buttons: discord.ui.View | None, shown: list[discord.Message]) -> None:
        for place, page in enumerate(pages):
            view = buttons if place == len(pages) - 1 else None
            if self._line is not None and not self._is_answered:
                line = self._line
                shown.append(await despite_a_break(partial(line.edit, **content_of(page), view=view)))
            else:
                shown.append(await self._send(page, view))
            self._is_answered = True

    async def type(self) -> None:
        if self._line is None:
            await self._message.channel.typing()

    async def _send(self, page: Page, buttons: discord.ui.View | None) -> discord.Message:
        """The first message is a reply, those after it and those in another thread are messages of their own."""
        if self._thread is None and not self._is_answered:
            return await self._reply(page, buttons)
        return await self._send_to(self._thread or self._message.channel, page, buttons)

    async def _reply(self, page: Page, buttons: discord.ui.View | None) -> discord.Message:
        if not self._allowed.read_message_history:  # Discord lets nobody reply to what they may not read again
            return await self._send_to(self._message.channel, page, buttons)
        return await self._send_to(self._message.channel, page, buttons, self._message)

    async def _send_to(
        self,
        place: discord.abc.MessageableChannel,
        page: Page,
        buttons: discord.ui.View | None,
        replied: discord.Message | None = None,
    ) -> discord.Message:
        view = buttons or discord.utils.MISSING
        content, nonce = content_of(page), new_nonce()
        if replied is None:
            return await despite_a_break(lambda: place.send(**content, view=view, nonce=nonce))
        return await despite_a_break(lambda: replied.reply(**content, view=view, nonce=nonce, mention_author=False))
