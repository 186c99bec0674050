"""Send an answer: as the response to an interaction, or as a reply to the message that asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

import discord

from bot.discord.errors import UNREACHABLE, has_expired
from bot.discord.pages.page import Page
from bot.discord.sending.messages import content_of, new_nonce, with_retry
from bot.discord.text import lines
from bot.types import JournalEntry


class Reply(Protocol):
    """Shows one answer. Lines that are said while it is prepared are replaced by it."""

    @property
    def embeds(self) -> bool:
        """True if embeds are shown here."""

    async def say(self, text: str) -> None:
        """Show one line. It replaces the line before."""

    async def move(self, entry: JournalEntry) -> int | None:
        """Move to the thread that an answer belongs to. Return its id; None if the answer stays here."""

    async def show(self, pages: Sequence[Page], buttons: discord.ui.View | None, shown: list[discord.Message]) -> None:
        """Show the answer, with the buttons under its last page. Append each message to `shown` once it is sent."""

    async def type(self) -> None:
        """Show that an answer is being prepared, unless that is visible already."""


class InteractionReply:
    """The response to a slash command or a button. A `private` response is visible to one person only."""

    def __init__(self, interaction: discord.Interaction[Any], *, private: bool) -> None:
        self._interaction = interaction
        self._private = private
        self._is_answered = False

    async def acknowledge(self) -> None:
        """Acknowledge the interaction, which Discord expects within three seconds. It shows "thinking …"."""
        await self._interaction.response.defer(ephemeral=self._private, thinking=True)

    @property
    def embeds(self) -> bool:
        in_direct_messages = self._interaction.guild_id is None  # where there are no permissions
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
        for number, page in enumerate(pages, 1):
            shown.append(await self._show(page, buttons if number == len(pages) else None))
            self._is_answered = True

    async def type(self) -> None:
        """Do nothing: a deferred response shows "thinking …" already."""

    async def _show(self, page: Page, buttons: discord.ui.View | None) -> discord.Message:
        """Show the next page. If the interaction has expired, a public page becomes a message of its own."""
        channel = self._interaction.channel
        try:
            return await self._respond(page, buttons)
        except discord.HTTPException as error:
            if not has_expired(error) or self._private or not isinstance(channel, discord.abc.Messageable):
                raise
            return await channel.send(**content_of(page), view=buttons or discord.utils.MISSING)

    async def _respond(self, page: Page, buttons: discord.ui.View | None) -> discord.Message:
        if not self._is_answered:
            return await with_retry(lambda: self._interaction.edit_original_response(**content_of(page), view=buttons))
        return await self._follow_up(page, buttons)

    async def _follow_up(self, page: Page, buttons: discord.ui.View | None) -> discord.WebhookMessage:
        view = buttons or discord.utils.MISSING
        return await self._interaction.followup.send(**content_of(page), view=view, ephemeral=self._private, wait=True)


class FollowUpReply(InteractionReply):
    """A new message after the one whose button was pressed."""

    def __init__(self, interaction: discord.Interaction[Any], *, private: bool) -> None:
        super().__init__(interaction, private=private)
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
    """Return a function that shows one line to the person who pressed or typed; it replaces "thinking …"."""

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

    `allowed` is what the bot may do in the channel. `thread_for` finds or opens the thread for an answer.
    """

    def __init__(
        self,
        message: discord.Message,
        allowed: discord.Permissions,
        *,
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
        # A failure to tidy up the channel must not prevent the answer.
        if self._line is not None:
            with suppress(*UNREACHABLE):
                await self._line.delete()
            self._line = None
        if self._thread.id != self._message.id:  # otherwise Discord shows the thread under the message
            with suppress(*UNREACHABLE):
                await self._reply(Page(content=lines.answered_in(self._thread.id)), None)
        return self._thread.id

    async def show(self, pages: Sequence[Page], buttons: discord.ui.View | None, shown: list[discord.Message]) -> None:
        for number, page in enumerate(pages, 1):
            view = buttons if number == len(pages) else None
            if self._line is not None and not self._is_answered:
                line = self._line
                shown.append(await with_retry(partial(line.edit, **content_of(page), view=view)))
            else:
                shown.append(await self._send(page, view))
            self._is_answered = True

    async def type(self) -> None:
        if self._line is None:
            await self._message.channel.typing()

    async def _send(self, page: Page, buttons: discord.ui.View | None) -> discord.Message:
        """Send the first message as a reply, further ones and those in another thread as messages of their own."""
        if self._thread is None and not self._is_answered:
            return await self._reply(page, buttons)
        return await self._send_to(self._thread or self._message.channel, page, buttons)

    async def _reply(self, page: Page, buttons: discord.ui.View | None) -> discord.Message:
        if not self._allowed.read_message_history:  # without it, Discord refuses replies
            return await self._send_to(self._message.channel, page, buttons)
        return await self._send_to(self._message.channel, page, buttons, reply_to=self._message)

    async def _send_to(
        self,
        channel: discord.abc.MessageableChannel,
        page: Page,
        buttons: discord.ui.View | None,
        *,
        reply_to: discord.Message | None = None,
    ) -> discord.Message:
        view = buttons or discord.utils.MISSING
        content, nonce = content_of(page), new_nonce()
        if reply_to is None:
            return await with_retry(lambda: channel.send(**content, view=view, nonce=nonce))
        return await with_retry(lambda: reply_to.reply(**content, view=view, nonce=nonce, mention_author=False))
