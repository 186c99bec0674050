"""Routes: which function serves which method and path."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tests.fake_discord.errors import (
    invalid,
    missing_access,
    missing_permissions,
    unknown_channel,
    unknown_guild,
    unknown_message,
)
from tests.fake_discord.mentions import mention_faults
from tests.fake_discord.permissions import Permission, permissions_of
from tests.fake_discord.state import Channel, ChannelType, Guild, Message, Payload

if TYPE_CHECKING:
    from tests.fake_discord.core import Core, Request


@dataclass
class Call:
    """A request on its way to the function that serves it."""

    core: Core
    request: Request
    parameters: Mapping[str, str]
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def body(self) -> Payload:
        """The body, empty if there was none. Raises ApiError if it is not an object."""
        body = self.request.body
        if body is None:
            return {}
        if not isinstance(body, dict):
            raise invalid(code="DICT_TYPE_CONVERT", message="Only dictionaries may be used in a DictType")
        return body

    def number(self, name: str) -> int:
        """Return the id in the path. Raises ApiError."""
        text = self.parameters[name]
        if not text.isdigit():
            raise invalid(name, code="NUMBER_TYPE_COERCE", message=f'Value "{text}" is not snowflake.')
        return int(text)

    def violate(self, rule: str) -> None:
        """Record a violation that Discord would accept."""
        self.core.violate(self.request.method, self.request.route, rule, self.request.body)

    def check_mentions(self, body: Payload, *, is_new: bool) -> None:
        """Record a violation if what is posted or edited could notify anybody."""
        for fault in mention_faults(body, is_new=is_new):
            self.violate(fault)

    def guild(self) -> Guild:
        """Return the server in the path. Raises ApiError."""
        guild = self.core.world.guilds.get(self.number("guild_id"))
        if guild is None or self.core.world.bot.id not in guild.members:
            raise unknown_guild()
        return guild

    def channel(self, needs: Permission = Permission.VIEW_CHANNEL) -> Channel:
        """Return the channel in the path, in which the bot must have the permissions. Raises ApiError."""
        channel = self.core.world.channels.get(self.number("channel_id"))
        if channel is None or channel.deleted:
            raise unknown_channel()
        require(self.core, channel, needs)
        return channel

    def message(self, channel: Channel) -> Message:
        """Return the message in the path. Raises ApiError."""
        message = channel.messages.get(self.number("message_id"))
        if message is None or message.deleted or message.visible_to is not None:
            raise unknown_message()
        return message


def require(core: Core, channel: Channel, needs: Permission) -> None:
    """Check the bot's permissions in a channel. Raises ApiError."""
    bot = core.world.bot
    permissions = permissions_of(bot, channel)
    in_guild = channel.guild is None or bot.id in channel.guild.members
    is_private = channel.type is ChannelType.PRIVATE_THREAD
    outside = is_private and bot.id not in channel.thread_members and not permissions & Permission.MANAGE_THREADS
    if not in_guild or outside or not permissions & Permission.VIEW_CHANNEL:
        raise missing_access()
    if permissions & needs != needs:
        raise missing_permissions()


Handler = Callable[[Call], Any]
Check = Callable[[Call], None]


@dataclass(frozen=True)
class Route:
    """A route. `authorized` is true if it requires the bot's token; `check` checks the body first."""

    method: str
    template: str
    serve: Handler
    authorized: bool
    check: Check | None
    status: int

    @property
    def key(self) -> str:
        """The route as it is written in limits, faults and Discord's document."""
        return f"{self.method} {self.template}"


ROUTES: list[Route] = []


def route(
    method: str, template: str, authorized: bool = True, check: Check | None = None, status: int = 200
) -> Callable[[Handler], Handler]:
    """Register a function for a route. It returns the JSON of the response with its status, or None for 204."""

    def register(serve: Handler) -> Handler:
        ROUTES.append(Route(method, template, serve, authorized, check, status))
        # `@me` and `@original` come before placeholders that would match them too.
        ROUTES.sort(key=lambda one: one.template.count("{"))
        return serve

    return register


def find(method: str, raw_path: str) -> tuple[Route, dict[str, str]] | None:
    """Return the route of a path, which is still percent-encoded, and the values of its placeholders."""
    for candidate in ROUTES:
        if candidate.method == method:
            pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(candidate.template))
            if found := re.fullmatch(pattern, raw_path):
                return candidate, {name: unquote(value) for name, value in found.groupdict().items()}
    return None
