"""Threads and forum posts: how they start, and what the bot is told about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fake_discord.messages import fill, post, tell
from tests.fake_discord.payloads import thread_member_payload, thread_payload_for
from tests.fake_discord.permissions import Permission, permissions_of
from tests.fake_discord.sessions import Intent
from tests.fake_discord.state import HAS_THREAD, Channel, ChannelType, Message, MessageType, Payload, User

if TYPE_CHECKING:
    from tests.fake_discord.core import Core


def start_thread(
    core: Core,
    parent: Channel,
    name: str,
    owner: User,
    *,
    message: Message | None = None,
    private: bool = False,
    minutes: int | None = None,
) -> Channel:
    """Create a thread; one under a message has the message's id."""
    assert parent.guild is not None
    thread = Channel(
        id=message.id if message is not None else core.world.new_id(),
        type=ChannelType.PRIVATE_THREAD if private else ChannelType.PUBLIC_THREAD,
        name=name,
        guild=parent.guild,
        parent=parent,
        owner=owner,
        thread_members={owner.id},
        auto_archive_minutes=minutes or 4320,
    )
    core.world.channels[thread.id] = thread
    parent.guild.channels[thread.id] = thread
    _announce(core, thread)
    if message is not None:
        message.thread = thread
        message.flags |= HAS_THREAD
        tell(core, "MESSAGE_UPDATE", message)
        starter = Message(core.world.new_id(), thread, message.author, type=MessageType.THREAD_STARTER)
        starter.reply_to = message
        post(core, starter)
    elif parent.type is ChannelType.TEXT and not private:
        notice = Message(core.world.new_id(), parent, owner, name, type=MessageType.THREAD_CREATED, thread=thread)
        post(core, notice)
    return thread


def start_post(core: Core, forum: Channel, name: str, author: User, body: Payload, files: dict[str, bytes]) -> Channel:
    """Create a forum post: a thread whose first message has the thread's id."""
    thread = start_thread(core, forum, name, author)
    message = Message(thread.id, thread, author)
    fill(core, message, body, files, mention_everyone=bool(permissions_of(author, forum) & Permission.MENTION_EVERYONE))
    post(core, message)
    return thread


def _announce(core: Core, thread: Channel) -> None:
    bot = core.world.bot
    sees = permissions_of(bot, thread) & Permission.VIEW_CHANNEL
    if sees and (thread.type is ChannelType.PUBLIC_THREAD or bot.id in thread.thread_members):
        payload = thread_payload_for(thread, bot) | {"newly_created": True}
        core.gateway.dispatch("THREAD_CREATE", payload, guild=thread.guild, needs=Intent.GUILDS)


def announce_change(core: Core, thread: Channel) -> None:
    """Tell the bot that a thread has changed or is gone."""
    assert thread.guild is not None
    assert thread.parent is not None
    if thread.deleted:
        keys = {"id": str(thread.id), "guild_id": str(thread.guild.id), "parent_id": str(thread.parent.id)}
        core.gateway.dispatch(
            "THREAD_DELETE", {**keys, "type": int(thread.type)}, guild=thread.guild, needs=Intent.GUILDS
        )
    else:
        payload = thread_payload_for(thread, core.world.bot)
        core.gateway.dispatch("THREAD_UPDATE", payload, guild=thread.guild, needs=Intent.GUILDS)


def add_to_thread(core: Core, thread: Channel, user: User) -> None:
    """Add a user to a thread; without a privileged intent the bot is told only about itself."""
    assert thread.guild is not None
    thread.thread_members.add(user.id)
    if user is core.world.bot:
        payload = {
            "id": str(thread.id),
            "guild_id": str(thread.guild.id),
            "member_count": len(thread.thread_members),
            "added_members": [thread_member_payload(thread, user)],
        }
        core.gateway.dispatch("THREAD_MEMBERS_UPDATE", payload, guild=thread.guild, needs=Intent.GUILDS)


def remove_from_thread(core: Core, thread: Channel, user: User) -> None:
    """Remove a user from a thread."""
    thread.thread_members.discard(user.id)
    core.changed()
