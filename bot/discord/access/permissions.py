"""Find the permissions that the bot lacks in a channel."""

from __future__ import annotations

import discord


def missing_permissions(channel: discord.abc.GuildChannel) -> list[str]:
    """Return the permissions that the bot needs in a channel and lacks, as Discord names them."""
    allowed = channel.permissions_for(channel.guild.me)
    needed = ["view_channel", "read_message_history", "embed_links"]
    if not isinstance(channel, discord.ForumChannel):
        needed.append("send_messages")
    if isinstance(channel, discord.TextChannel):
        needed.append("create_public_threads")
    if isinstance(channel, discord.TextChannel | discord.ForumChannel):
        needed.append("send_messages_in_threads")
    return [name.replace("_", " ").title() for name in needed if not getattr(allowed, name)]
