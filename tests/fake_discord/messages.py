"""Messages: how they look to the bot, and what happens when they are posted, edited and deleted."""

from __future__ import annotations

import mimetypes
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.fake_discord.mentions import note_mentions
from tests.fake_discord.payloads import channel_payload, id_text, member_payload, time_text, user_payload
from tests.fake_discord.permissions import Permission, permissions_of
from tests.fake_discord.sessions import Intent, Session
from tests.fake_discord.state import (
    EPHEMERAL,
    SUPPRESS_EMBEDS,
    Channel,
    Interaction,
    InteractionType,
    Message,
    MessageType,
    Payload,
    User,
)

if TYPE_CHECKING:
    from tests.fake_discord.core import Core

HIDDEN = {"content": "", "embeds": [], "attachments": [], "components": []}


def message_payload(core: Core, message: Message, *, sees_content: bool = True, nested: bool = False) -> Payload:
    """Return a message as the bot receives it; `sees_content` is false without the intent for message content."""
    payload: Payload = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "type": int(message.type),
        "author": user_payload(message.author),
        "content": message.content,
        "embeds": [] if message.flags & SUPPRESS_EMBEDS else message.embeds,
        "components": message.components,
        "attachments": message.attachments,
        "timestamp": time_text(message.created),
        "edited_timestamp": time_text(message.edited),
        "tts": False,
        "pinned": False,
        "flags": message.flags,
        "mention_everyone": message.mentions_everyone,
        "mention_roles": [str(role.id) for role in message.role_mentions],
        "mentions": [user_payload(user) for user in message.mentions],
    }
    if message.reactions:
        payload["reactions"] = [_reaction_payload(core, emoji, who) for emoji, who in message.reactions.items()]
    if message.nonce is not None:
        payload["nonce"] = message.nonce
    if message.thread is not None:
        payload["thread"] = channel_payload(message.thread)
    if message.interaction is not None:
        payload |= _interaction_keys(core, message, message.interaction)
    if message.reply_to is not None or message.type is MessageType.REPLY:
        payload |= _reply_keys(core, message, sees_content=sees_content, nested=nested)
    if message.type is MessageType.THREAD_CREATED and message.thread is not None:
        guild = message.channel.guild
        reference = {"type": 0, "channel_id": str(message.thread.id), "guild_id": id_text(guild.id if guild else None)}
        payload["message_reference"] = reference
    return payload if sees_content or _is_open_to(core.world.bot, message) else payload | HIDDEN


def _is_open_to(bot: User, message: Message) -> bool:
    """True if the bot sees the content without the intent: its own, direct messages, and where it is mentioned."""
    return message.author is bot or message.channel.is_direct or bot in message.mentions


def _reaction_payload(core: Core, emoji: str, who: set[int]) -> Payload:
    name, _, number = emoji.partition(":")
    return {
        "emoji": {"id": number or None, "name": name},
        "count": len(who),
        "count_details": {"burst": 0, "normal": len(who)},
        "burst_colors": [],
        "me": core.world.bot.id in who,
        "me_burst": False,
    }


def _reply_keys(core: Core, message: Message, *, sees_content: bool, nested: bool) -> Payload:
    target = message.reply_to
    if target is None:
        return {"referenced_message": None}
    guild = message.channel.guild
    reference = {"type": 0, "message_id": str(target.id), "channel_id": str(target.channel.id)}
    keys: Payload = {"message_reference": reference | ({"guild_id": str(guild.id)} if guild else {})}
    if not nested:
        keys["referenced_message"] = (
            None if target.deleted else message_payload(core, target, sees_content=sees_content, nested=True)
        )
    return keys


def _interaction_keys(core: Core, message: Message, interaction: Interaction) -> Payload:
    application = str(core.application_id)
    keys: Payload = {"application_id": application, "webhook_id": application}
    keys["interaction_metadata"] = interaction_metadata(core, interaction, message=message)
    if interaction.type is InteractionType.COMMAND:
        keys["interaction"] = {
            "id": str(interaction.id),
            "type": int(interaction.type),
            "name": interaction.data["name"],
            "user": user_payload(interaction.user),
        }
    return keys


def interaction_metadata(core: Core, interaction: Interaction, *, message: Message | None = None) -> Payload:
    """Return what a message says about the interaction that it responds to."""
    metadata: Payload = {
        "id": str(interaction.id),
        "type": int(interaction.type),
        "user": user_payload(interaction.user),
        "authorizing_integration_owners": integration_owners(interaction.channel),
    }
    if message is not None and interaction.original is not None and message is not interaction.original:
        metadata["original_response_message_id"] = str(interaction.original.id)
    if interaction.type is InteractionType.COMMAND:
        metadata |= {"name": interaction.data["name"], "command_type": interaction.data["type"]}
        if "target_id" in interaction.data:
            metadata["target_message_id"] = interaction.data["target_id"]
    elif interaction.type is InteractionType.COMPONENT and interaction.message is not None:
        metadata["interacted_message_id"] = str(interaction.message.id)
    elif interaction.type is InteractionType.MODAL and interaction.source is not None:
        metadata["triggering_interaction_metadata"] = interaction_metadata(core, interaction.source)
    return metadata


def integration_owners(channel: Channel) -> Payload:
    """Return the installation that an interaction belongs to: the server."""
    return {"0": str(channel.guild.id) if channel.guild else "0"}


