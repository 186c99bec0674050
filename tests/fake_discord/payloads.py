"""Users, members, roles, servers and channels as Discord sends them."""

from __future__ import annotations

from datetime import datetime

from tests.fake_discord.permissions import Permission
from tests.fake_discord.state import Channel, ChannelType, Guild, Member, Payload, Role, User


def time_text(moment: datetime | None) -> str | None:
    """Return a time as Discord writes it."""
    return None if moment is None else moment.isoformat()


def id_text(number: int | None) -> str | None:
    """Return an id as Discord writes it."""
    return None if number is None else str(number)


def user_payload(user: User) -> Payload:
    """Return a user. Only bots have the key that says so."""
    payload: Payload = {
        "id": str(user.id),
        "username": user.name,
        "global_name": None if user.bot else user.name.capitalize(),
        "discriminator": "0001" if user.bot else "0",
        "avatar": None,
        "avatar_decoration_data": None,
        "banner": None,
        "accent_color": None,
        "clan": None,
        "primary_guild": None,
        "collectibles": None,
        "display_name_styles": None,
        "public_flags": 0,
        "flags": 0,
    }
    return {**payload, "bot": True} if user.bot else payload


def own_user_payload(user: User) -> Payload:
    """Return the bot itself, as it may see itself."""
    return {
        **user_payload(user),
        "verified": True,
        "mfa_enabled": True,
        "email": None,
        "locale": user.locale,
        "bio": "",
    }


def member_payload(member: Member, *, with_user: bool = True, permissions: Permission | None = None) -> Payload:
    """Return a member; `permissions` are those in a channel, which only interactions contain."""
    payload: Payload = {
        "nick": member.nick,
        "avatar": None,
        "banner": None,
        "roles": [str(role.id) for role in member.roles],
        "joined_at": time_text(member.joined),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        "communication_disabled_until": None,
    }
    if with_user:
        payload["user"] = user_payload(member.user)
    if permissions is not None:
        payload["permissions"] = str(int(permissions))
    return payload


def role_payload(role: Role) -> Payload:
    """Return a role."""
    payload: Payload = {
        "id": str(role.id),
        "name": role.name,
        "description": None,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": role.position,
        "permissions": str(int(role.permissions)),
        "managed": role.managed_by is not None,
        "mentionable": False,
        "flags": 0,
    }
    return payload if role.managed_by is None else {**payload, "tags": {"bot_id": str(role.managed_by)}}


def channel_payload(channel: Channel) -> Payload:
    """Return a channel of any type."""
    if channel.recipient is not None:
        return {
            "id": str(channel.id),
            "type": int(channel.type),
            "last_message_id": id_text(channel.last_message_id),
            "flags": 0,
            "recipients": [user_payload(channel.recipient)],
        }
    return _thread_payload(channel) if channel.is_thread else _guild_channel_payload(channel)


def _guild_channel_payload(channel: Channel) -> Payload:
    assert channel.guild is not None
    payload: Payload = {
        "id": str(channel.id),
        "type": int(channel.type),
        "guild_id": str(channel.guild.id),
        "name": channel.name,
        "topic": channel.topic,
        "position": channel.position,
        "parent_id": id_text(channel.parent.id if channel.parent else None),
        "nsfw": False,
        "rate_limit_per_user": 0,
        "last_message_id": id_text(channel.last_message_id),
        "flags": 0,
        "permission_overwrites": [
            {"id": str(one.id), "type": one.kind, "allow": str(int(one.allow)), "deny": str(int(one.deny))}
            for one in channel.overwrites.values()
        ],
    }
    if channel.type is ChannelType.FORUM:
        payload |= {
            "available_tags": [],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
            "default_thread_rate_limit_per_user": 0,
            "default_auto_archive_duration": 4320,
            "template": "",
        }
    return payload


def _thread_payload(channel: Channel) -> Payload:
    assert channel.guild is not None
    assert channel.parent is not None
    assert channel.owner is not None
    posted = sum(1 for message in channel.messages.values() if message.visible_to is None and message.id != channel.id)
    payload: Payload = {
        "id": str(channel.id),
        "type": int(channel.type),
        "guild_id": str(channel.guild.id),
        "parent_id": str(channel.parent.id),
        "owner_id": str(channel.owner.id),
        "name": channel.name,
        "last_message_id": id_text(channel.last_message_id),
        "message_count": posted,
        "total_message_sent": posted,
        "member_count": min(len(channel.thread_members), 50),
        "rate_limit_per_user": 0,
        "flags": 0,
        "thread_metadata": {
            "archived": channel.archived,
            "auto_archive_duration": channel.auto_archive_minutes,
            "archive_timestamp": time_text(channel.created),
            "create_timestamp": time_text(channel.created),
            "locked": channel.locked,
        },
    }
    if channel.type is ChannelType.PRIVATE_THREAD:
        payload["thread_metadata"]["invitable"] = True
    if channel.parent.type is ChannelType.FORUM:
        payload["applied_tags"] = []
    return payload


def thread_member_payload(channel: Channel, user: User) -> Payload:
    """Return the membership of a user in a thread."""
    return {
        "id": str(channel.id),
        "user_id": str(user.id),
        "join_timestamp": time_text(channel.created),
        "flags": 0,
        "muted": False,
        "mute_config": None,
    }


def thread_payload_for(channel: Channel, user: User) -> Payload:
    """Return a thread, with the membership that only its members see."""
    payload = channel_payload(channel)
    if user.id in channel.thread_members:
        payload["member"] = thread_member_payload(channel, user)
    return payload


def guild_payload(guild: Guild) -> Payload:
    """Return a server as HTTP sends it."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "owner_id": str(guild.owner.id),
        "application_id": None,
        "region": "us-west",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "roles": [role_payload(role) for role in guild.roles.values()],
        "default_message_notifications": 0,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": "en-US",
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "hub_type": None,
        "latest_onboarding_question_id": None,
        "nsfw": False,
        "nsfw_level": 0,
        "features": [],
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
        "inventory_settings": None,
    }


def guild_create_payload(guild: Guild, bot: User, *, with_members: bool) -> Payload:
    """Return a server as the gateway sends it; without the two privileged intents, the bot is its only member."""
    members = [member for member in guild.members.values() if with_members or member.user is bot]
    channels = [one for one in guild.channels.values() if not one.deleted]
    return {
        **guild_payload(guild),
        "joined_at": time_text(guild.members[bot.id].joined),
        "large": False,
        "unavailable": False,
        "member_count": len(guild.members),
        "members": [member_payload(member) for member in members],
        "channels": [channel_payload(one) for one in channels if not one.is_thread],
        "threads": [thread_payload_for(one, bot) for one in channels if one.is_thread and not one.archived],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "embedded_activities": [],
    }
