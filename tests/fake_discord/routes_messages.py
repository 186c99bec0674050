"""Routes of messages: sending, reading, editing, deleting, reactions, typing."""

from __future__ import annotations

from tests.fake_discord.errors import ApiError, invalid, unknown_message
from tests.fake_discord.messages import delete, edited, fill, message_payload, post
from tests.fake_discord.permissions import Permission, permissions_of
from tests.fake_discord.routing import Call, require, route
from tests.fake_discord.rules_messages import check_message, check_not_empty
from tests.fake_discord.sessions import Intent
from tests.fake_discord.state import Channel, ChannelType, Message, MessageType, Payload

MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = f"{MESSAGES}/{{message_id}}"
REACTION = f"{MESSAGE}/reactions/{{emoji_name}}"
SYSTEM = (MessageType.THREAD_CREATED, MessageType.THREAD_STARTER)


def shown(call: Call, message: Message) -> Payload:
    """Return a message as HTTP sends it: without the intent, the content of others is hidden here too."""
    granted = bool(call.core.settings.application_flags & (1 << 18 | 1 << 19))
    return message_payload(call.core, message, sees_content=granted)


def _check_new(call: Call) -> None:
    check_message(call.body, call.files, is_new=True)


def _check_edit(call: Call) -> None:
    check_message(call.body, call.files, is_new=False)


@route("POST", MESSAGES, check=_check_new)
def send(call: Call) -> Payload:
    """Send a message, perhaps as a reply."""
    channel, body, world = call.channel(), call.body, call.core.world
    require_to_send(call, channel, body)
    call.check_mentions(body, is_new=True)
    if body.get("enforce_nonce") and (earlier := _with_nonce(channel, body.get("nonce"))):
        return shown(call, earlier)
    message = Message(world.new_id(), channel, world.bot, nonce=body.get("nonce"))
    if body.get("message_reference"):
        message.reply_to = _replied_to(call, channel, body["message_reference"])
        message.type = MessageType.REPLY if message.reply_to is not None else MessageType.DEFAULT
    may_mention = bool(permissions_of(world.bot, channel) & Permission.MENTION_EVERYONE)
    fill(call.core, message, body, call.files, mention_everyone=may_mention)
    return shown(call, post(call.core, message))


def require_to_send(call: Call, channel: Channel, body: Payload) -> None:
    """Check that the bot may send this here. Raises ApiError."""
    if channel.recipient is not None:
        if not channel.recipient.takes_direct_messages:
            raise ApiError(403, 50007, "Cannot send messages to this user")
        return
    if channel.type is ChannelType.FORUM:
        raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
    needs = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
    if body.get("embeds"):
        needs |= Permission.EMBED_LINKS
    if call.files:
        needs |= Permission.ATTACH_FILES
    require(call.core, channel, needs)
    permissions = permissions_of(call.core.world.bot, channel)
    if channel.locked and not permissions & Permission.MANAGE_THREADS:
        raise ApiError(403, 160005, "Thread is locked")
    if body.get("message_reference") and not permissions & Permission.READ_MESSAGE_HISTORY:
        raise ApiError(403, 160002, "Cannot reply without permission to read message history")


def _with_nonce(channel: Channel, nonce: object) -> Message | None:
    return next((one for one in channel.messages.values() if nonce and one.nonce == nonce), None)