def event_payload(core: Core, message: Message, *, sees_content: bool) -> Payload:
    """Return a message as the gateway sends it: with its server and the member who wrote it."""
    payload = message_payload(core, message, sees_content=sees_content)
    payload["channel_type"] = int(message.channel.type)
    guild = message.channel.guild
    if guild is None:
        return payload
    payload["guild_id"] = str(guild.id)
    if message.author.id in guild.members:
        payload["member"] = member_payload(guild.members[message.author.id], with_user=False)
    for mention, user in zip(payload["mentions"], message.mentions, strict=True):
        if user.id in guild.members:
            mention["member"] = member_payload(guild.members[user.id], with_user=False)
    return payload


def tell(core: Core, event: str, message: Message) -> None:
    """Send MESSAGE_CREATE or MESSAGE_UPDATE to the bot if it may see the message."""
    channel = message.channel
    if message.visible_to is None and permissions_of(core.world.bot, channel) & Permission.VIEW_CHANNEL:

        def payload(session: Session) -> Payload:
            return event_payload(core, message, sees_content=bool(session.intents & Intent.MESSAGE_CONTENT))

        needs = Intent.GUILD_MESSAGES if channel.guild else Intent.DIRECT_MESSAGES
        core.gateway.dispatch(event, payload, guild=channel.guild, needs=needs)
    core.changed()


def post(core: Core, message: Message) -> Message:
    """Post a message in its channel and send it to the bot."""
    channel = message.channel
    channel.messages[message.id] = message
    message.versions.append((time.monotonic(), message.content))
    if channel.is_thread and message.visible_to is None:
        _unarchive(core, channel)
        channel.thread_members.add(message.author.id)
    tell(core, "MESSAGE_CREATE", message)
    return message


def _unarchive(core: Core, thread: Channel) -> None:
    if thread.archived:
        thread.archived = False
        core.gateway.dispatch("THREAD_UPDATE", channel_payload(thread), guild=thread.guild, needs=Intent.GUILDS)


def edited(core: Core, message: Message) -> None:
    """Record a change of a message and send it to the bot."""
    message.edited = datetime.now(UTC)
    message.versions.append((time.monotonic(), message.content))
    tell(core, "MESSAGE_UPDATE", message)


def delete(core: Core, message: Message) -> None:
    """Delete a message and tell the bot about it."""
    message.deleted = True
    guild = message.channel.guild
    if message.visible_to is None:
        payload = {"id": str(message.id), "channel_id": str(message.channel.id)}
        needs = Intent.GUILD_MESSAGES if guild else Intent.DIRECT_MESSAGES
        core.gateway.dispatch(
            "MESSAGE_DELETE", payload | ({"guild_id": str(guild.id)} if guild else {}), guild=guild, needs=needs
        )
    core.changed()


def fill(core: Core, message: Message, body: Payload, files: Mapping[str, bytes], *, mention_everyone: bool) -> None:
    """Set the fields of a message that a request contains; the others stay."""
    if "content" in body:
        message.content = (body["content"] or "").strip()
    if "embeds" in body:
        message.embeds = [_embed(embed) for embed in body["embeds"] or []]
    if "components" in body:
        message.components = numbered(body["components"] or [])
    if "attachments" in body or files:
        _attach(core, message, body.get("attachments"), files)
    if body.get("flags") is not None:
        # an edit can't change whether a message is ephemeral or loading
        kept = message.flags & ~SUPPRESS_EMBEDS
        message.flags = kept | (body["flags"] & ~EPHEMERAL)
    note_mentions(message, core.world, body.get("allowed_mentions"), may_mention_everyone=mention_everyone)


def _embed(embed: Payload) -> Payload:
    return {**_without_nulls(embed), "type": "rich", "content_scan_version": 0}


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value


def numbered(components: list[Payload]) -> list[Payload]:
    """Return components without nulls, with ids for those that have none, as Discord does."""
    counter = 0

    def number(component: Payload) -> Payload:
        nonlocal counter
        counter += 1
        found = {**_without_nulls(component), "id": component.get("id") or counter}
        if "components" in found:
            found["components"] = [number(child) for child in found["components"]]
        for key in ("component", "accessory"):
            if key in found:
                found[key] = number(found[key])
        return found

    return [number(component) for component in components]


def _attach(core: Core, message: Message, listed: list[Payload] | None, files: Mapping[str, bytes]) -> None:
    """Keep the attachments that are listed (all if there is no list) and add the new files."""
    if listed is not None:
        kept = {str(one.get("id")) for one in listed}
        message.attachments = [one for one in message.attachments if one["id"] in kept]
    about: dict[str, Any] = {str(one.get("id")): one for one in listed or []}
    for field, data in files.items():
        index, _, filename = field.removeprefix("files[").partition("]")
        filename = about.get(index, {}).get("filename") or filename.removeprefix(":")
        message.attachments.append(stored_file(core, message.channel, filename, data, about.get(index, {})))


def stored_file(core: Core, channel: Channel, filename: str, data: bytes, about: Payload) -> Payload:
    """Return an attachment whose data can be fetched from its url."""
    number = core.world.new_id()
    path = f"/attachments/{channel.id}/{number}/{filename}"
    core.world.files[path] = data
    url = core.http_url + quote(path)
    payload: Payload = {"id": str(number), "filename": filename, "size": len(data), "url": url, "proxy_url": url}
    payload["content_type"] = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    return {**payload, **({"description": about["description"]} if about.get("description") else {})}
