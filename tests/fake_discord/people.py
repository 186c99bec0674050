"""Actions of people: write, use commands, press buttons, fill in forms. Impossible ones raise NotPossible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fake_discord.commands import NotPossible, command_data, find_command
from tests.fake_discord.interactions import start_interaction
from tests.fake_discord.mentions import note_mentions
from tests.fake_discord.messages import delete, edited, message_payload, post, stored_file
from tests.fake_discord.payloads import member_payload
from tests.fake_discord.permissions import Permission, permissions_of
from tests.fake_discord.places import Places
from tests.fake_discord.rules_components import BUTTON, LINK, walk
from tests.fake_discord.sessions import Intent
from tests.fake_discord.state import Channel, Interaction, InteractionType, Message, MessageType, Payload, User
from tests.fake_discord.submissions import submission
from tests.fake_discord.threads import start_post, start_thread
from tests.fake_discord.transcript import modal_lines, transcript


class People(Places):
    """A server with people who act."""

    def _require(self, user: User, channel: Channel, needs: Permission) -> None:
        if permissions_of(user, channel) & needs != needs or channel.deleted:
            raise NotPossible(f"{user.name} lacks {needs!r} in {channel.name}")

    def say(
        self,
        user: User,
        channel: Channel,
        text: str,
        *,
        reply_to: Message | None = None,
        ping: bool = True,
        files: Mapping[str, bytes] | None = None,
    ) -> Message:
        """Let a user write; mentions are written as Discord has them: `user.mention`."""

        def write() -> Message:
            sending = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
            self._require(user, channel, sending | Permission.VIEW_CHANNEL)
            message = Message(self._core.world.new_id(), channel, user, text.strip())
            if reply_to is not None:
                message.type, message.reply_to = MessageType.REPLY, reply_to
            message.attachments = [
                stored_file(self._core, channel, name, data, {}) for name, data in (files or {}).items()
            ]
            self._note_mentions(message, ping=ping)
            return post(self._core, message)

        return self.call(write)

    def _note_mentions(self, message: Message, *, ping: bool) -> None:
        may = bool(permissions_of(message.author, message.channel) & Permission.MENTION_EVERYONE)
        allowed = {"parse": ["users", "roles", "everyone"], "replied_user": ping}
        note_mentions(message, self._core.world, allowed, may_mention_everyone=may)

    def edit(self, message: Message, text: str) -> None:
        """Let the author of a message edit it."""

        def change() -> None:
            message.content = text.strip()
            self._note_mentions(
                message, ping=message.reply_to is not None and message.reply_to.author in message.mentions
            )
            edited(self._core, message)

        self.call(change)

    def delete_message(self, message: Message) -> None:
        """Delete a message, as its author or a moderator."""
        self.call(delete, self._core, message)

    def post_in_forum(self, user: User, forum: Channel, title: str, text: str) -> Channel:
        """Let a user create a post. Return its thread; the first message has the thread's id."""

        def write() -> Channel:
            self._require(user, forum, Permission.SEND_MESSAGES | Permission.VIEW_CHANNEL)
            body = {"content": text, "allowed_mentions": {"parse": ["users", "roles", "everyone"]}}
            return start_post(self._core, forum, title, user, body, {})

        return self.call(write)

    def start_thread(self, user: User, message: Message, name: str) -> Channel:
        """Let a user open a thread under a message."""
        return self.call(start_thread, self._core, message.channel, name, user, message=message)

    def react(self, user: User, message: Message, emoji: str) -> None:
        """Let a user react to a message."""

        def add() -> None:
            message.reactions.setdefault(emoji, set()).add(user.id)
            guild = message.channel.guild
            payload: Payload = {
                "user_id": str(user.id),
                "channel_id": str(message.channel.id),
                "message_id": str(message.id),
                "message_author_id": str(message.author.id),
                "emoji": {"id": None, "name": emoji},
                "burst": False,
                "type": 0,
            }
            if guild is not None:
                payload |= {"guild_id": str(guild.id), "member": member_payload(guild.members[user.id])}
            needs = Intent.GUILD_MESSAGE_REACTIONS if guild else Intent.DIRECT_MESSAGE_REACTIONS
            self._core.gateway.dispatch("MESSAGE_REACTION_ADD", payload, guild=guild, needs=needs)

        self.call(add)

    def slash(self, user: User, channel: Channel, name: str, /, **options: Any) -> Interaction:
        """Let a user use a command, with spaces before subcommands: `slash(ada, hall, "scope set", folder="x")`.

        Users, roles and channels are given as objects. Raises NotPossible for what Discord would not offer.
        """

        def use() -> Interaction:
            self._require(user, channel, Permission.VIEW_CHANNEL)
            data = command_data(self._core, user, channel, name, options)
            return start_interaction(self._core, InteractionType.COMMAND, user, channel, data)

        return self.call(use)

    def autocomplete(
        self, user: User, channel: Channel, name: str, option: str, typed: str, /, **options: Any
    ) -> Interaction:
        """Let a user type in an option of a command; other options may be filled in. Wait for `choices`."""

        def type_it() -> Interaction:
            data = command_data(self._core, user, channel, name, {**options, option: typed}, focused=option)
            return start_interaction(self._core, InteractionType.AUTOCOMPLETE, user, channel, data)

        return self.call(type_it)

    def choices(self, interaction: Interaction, *, seconds: float = 10.0) -> list[str]:
        """Wait for the names that autocomplete offers, and return them."""
        self.wait_for(lambda: interaction.choices is not None, what="choices", seconds=seconds)
        return [choice["name"] for choice in interaction.choices or []]

    def context_menu(self, user: User, message: Message, name: str) -> Interaction:
        """Let a user pick a command from a message's menu."""

        def pick() -> Interaction:
            self._require(user, message.channel, Permission.VIEW_CHANNEL)
            command = find_command(self._core, user, message.channel, name, 3)
            data = {
                "id": command["id"],
                "name": command["name"],
                "type": 3,
                "target_id": str(message.id),
                "resolved": {"messages": {str(message.id): message_payload(self._core, message)}},
            }
            guild = message.channel.guild
            if guild is not None:
                data["guild_id"] = str(guild.id)
            return start_interaction(self._core, InteractionType.COMMAND, user, message.channel, data)

        return self.call(pick)

    def components(self, message: Message) -> list[Payload]:
        """Return a message's buttons and selects, with their custom ids."""
        return [one for _, one in walk(message.components) if one["type"] in (BUTTON, 3, 5, 6, 7, 8)]

    def _component(self, user: User, message: Message, which: str) -> Payload:
        if message.deleted or message.visible_to not in (None, user):
            raise NotPossible(f"{user.name} does not see the message")
        there = self.components(message)
        found = [one for one in there if which in (one.get("custom_id"), one.get("label"))]
        found = found or [one for one in there if which in _face(one)]
        if not found:
            raise NotPossible(f"no component {which!r}; there are {[_face(one) for one in there]}")
        if found[0].get("disabled") or found[0].get("style") == LINK:
            raise NotPossible(f"{which!r} is disabled or a link")
        return found[0]

    def click(self, user: User, message: Message, which: str) -> Interaction:
        """Let a user press a button, by its custom id, its label, its emoji or a part of its label."""

        def press() -> Interaction:
            button = self._component(user, message, which)
            data = {"custom_id": button["custom_id"], "component_type": button["type"], "id": button["id"]}
            return start_interaction(
                self._core, InteractionType.COMPONENT, user, message.channel, data, message=message
            )

        return self.call(press)

    def select(self, user: User, message: Message, which: str, *values: str) -> Interaction:
        """Let a user choose in a select, by its custom id; values may be given by their labels."""

        def choose() -> Interaction:
            found = self._component(user, message, which)
            names = {option["label"]: option["value"] for option in found.get("options") or []}
            chosen = [names.get(value, value) for value in values]
            if found["type"] == 3 and not set(chosen) <= set(names.values()):
                raise NotPossible(f"{values} are not among {list(names)}")
            data = {"custom_id": found["custom_id"], "component_type": found["type"], "id": found["id"]}
            data["values"] = chosen
            return start_interaction(
                self._core, InteractionType.COMPONENT, user, message.channel, data, message=message
            )

        return self.call(choose)

    def submit(self, shown: Interaction, **values: Any) -> Interaction:
        """Let the user fill in and submit the form that an interaction showed, by custom ids."""
        self.wait_for(lambda: shown.modal is not None, what="a form")

        def send() -> Interaction:
            assert shown.modal is not None
            data = submission(shown.modal, values)
            return start_interaction(
                self._core, InteractionType.MODAL, shown.user, shown.channel, data, message=shown.message, source=shown
            )

        return self.call(send)

    def expire(self, interaction: Interaction) -> None:
        """Let an interaction expire: after fifteen minutes, or after three seconds if it is not acknowledged."""

        def end() -> None:
            interaction.expired = True

        self.call(end)


def _face(component: Payload) -> str:
    """Return what is written on a component: emoji, label, placeholder."""
    parts = ((component.get("emoji") or {}).get("name"), component.get("label"), component.get("placeholder"))
    return " ".join(part for part in parts if part)


class FakeDiscord(People):
    """The whole simulated Discord: `server.py` starts it; `places.py`, `people.py` and `waiting.py` hold its actions.

    Settings are those of `core.Settings`: `FakeDiscord(message_content="granted", shards=2, generous=True)`.
    """

    def transcript(self, channel: Channel, viewer: User | None = None) -> str:
        """Return a channel as a person sees it, as text."""
        return self.call(transcript, self._core.world, channel, viewer)

    def form(self, interaction: Interaction) -> str:
        """Return the form that an interaction showed, as text."""
        self.wait_for(lambda: interaction.modal is not None, what="a form")
        return "\n".join(modal_lines(interaction.modal or {}))

    def messages(self, channel: Channel, viewer: User | None = None) -> list[Message]:
        """Return a channel's messages as a person sees them, oldest first."""
        there = list(channel.messages.values())
        found = [one for one in there if not one.deleted and one.visible_to in (None, viewer)]
        return sorted(found, key=lambda one: one.id)
