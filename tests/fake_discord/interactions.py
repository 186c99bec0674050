"""Interactions: what the bot receives when somebody uses a command, a button or a form."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from tests.fake_discord.messages import integration_owners, message_payload
from tests.fake_discord.payloads import channel_payload, member_payload, user_payload
from tests.fake_discord.permissions import Permission, permissions_of
from tests.fake_discord.state import Channel, Interaction, InteractionType, Message, Payload, User

if TYPE_CHECKING:
    from tests.fake_discord.core import Core

LARGEST_ATTACHMENT = 10 * 1024 * 1024
# A bot always has these permissions in responses to interactions, whatever the channel says.
ALWAYS = Permission.ATTACH_FILES | Permission.EMBED_LINKS | Permission.MENTION_EVERYONE
IN_GUILD, WITH_BOT = 0, 1


def start_interaction(
    core: Core,
    kind: InteractionType,
    user: User,
    channel: Channel,
    data: Payload,
    *,
    message: Message | None = None,
    source: Interaction | None = None,
) -> Interaction:
    """Let a user interact with the bot: create, record and send the interaction."""
    token = "aW50ZXJhY3Rpb246" + secrets.token_urlsafe(96)
    interaction = Interaction(core.world.new_id(), token, kind, user, channel, data, message, source)
    if kind in (InteractionType.COMPONENT, InteractionType.MODAL):
        interaction.original = message
    core.world.interactions[interaction.id] = interaction
    core.world.interactions_by_token[token] = interaction
    core.gateway.dispatch("INTERACTION_CREATE", interaction_payload(core, interaction), guild=channel.guild)
    return interaction


def interaction_payload(core: Core, interaction: Interaction) -> Payload:
    """Return the interaction as the gateway sends it. The bot sees all content here, whatever its intents."""
    channel, user, guild = interaction.channel, interaction.user, interaction.channel.guild
    permissions = permissions_of(user, channel)
    payload: Payload = {
        "id": str(interaction.id),
        "application_id": str(core.application_id),
        "type": int(interaction.type),
        "token": interaction.token,
        "version": 1,
        "data": interaction.data,
        "channel_id": str(channel.id),
        "channel": channel_payload(channel) | ({"permissions": str(int(permissions))} if guild else {}),
        "app_permissions": str(int(permissions_of(core.world.bot, channel) | ALWAYS)),
        "locale": user.locale,
        "entitlements": [],
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": integration_owners(channel),
        "context": WITH_BOT if guild is None else IN_GUILD,
        "attachment_size_limit": LARGEST_ATTACHMENT,
    }
    if guild is None:
        payload["user"] = user_payload(user)
    else:
        payload["guild_id"] = str(guild.id)
        payload["guild"] = {"id": str(guild.id), "features": [], "locale": "en-US"}
        payload["guild_locale"] = "en-US"
        payload["member"] = member_payload(guild.members[user.id], permissions=permissions)
    if interaction.message is not None and interaction.type is not InteractionType.COMMAND:
        payload["message"] = message_payload(core, interaction.message)
    return payload
