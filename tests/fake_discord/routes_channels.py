"""Routes of channels, threads, servers and their members."""

from __future__ import annotations

from typing import Any

from tests.fake_discord.errors import ApiError, Problems, missing_access, missing_permissions, unknown_user
from tests.fake_discord.payloads import (
    channel_payload,
    guild_payload,
    member_payload,
    role_payload,
    thread_member_payload,
    thread_payload_for,
)
from tests.fake_discord.permissions import Permission, permissions_of
from tests.fake_discord.routes_messages import shown
from tests.fake_discord.routing import Call, require, route
from tests.fake_discord.rules_messages import check_message
from tests.fake_discord.state import Channel, ChannelType, Payload, User
from tests.fake_discord.threads import add_to_thread, announce_change, remove_from_thread, start_post, start_thread

CHANNEL = "/channels/{channel_id}"
GUILD = "/guilds/{guild_id}"
ARCHIVE_MINUTES = (60, 1440, 4320, 10080)


@route("GET", CHANNEL)
def channel(call: Call) -> Payload:
    """Return a channel of any type."""
    return thread_payload_for(call.channel(), call.core.world.bot)


@route("PATCH", CHANNEL)
def edit_channel(call: Call) -> Payload:
    """Rename, archive or lock a thread; other channels can only be renamed."""
    found, body = call.channel(), call.body
    bot = call.core.world.bot
    if found.is_thread:
        manages = permissions_of(bot, found) & Permission.MANAGE_THREADS
        if not manages and (found.owner is not bot or "locked" in body):
            raise missing_permissions()
        if found.archived and "archived" not in body:
            raise ApiError(400, 50083, "Thread is archived")
    else:
        require(call.core, found, Permission.MANAGE_CHANNELS)
    problems = Problems()
    if "name" in body:
        problems.length(("name",), body["name"], 1, 100)
    _check_archive_minutes(problems, body)
    problems.raise_if_any()
    found.name = body.get("name", found.name)
    found.topic = body.get("topic", found.topic)
    found.archived = body.get("archived", found.archived)
    found.locked = body.get("locked", found.locked)
    if found.is_thread:
        announce_change(call.core, found)
    return thread_payload_for(found, bot)


@route("DELETE", CHANNEL)
def delete_channel(call: Call) -> Payload:
    """Delete a thread; a direct channel is only closed."""
    found = call.channel()
    if found.is_thread:
        require(call.core, found, Permission.MANAGE_THREADS)
        found.deleted = True
        announce_change(call.core, found)
    elif not found.is_direct:
        require(call.core, found, Permission.MANAGE_CHANNELS)
        found.deleted = True
    return channel_payload(found)


def _check_archive_minutes(problems: Problems, body: Payload) -> None:
    minutes = body.get("auto_archive_duration")
    if minutes is not None and minutes not in ARCHIVE_MINUTES:
        problems.add(("auto_archive_duration",), "BASE_TYPE_CHOICES", f"Must be one of {ARCHIVE_MINUTES}.")


def _check_thread(call: Call) -> None:
    problems = Problems()
    problems.length(("name",), call.body.get("name"), 1, 100)
    if not str(call.body.get("name") or "").strip():
        problems.add(("name",), "BASE_TYPE_REQUIRED", "This field is required")
    _check_archive_minutes(problems, call.body)
    problems.raise_if_any()
    if isinstance(call.body.get("message"), dict):
        check_message(call.body["message"], call.files, is_new=True, path=("message",))


@route("POST", f"{CHANNEL}/messages/{{message_id}}/threads", check=_check_thread, status=201)
def thread_from_message(call: Call) -> Payload:
    """Start a thread under a message."""
    needs = Permission.CREATE_PUBLIC_THREADS | Permission.READ_MESSAGE_HISTORY
    parent, bot = call.channel(needs), call.core.world.bot
    message = call.message(parent)
    if parent.guild is None or parent.is_thread:
        raise ApiError(400, 50024, "Cannot execute action on this channel type", rule="a thread where none can be")
    if message.thread is not None:
        raise ApiError(400, 160004, "A thread has already been created for this message")
    minutes = call.body.get("auto_archive_duration")
    return thread_payload_for(
        start_thread(call.core, parent, call.body["name"].strip(), bot, message=message, minutes=minutes), bot
    )


@route("POST", f"{CHANNEL}/threads", check=_check_thread, status=201)
def thread_without_message(call: Call) -> Payload:
    """Start a thread without a message, or a post in a forum."""
    parent, body, bot = call.channel(), call.body, call.core.world.bot
    name = body["name"].strip()
    if parent.type is ChannelType.FORUM:
        require(call.core, parent, Permission.SEND_MESSAGES)
        call.check_mentions(body.get("message") or {}, is_new=True)
        post = start_post(call.core, parent, name, bot, body["message"], dict(call.files))
        return {**thread_payload_for(post, bot), "message": shown(call, post.messages[post.id])}
    private = body.get("type", ChannelType.PRIVATE_THREAD) == ChannelType.PRIVATE_THREAD
    require(call.core, parent, Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS)
    minutes = body.get("auto_archive_duration")
    return thread_payload_for(start_thread(call.core, parent, name, bot, private=private, minutes=minutes), bot)


