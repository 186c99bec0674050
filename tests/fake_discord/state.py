"""The state of the simulated Discord: users, servers, channels, messages, interactions. Data without protocol.

Ids are integers here and strings in payloads. Times that are compared are `time.monotonic()`, in seconds.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

from tests.fake_discord.permissions import BOT, EVERYONE, Permission

Payload = dict[str, Any]

EPOCH_MS = 1_420_070_400_000  # Discord's snowflakes count milliseconds since the start of 2015


class ChannelType(IntEnum):
    """The types of channels that are modelled, by Discord's numbers."""

    TEXT = 0
    DIRECT = 1
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


class MessageType(IntEnum):
    """The types of messages that are modelled, by Discord's numbers."""

    DEFAULT = 0
    THREAD_CREATED = 18
    REPLY = 19
    SLASH_COMMAND = 20
    THREAD_STARTER = 21
    CONTEXT_MENU_COMMAND = 23


class InteractionType(IntEnum):
    """The types of interactions, by Discord's numbers."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


SUPPRESS_EMBEDS = 1 << 2
HAS_THREAD = 1 << 5
EPHEMERAL = 1 << 6
LOADING = 1 << 7
SUPPRESS_NOTIFICATIONS = 1 << 12
COMPONENTS_V2 = 1 << 15


@dataclass(eq=False)
class User:
    """A person or a bot."""

    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"
    takes_direct_messages: bool = True

    @property
    def mention(self) -> str:
        """The text that mentions the user."""
        return f"<@{self.id}>"


@dataclass(eq=False)
class Role:
    """A role of a server. The role of everyone has the server's id."""

    id: int
    name: str
    permissions: Permission
    position: int
    managed_by: int | None = None

    @property
    def mention(self) -> str:
        """The text that mentions the role."""
        return f"<@&{self.id}>"


@dataclass(eq=False)
class Member:
    """A user in a server."""

    user: User
    guild: Guild = field(repr=False)
    roles: list[Role] = field(default_factory=list)
    nick: str | None = None
    joined: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(eq=False)
class Guild:
    """A server."""

    id: int
    name: str
    owner: User
    roles: dict[int, Role] = field(default_factory=dict, repr=False)
    members: dict[int, Member] = field(default_factory=dict, repr=False)
    channels: dict[int, Channel] = field(default_factory=dict, repr=False)

    @property
    def everyone(self) -> Role:
        """The role of everyone."""
        return self.roles[self.id]


@dataclass(eq=False)
class Overwrite:
    """What a channel allows or denies one role (kind 0) or member (kind 1)."""

    id: int
    kind: int
    allow: Permission
    deny: Permission


@dataclass(eq=False)
class Channel:
    """A text channel, forum, thread or direct channel with its messages, oldest first. Deleted ones stay, marked."""

    id: int
    type: ChannelType
    name: str
    guild: Guild | None = field(default=None, repr=False)
    parent: Channel | None = field(default=None, repr=False)
    topic: str | None = None
    position: int = 0
    overwrites: dict[int, Overwrite] = field(default_factory=dict, repr=False)
    recipient: User | None = None
    messages: dict[int, Message] = field(default_factory=dict, repr=False)
    owner: User | None = None
    thread_members: set[int] = field(default_factory=set, repr=False)
    archived: bool = False
    locked: bool = False
    auto_archive_minutes: int = 4320
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    deleted: bool = False

    @property
    def is_thread(self) -> bool:
        """True if it is a thread or a forum post."""
        return self.type in (ChannelType.PUBLIC_THREAD, ChannelType.PRIVATE_THREAD)

    @property
    def is_direct(self) -> bool:
        """True if it is between one user and the bot."""
        return self.type is ChannelType.DIRECT

    @property
    def last_message_id(self) -> int | None:
        """The newest message's id, without ephemeral ones."""
        return max((one.id for one in self.messages.values() if one.visible_to is None), default=None)


