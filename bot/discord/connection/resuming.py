"""Resume a session after an outage, so that Discord delivers what happened meanwhile.

discord.py's sharded client gives a session up if its first attempt to resume fails; its client without shards keeps
trying (`Client.connect`). Both start a new session if Discord no longer knows the old one.
"""

from __future__ import annotations

from discord import shard
from discord.gateway import ReconnectWebSocket


class ResumingShard(shard.Shard):
    """A shard that keeps trying to resume its session."""

    async def reconnect(self) -> None:
        if self.ws.session_id is None:
            await super().reconnect()
        else:
            await self.reidentify(ReconnectWebSocket(self.id, resume=True))


def resume_sessions() -> None:
    """Make the clients of this process keep trying to resume."""
    shard.Shard = ResumingShard  # type: ignore[misc] # discord.py has no other hook
