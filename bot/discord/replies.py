"""Where an answer goes: back to an interaction, or to the message that asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import discord

from bot.discord.messages import content_of
from bot.discord.pages import Page


class Reply(Protocol):
    """A place for one answer. What it says while waiting is replaced by the answer, and that by nothing any more."""

    @property
    def embeds(self) -> bool:
        """Whether embeds would be shown."""

    async def say(self, text: str) -> None:
        """Show one line, in the place of the line that was said before."""

    async def show(self, pages: Sequence[Page], buttons: discord.ui.View | None) -> list[discord.Message]:
        """Show the answer, the buttons under its last page; the messages that carry it."""

    async def type(self) -> None:
        """Show that an answer is on its way, where that is not to be seen already."""


class InteractionReply:
    """The response to a slash command or a button. `private` is seen by one person alone."""

    def __init__(self, interaction: discord.Interaction, private: bool) -> None:
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

    async def show(self, pages: Sequence[Page], buttons: discord.ui.View | None) -> list[discord.Message]:
        last = len(pages) - 1
        under = [buttons if place == last else None for place in range(len(pages))]
        shown: list[discord.Message] = [
            await self._interaction.edit_original_response(**content_of(pages[0]), view=under[0])
        ]
        self._is_answered = True
        for page, view in zip(pages[1:], under[1:], strict=True):
            shown.append(
                await self._interaction.followup.send(
                    **content_of(page), view=view or discord.utils.MISSING, ephemeral=self._private, wait=True
                )
            )
        return shown

    async def type(self) -> None:
        """Nothing: a deferred response says so already."""


def aside(interaction: discord.Interaction[Any]) -> Callable[[str], Awaitable[None]]:
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
    """An answer in a channel: a reply to the message that asked, or a message in the thread that it is moved to.

    `allowed` is what the bot may do in the channel.
    """

    def __init__(self, message: discord.Message, thread: discord.Thread | None, allowed: discord.Permissions) -> None:
        self._message = message
        self._thread = thread
        self._allowed = allowed
        self._first: discord.Message | None = None
        self._is_answered = False

    @property
    def embeds(self) -> bool:
        return self._allowed.embed_links

    async def say(self, text: str) -> None:
        if self._is_answered:
            await self._place.send(**content_of(text))
        else:
            await self._show_first(Page(content=text), None)

    async def show(self, pages: Sequence[Page], buttons: discord.ui.View | None) -> list[discord.Message]:
        last = len(pages) - 1
        shown = [await self._show_first(pages[0], buttons if last == 0 else None)]
        self._is_answered = True
        for place, page in enumerate(pages[1:], 1):
            view = buttons if place == last and buttons is not None else discord.utils.MISSING
            shown.append(await self._place.send(**content_of(page), view=view))
        return shown

    async def type(self) -> None:
        if self._first is None:
            await self._place.typing()

    @property
    def _place(self) -> discord.abc.MessageableChannel:
        return self._thread or self._message.channel

    async def _show_first(self, page: Page, buttons: discord.ui.View | None) -> discord.Message:
        if self._first is not None:
            self._first = await self._first.edit(**content_of(page), view=buttons)
        else:
            view = buttons if buttons is not None else discord.utils.MISSING
            # Discord lets nobody reply to what they may not read again.
            if self._thread is None and self._allowed.read_message_history:
                self._first = await self._message.reply(**content_of(page), view=view, mention_author=False)
            else:
                self._first = await self._place.send(**content_of(page), view=view)
        return self._first
