"""What the bot may do in a channel, and what it lacks there."""

from __future__ import annotations

import discord


def missing_permissions(channel: discord.abc.GuildChannel) -> list[str]:
    """What the bot needs in a channel and lacks, in Discord's words."""
    allowed = channel.permissions_for(channel.guild.me)
    needed = ["view_channel", "read_message_history", "embed_links"]
    if not isinstance(channel, discord.ForumChannel):
        needed.append("send_messages")
    if isinstance(channel, discord.TextChannel):
        needed.append("create_public_threads")
    if isinstance(channel, discord.TextChannel | discord.ForumChannel):
        needed.append("send_messages_in_threads")
    return [name.replace("_", " ").title() for name in needed if not getattr(allowed, name)]