@dataclass(eq=False)
class Message:
    """A message. `visible_to` is the only user who sees it if it is ephemeral. `versions` are (time, content)."""

    id: int
    channel: Channel = field(repr=False)
    author: User
    content: str = ""
    type: MessageType = MessageType.DEFAULT
    flags: int = 0
    embeds: list[Payload] = field(default_factory=list)
    components: list[Payload] = field(default_factory=list)
    attachments: list[Payload] = field(default_factory=list)
    mentions: list[User] = field(default_factory=list)
    role_mentions: list[Role] = field(default_factory=list)
    mentions_everyone: bool = False
    reply_to: Message | None = field(default=None, repr=False)
    interaction: Interaction | None = field(default=None, repr=False)
    reactions: dict[str, set[int]] = field(default_factory=dict)
    thread: Channel | None = field(default=None, repr=False)
    nonce: str | int | None = None
    visible_to: User | None = None
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    edited: datetime | None = None
    deleted: bool = False
    posted_at: float = field(default_factory=time.monotonic)
    versions: list[tuple[float, str]] = field(default_factory=list, repr=False)

    @property
    def is_loading(self) -> bool:
        """True if it is the "is thinking…" of a deferred interaction."""
        return bool(self.flags & LOADING)

    @property
    def is_ephemeral(self) -> bool:
        """True if only one user sees it."""
        return bool(self.flags & EPHEMERAL)


@dataclass(eq=False)
class Interaction:
    """An interaction of a person with the bot, and the bot's response. Times are None until it has happened.

    `original` is what `@original` means: the response, or the message that the pressed component is on.
    """

    id: int
    token: str = field(repr=False)
    type: InteractionType
    user: User
    channel: Channel
    data: Payload
    message: Message | None = None
    source: Interaction | None = field(default=None, repr=False)
    sent_at: float = field(default_factory=time.monotonic)
    acknowledged_at: float | None = None
    answered_at: float | None = None
    response_type: int | None = None
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    modal: Payload | None = None
    choices: list[Payload] | None = None
    expired: bool = False

    @property
    def messages(self) -> list[Message]:
        """The messages that respond to it, oldest first, without deleted ones and without "is thinking…"."""
        found = [*([self.original] if self.original is not None else []), *self.followups]
        return [message for message in found if not message.deleted and not message.is_loading]

    @property
    def seconds_to_acknowledge(self) -> float | None:
        """Seconds from sending to acknowledgement."""
        return None if self.acknowledged_at is None else self.acknowledged_at - self.sent_at

    @property
    def seconds_to_answer(self) -> float | None:
        """Seconds from sending until there was something to read."""
        return None if self.answered_at is None else self.answered_at - self.sent_at


class World:
    """All users, servers, channels and interactions, and the means to create ids."""

    def __init__(self, bot_name: str) -> None:
        self._last_id = 0
        self._guilds_made = 0
        self.bot = User(self.new_id(), bot_name, bot=True)
        self.owner = User(self.new_id(), "application-owner")
        self.users: dict[int, User] = {self.bot.id: self.bot, self.owner.id: self.owner}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.interactions: dict[int, Interaction] = {}
        self.interactions_by_token: dict[str, Interaction] = {}
        # application commands by server, None for global ones
        self.commands: dict[int | None, list[Payload]] = {None: []}
        self.files: dict[str, bytes] = {}

    def new_id(self) -> int:
        """Return a snowflake of now; later ones are larger."""
        self._last_id = max(self._last_id + 1, (int(time.time() * 1000) - EPOCH_MS) << 22)
        return self._last_id

    def new_guild_id(self, shard: int, shards: int) -> int:
        """Return a snowflake of some days ago that belongs to the shard."""
        self._guilds_made += 1
        milliseconds = int(time.time() * 1000) - EPOCH_MS - 10**9 + self._guilds_made * shards
        return (milliseconds - milliseconds % shards + shard) << 22

    def new_guild(self, name: str, owner: User, shard: int, shards: int) -> Guild:
        """Create a server with its owner and the bot in it."""
        guild = Guild(self.new_guild_id(shard, shards), name, owner)
        guild.roles[guild.id] = Role(guild.id, "@everyone", EVERYONE, 0)
        managed = Role(self.new_id(), self.bot.name, BOT, 1, managed_by=self.bot.id)
        guild.roles[managed.id] = managed
        guild.members[owner.id] = Member(owner, guild)
        guild.members[self.bot.id] = Member(self.bot, guild, [managed])
        self.guilds[guild.id] = guild
        return guild

    def direct_channel(self, user: User) -> Channel:
        """Return the channel between the user and the bot, created on first use."""
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(self.new_id(), ChannelType.DIRECT, f"@{user.name}", recipient=user)
        self.channels[channel.id] = channel
        return channel