def _replied_to(call: Call, channel: Channel, reference: Payload) -> Message | None:
    target = channel.messages.get(int(reference["message_id"]))
    if target is None or target.deleted or target.visible_to is not None:
        if reference.get("fail_if_not_exists", True):
            raise _bad_reference("REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        return None
    if target.type in SYSTEM:
        call.violate("a reply to a system message")
        raise _bad_reference("REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE", "Cannot reply to a system message")
    return target


def _bad_reference(code: str, message: str) -> ApiError:
    error = invalid("message_reference", code=code, message=message)
    error.rule = None  # no violation: the client can't know that a message is gone
    return error


@route("GET", MESSAGES)
def read(call: Call) -> list[Payload]:
    """Return a page of messages, newest first."""
    channel = call.channel()
    permissions = permissions_of(call.core.world.bot, channel)
    if not permissions & Permission.READ_MESSAGE_HISTORY:
        return []
    query = call.request.query
    limit = int(query.get("limit", 50))
    there = [one for one in channel.messages.values() if not one.deleted and one.visible_to is None]
    there.sort(key=lambda one: one.id, reverse=True)
    if "before" in query:
        there = [one for one in there if one.id < int(query["before"])]
    elif "after" in query:
        there = [one for one in there if one.id > int(query["after"])][-limit:]
    elif "around" in query:
        there = sorted(there, key=lambda one: abs(one.id - int(query["around"])))[:limit]
        there.sort(key=lambda one: one.id, reverse=True)
    return [shown(call, one) for one in there[:limit]]


@route("GET", MESSAGE)
def read_one(call: Call) -> Payload:
    """Return one message."""
    return shown(call, call.message(call.channel(Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY)))


@route("PATCH", MESSAGE, check=_check_edit)
def edit(call: Call) -> Payload:
    """Edit a message of the bot."""
    channel = call.channel()
    message = call.message(channel)
    if message.author is not call.core.world.bot:
        raise ApiError(403, 50005, "Cannot edit a message authored by another user")
    if channel.archived:
        raise ApiError(400, 50083, "Thread is archived")
    call.check_mentions(call.body, is_new=False)
    fill(call.core, message, call.body, call.files, mention_everyone=False)
    check_not_empty(message)
    edited(call.core, message)
    return shown(call, message)


@route("DELETE", MESSAGE)
def remove(call: Call) -> None:
    """Delete a message; those of others only with Manage Messages."""
    channel = call.channel()
    message = call.message(channel)
    if message.author is not call.core.world.bot:
        if channel.is_direct:
            raise ApiError(403, 50003, "Cannot execute action on a DM channel")
        require(call.core, channel, Permission.MANAGE_MESSAGES)
    delete(call.core, message)


@route("POST", f"{MESSAGES}/bulk-delete")
def remove_many(call: Call) -> None:
    """Delete several messages."""
    channel = call.channel(Permission.MANAGE_MESSAGES)
    found = [channel.messages.get(int(number)) for number in call.body["messages"]]
    for message in found:
        if message is None or message.deleted:
            raise unknown_message()
    for message in found:
        if message is not None:
            delete(call.core, message)


@route("POST", "/channels/{channel_id}/typing")
def typing(call: Call) -> None:
    """Show that the bot is typing."""
    require_to_send(call, call.channel(), {})


@route("PUT", f"{REACTION}/@me")
def react(call: Call) -> None:
    """Add a reaction."""
    channel = call.channel(Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY)
    message, emoji = call.message(channel), call.parameters["emoji_name"]
    if emoji not in message.reactions:
        require(call.core, channel, Permission.ADD_REACTIONS)
    message.reactions.setdefault(emoji, set()).add(call.core.world.bot.id)
    tell_of_reaction(call, message, emoji, added=True)


@route("DELETE", f"{REACTION}/@me")
def unreact(call: Call) -> None:
    """Remove the bot's reaction."""
    message, emoji = call.message(call.channel()), call.parameters["emoji_name"]
    who = message.reactions.get(emoji, set())
    if call.core.world.bot.id not in who:
        raise ApiError(404, 10014, "Unknown Emoji")
    who.discard(call.core.world.bot.id)
    if not who:
        del message.reactions[emoji]
    tell_of_reaction(call, message, emoji, added=False)


def tell_of_reaction(call: Call, message: Message, emoji: str, *, added: bool) -> None:
    """Tell the bot about its own reaction."""
    name, _, number = emoji.partition(":")
    guild = message.channel.guild
    payload: Payload = {
        "user_id": str(call.core.world.bot.id),
        "channel_id": str(message.channel.id),
        "message_id": str(message.id),
        "emoji": {"id": number or None, "name": name},
        "burst": False,
        "type": 0,
    }
    if guild is not None:
        payload["guild_id"] = str(guild.id)
    needs = Intent.GUILD_MESSAGE_REACTIONS if guild else Intent.DIRECT_MESSAGE_REACTIONS
    call.core.gateway.dispatch(f"MESSAGE_REACTION_{'ADD' if added else 'REMOVE'}", payload, guild=guild, needs=needs)
