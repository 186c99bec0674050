"""Permissions as Discord computes them: of roles, then of a channel's overwrites."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntFlag
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fake_discord.state import Channel, Member, User


class Permission(IntFlag):
    """Permissions by Discord's bits, without those for voice."""

    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    PIN_MESSAGES = 1 << 51


P = Permission
NONE = Permission(0)
ALL = reduce(or_, Permission)
# The permissions of everyone in a new server.
EVERYONE = (
    P.CREATE_INSTANT_INVITE | P.ADD_REACTIONS | P.VIEW_CHANNEL | P.SEND_MESSAGES | P.EMBED_LINKS | P.ATTACH_FILES
    | P.READ_MESSAGE_HISTORY | P.MENTION_EVERYONE | P.USE_EXTERNAL_EMOJIS | P.CHANGE_NICKNAME
    | P.USE_APPLICATION_COMMANDS | P.CREATE_PUBLIC_THREADS | P.CREATE_PRIVATE_THREADS | P.SEND_MESSAGES_IN_THREADS
)  # fmt: skip
# The permissions that the invite link of a bot requests.
BOT = (
    P.ADD_REACTIONS | P.VIEW_CHANNEL | P.SEND_MESSAGES | P.EMBED_LINKS | P.ATTACH_FILES | P.READ_MESSAGE_HISTORY
    | P.CREATE_PUBLIC_THREADS | P.SEND_MESSAGES_IN_THREADS
)  # fmt: skip
DIRECT = (
    P.ADD_REACTIONS | P.VIEW_CHANNEL | P.SEND_MESSAGES | P.EMBED_LINKS | P.ATTACH_FILES | P.READ_MESSAGE_HISTORY
    | P.USE_EXTERNAL_EMOJIS | P.MENTION_EVERYONE
)  # fmt: skip


def named(names: Iterable[str]) -> Permission:
    """Return the permissions with these names, in any case: `send_messages`."""
    return reduce(or_, (Permission[name.upper()] for name in names), NONE)


def guild_permissions(member: Member) -> Permission:
    """Return the permissions of a member in the server, without those of channels."""
    if member.guild.owner is member.user:
        return ALL
    permissions = reduce(or_, (role.permissions for role in member.roles), member.guild.everyone.permissions)
    return ALL if permissions & Permission.ADMINISTRATOR else permissions


def permissions_of(user: User, channel: Channel) -> Permission:
    """Return the permissions of a user in the channel; a thread has the overwrites of its channel."""
    if channel.guild is None:
        return DIRECT
    member = channel.guild.members.get(user.id)
    if member is None:
        return NONE
    permissions = guild_permissions(member)
    if permissions == ALL:
        return ALL
    permissions = _overwritten(permissions, member, channel.parent or channel)
    if not permissions & Permission.VIEW_CHANNEL:
        return NONE
    if not channel.is_thread and not permissions & Permission.SEND_MESSAGES:
        permissions &= ~(P.MENTION_EVERYONE | P.SEND_TTS_MESSAGES | P.ATTACH_FILES | P.EMBED_LINKS)
    return permissions


def _overwritten(permissions: Permission, member: Member, channel: Channel) -> Permission:
    overwrites = channel.overwrites
    if everyone := overwrites.get(member.guild.id):
        permissions = permissions & ~everyone.deny | everyone.allow
    of_roles = [overwrites[role.id] for role in member.roles if role.id in overwrites]
    permissions &= ~reduce(or_, (one.deny for one in of_roles), NONE)
    permissions |= reduce(or_, (one.allow for one in of_roles), NONE)
    if own := overwrites.get(member.user.id):
        permissions = permissions & ~own.deny | own.allow
    return permissions
