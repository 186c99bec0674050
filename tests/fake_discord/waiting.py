"""Wait for what the bot does, with a time limit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from tests.fake_discord.server import Server
from tests.fake_discord.state import Channel, Interaction, Message, User

T = TypeVar("T")
PATIENCE = 300.0  # seconds; far more than needed, because a busy machine must not fail a test


class NothingHappened(AssertionError):
    """What a test waited for did not happen in time."""


class Waiting(Server):
    """A server that can be waited for."""

    def wait_for(self, condition: Callable[[], T | None], *, what: str = "something", seconds: float = PATIENCE) -> T:
        """Wait until a condition is true, and return its value. Raises NothingHappened."""
        assert threading.current_thread() is not self._thread, "a condition must not wait itself"
        end = time.monotonic() + seconds
        while True:
            version = self._version
            if result := self.call(condition):
                return result
            left = end - time.monotonic()
            if left <= 0:
                raise NothingHappened(f"waited {seconds:g} s for {what}\n{self.recent()}")
            with self._news:
                # Conditions about time, such as silence, become true without an event.
                self._news.wait_for(lambda: self._version != version, timeout=min(left, 0.1))  # noqa: B023

    def recent(self, count: int = 12) -> str:
        """Return the latest requests and violations, for messages of failed tests."""
        lines = [f"{one.status} {one.method} {one.path} {str(one.body)[:300]}" for one in self._core.requests[-count:]]
        return "\n".join([*lines, *map(str, self._core.violations[-count:])])

    def wait_until_connected(self, *, seconds: float = PATIENCE) -> None:
        """Wait until the bot is connected with all its shards."""

        def connected() -> bool:
            shards = {one.shard for one in self._core.gateway.sessions.values() if one.connection is not None}
            return len(shards) >= self.settings.shards

        self.wait_for(connected, what="the bot to connect", seconds=seconds)

    def wait_for_commands(self, *names: str, seconds: float = PATIENCE) -> None:
        """Wait until the bot has registered these commands (or any), globally or in some server."""

        def registered() -> bool:
            found = {one["name"] for commands in self._core.world.commands.values() for one in commands}
            return bool(found) and set(names) <= found

        self.wait_for(registered, what=f"commands {' '.join(names)}", seconds=seconds)

    def wait_for_message(
        self,
        channel: Channel,
        *,
        containing: str = "",
        after: Message | None = None,
        seen_by: User | None = None,
        seconds: float = PATIENCE,
    ) -> Message:
        """Wait for a message of the bot: the first in the channel, after another, that contains the text.

        Ephemeral ones count only for the person who sees them. Embeds count as text.
        """

        def found() -> Message | None:
            return next(
                (
                    one
                    for one in channel.messages.values()
                    if one.author is self.bot
                    and (after is None or one.id > after.id)
                    and not (one.is_loading or one.deleted)
                    and one.visible_to in (None, seen_by)
                    and containing in text_of(one)
                ),
                None,
            )

        return self.wait_for(found, what=f"a message in {channel.name} with {containing!r}", seconds=seconds)

    def wait_for_reply(self, message: Message, *, containing: str = "", seconds: float = PATIENCE) -> Message:
        """Wait for a message of the bot that answers one: as a reply, in its thread, or next in a direct channel."""

        def answers(one: Message) -> bool:
            channel = one.channel
            return one.author is self.bot and (
                one.reply_to is message
                or channel is message.thread
                or (channel is message.channel and (channel.is_direct or channel.is_thread) and one.id > message.id)
            )

        def found() -> Message | None:
            channels = [message.channel, *([message.thread] if message.thread is not None else [])]
            there = [one for channel in channels for one in channel.messages.values()]
            good = [one for one in there if answers(one) and not one.deleted and containing in text_of(one)]
            return next((one for one in good if text_of(one) and one.visible_to is None), None)

        return self.wait_for(found, what=f"a reply to {message.content[:80]!r}", seconds=seconds)

    def wait_for_answer(self, interaction: Interaction, *, containing: str = "", seconds: float = PATIENCE) -> Message:
        """Wait for a message that responds to an interaction; for a component that may be the message that it is on."""

        def found() -> Message | None:
            if interaction.answered_at is None:
                return None
            return next((one for one in reversed(interaction.messages) if containing in text_of(one)), None)

        return self.wait_for(found, what=f"an answer to {interaction.data}", seconds=seconds)

    def wait_for_acknowledgement(self, interaction: Interaction, *, seconds: float = PATIENCE) -> float:
        """Wait until an interaction is acknowledged. Return the seconds that it took."""
        self.wait_for(lambda: interaction.acknowledged_at is not None, what="an acknowledgement", seconds=seconds)
        assert interaction.seconds_to_acknowledge is not None
        return interaction.seconds_to_acknowledge

    def wait_for_edit(self, message: Message, *, containing: str = "", seconds: float = PATIENCE) -> Message:
        """Wait until a message contains the text, or, without a text, until it has been edited at all."""

        def changed() -> bool:
            return containing in text_of(message) if containing else message.edited is not None

        self.wait_for(changed, what=f"an edit with {containing!r}", seconds=seconds)
        return message

    def wait_until_quiet(self, *, quiet: float = 0.5, seconds: float = PATIENCE) -> None:
        """Wait until the bot has sent no request for some seconds, for messages that are edited as text arrives."""

        def is_quiet() -> bool:
            requests = self._core.requests
            return not requests or time.monotonic() - max(requests[-1].at, requests[-1].answered_at) > quiet

        self.wait_for(is_quiet, what="quiet", seconds=seconds)


def text_of(message: Message) -> str:
    """Return all text of a message: its content and that of its embeds and text components."""
    parts = [message.content]
    for embed in message.embeds:
        fields = embed.get("fields") or []
        parts += [str(embed.get("title") or ""), str(embed.get("description") or "")]
        parts += [f"{one['name']}\n{one['value']}" for one in fields]
        parts += [str((embed.get("footer") or {}).get("text") or "")]
    pending = list(message.components)
    while pending:
        component = pending.pop(0)
        parts.append(str(component.get("content") or ""))
        pending += component.get("components") or []
    return "\n".join(part for part in parts if part)
