"""What was said during an outage: discord.py gives a session up where its first attempt to resume it fails.

Its client without shards goes on trying (`Client.connect`): what happened meanwhile is sent again then. A session that
Discord no longer knows is begun anew by either.
"""

from __future__ import annotations

from discord import shard
from discord.gateway import ReconnectWebSocket


class ResumingShard(shard.Shard):
    """A shard that goes on trying to resume its session."""

    async def reconnect(self) -> None:
        if self.ws.session_id is None:
            await super().reconnect()
        else:
            await self.reidentify(ReconnectWebSocket(self.id, resume=True))


def resume_sessions() -> None:
    """Let the clients of this program go on trying to resume."""
    shard.Shard = ResumingShard  # type: ignore[misc] # the class is named nowhere else