def _thread(call: Call) -> Channel:
    found = call.channel()
    if not found.is_thread:
        raise ApiError(400, 50024, "Cannot execute action on this channel type", rule="not a thread")
    return found


def _user(call: Call, text: str) -> User:
    user = call.core.world.bot if text == "@me" else call.core.world.users.get(int(text))
    if user is None:
        raise unknown_user()
    return user


@route("GET", f"{CHANNEL}/thread-members")
def thread_members(call: Call) -> list[Payload]:
    """Return the members of a thread."""
    found = _thread(call)
    return [thread_member_payload(found, call.core.world.users[number]) for number in sorted(found.thread_members)]


@route("PUT", f"{CHANNEL}/thread-members/{{user_id}}")
def join_thread(call: Call) -> None:
    """Join a thread, or add somebody."""
    found = _thread(call)
    if found.archived:
        raise ApiError(400, 50083, "Thread is archived")
    require(call.core, found, Permission.SEND_MESSAGES_IN_THREADS)
    add_to_thread(call.core, found, _user(call, call.parameters["user_id"]))


@route("PUT", f"{CHANNEL}/thread-members/@me")
def join_thread_oneself(call: Call) -> None:
    """Join a thread."""
    add_to_thread(call.core, _thread(call), call.core.world.bot)


@route("DELETE", f"{CHANNEL}/thread-members/@me")
def leave_thread(call: Call) -> None:
    """Leave a thread."""
    remove_from_thread(call.core, _thread(call), call.core.world.bot)


@route("GET", GUILD)
def guild(call: Call) -> Payload:
    """Return a server."""
    found = call.guild()
    counts = {"approximate_member_count": len(found.members), "approximate_presence_count": 1}
    return guild_payload(found) | (counts if call.request.query.get("with_counts") in ("1", "true") else {})


@route("GET", f"{GUILD}/channels")
def guild_channels(call: Call) -> list[Payload]:
    """Return a server's channels without its threads."""
    there = call.guild().channels.values()
    return [channel_payload(one) for one in there if not one.is_thread and not one.deleted]


@route("GET", f"{GUILD}/threads/active")
def active_threads(call: Call) -> Payload:
    """Return a server's threads that are not archived and that the bot may see."""
    bot = call.core.world.bot
    threads = [one for one in call.guild().channels.values() if one.is_thread and not (one.archived or one.deleted)]
    threads = [one for one in threads if permissions_of(bot, one) & Permission.VIEW_CHANNEL]
    return _thread_list(threads, bot)


@route("GET", f"{CHANNEL}/threads/archived/public")
def archived_threads(call: Call) -> Payload:
    """Return a channel's archived threads."""
    parent = call.channel(Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY)
    assert parent.guild is not None
    children = [one for one in parent.guild.channels.values() if one.parent is parent and one.archived]
    return {**_thread_list(children, call.core.world.bot), "has_more": False}


def _thread_list(threads: list[Channel], bot: User) -> Payload:
    return {
        "threads": [thread_payload_for(one, bot) for one in threads],
        "members": [thread_member_payload(one, bot) for one in threads if bot.id in one.thread_members],
    }


@route("GET", f"{GUILD}/roles")
def roles(call: Call) -> list[Payload]:
    """Return a server's roles."""
    return [role_payload(role) for role in call.guild().roles.values()]


@route("GET", f"{GUILD}/members")
def members(call: Call) -> list[Payload]:
    """Return a server's members, which requires the privileged intent."""
    if not call.core.settings.application_flags & (1 << 14 | 1 << 15):
        raise missing_access()
    limit, after = int(call.request.query.get("limit", 1)), int(call.request.query.get("after", 0))
    found = sorted((one for one in call.guild().members.values() if one.user.id > after), key=lambda one: one.user.id)
    return [member_payload(one) for one in found[:limit]]


@route("GET", f"{GUILD}/members/{{user_id}}")
def member(call: Call) -> Payload:
    """Return a member."""
    found = call.guild().members.get(call.number("user_id"))
    if found is None:
        raise ApiError(404, 10007, "Unknown Member")
    return member_payload(found)


@route("PATCH", f"{GUILD}/members/@me")
def edit_own_member(call: Call) -> Any:
    """Change the bot's nickname."""
    own = call.guild().members[call.core.world.bot.id]
    own.nick = call.body.get("nick", own.nick)
    return member_payload(own)
