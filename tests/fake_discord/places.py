"""Create servers, channels, roles and people, and change permissions. The bot is told about each change."""

from __future__ import annotations

from collections.abc import Iterable

from tests.fake_discord.payloads import channel_payload, guild_payload, member_payload, role_payload
from tests.fake_discord.permissions import named
from tests.fake_discord.sessions import Intent
from tests.fake_discord.state import Channel, ChannelType, Guild, Member, Overwrite, Payload, Role, User
from tests.fake_discord.threads import announce_change, start_thread
from tests.fake_discord.waiting import Waiting


class Places(Waiting):
    """A server whose places and people can be changed."""

    def _tell(self, event: str, payload: Payload, guild: Guild, *, needs: Intent = Intent.GUILDS) -> None:
        self._core.gateway.dispatch(event, payload, guild=guild, needs=needs)

    def add_user(self, name: str) -> User:
        """Return a new person, in no server yet."""

        def add() -> User:
            user = User(self._core.world.new_id(), name)
            self._core.world.users[user.id] = user
            return user

        return self.call(add)

    def add_guild(self, name: str, *, owner: User | None = None, shard: int = 0) -> Guild:
        """Create a server with the bot in it; `shard` is one of `settings.shards`."""
        owner = owner or self.add_user(f"owner of {name}")

        def add() -> Guild:
            guild = self._core.world.new_guild(name, owner, shard, self.settings.shards)
            for session in self._core.gateway.sessions.values():
                if (guild.id >> 22) % session.shards == session.shard and session.intents & Intent.GUILDS:
                    session.add("GUILD_CREATE", self._core.gateway.guild_payload(session, guild))
            return guild

        return self.call(add)

    def remove_bot(self, guild: Guild) -> None:
        """Remove the bot from a server."""

        def remove() -> None:
            guild.members.pop(self.bot.id)
            self._core.world.guilds.pop(guild.id)
            self._tell("GUILD_DELETE", {"id": str(guild.id)}, guild)

        self.call(remove)

    def set_unavailable(self, guild: Guild) -> None:
        """Send the outage of a server."""
        self.call(self._tell, "GUILD_DELETE", {"id": str(guild.id), "unavailable": True}, guild)

    def set_available(self, guild: Guild) -> None:
        """Send the end of an outage."""

        def tell() -> None:
            for session in self._core.gateway.sessions.values():
                if (guild.id >> 22) % session.shards == session.shard:
                    session.add("GUILD_CREATE", self._core.gateway.guild_payload(session, guild))

        self.call(tell)

    def join(self, guild: Guild, *users: User, roles: Iterable[Role] = ()) -> None:
        """Add people to a server."""

        def add() -> None:
            for user in users:
                member = guild.members[user.id] = Member(user, guild, list(roles))
                payload = member_payload(member) | {"guild_id": str(guild.id)}
                self._tell("GUILD_MEMBER_ADD", payload, guild, needs=Intent.GUILD_MEMBERS)

        self.call(add)

    def add_member(self, guild: Guild, name: str, *roles: Role) -> User:
        """Create a person in a server."""
        user = self.add_user(name)
        self.join(guild, user, roles=roles)
        return user

    def add_role(self, guild: Guild, name: str, *, permissions: Iterable[str] = ()) -> Role:
        """Create a role with permissions by name: `manage_guild`."""

        def add() -> Role:
            role = Role(self._core.world.new_id(), name, named(permissions), len(guild.roles))
            guild.roles[role.id] = role
            self._tell("GUILD_ROLE_CREATE", {"guild_id": str(guild.id), "role": role_payload(role)}, guild)
            return role

        return self.call(add)

    def set_roles(self, guild: Guild, user: User, *roles: Role) -> None:
        """Give a member these roles and no others."""

        def give() -> None:
            member = guild.members[user.id]
            member.roles = list(roles)
            needs = Intent(0) if user is self.bot else Intent.GUILD_MEMBERS
            self._tell("GUILD_MEMBER_UPDATE", member_payload(member) | {"guild_id": str(guild.id)}, guild, needs=needs)

        self.call(give)

    def add_channel(self, guild: Guild, name: str, *, kind: ChannelType = ChannelType.TEXT) -> Channel:
        """Create a text channel or a forum (`ChannelType.FORUM`)."""

        def add() -> Channel:
            position = len(guild.channels)
            channel = Channel(self._core.world.new_id(), kind, name, guild=guild, position=position)
            self._core.world.channels[channel.id] = channel
            guild.channels[channel.id] = channel
            self._tell("CHANNEL_CREATE", channel_payload(channel), guild)
            return channel

        return self.call(add)

    def add_forum(self, guild: Guild, name: str) -> Channel:
        """Create a forum."""
        return self.add_channel(guild, name, kind=ChannelType.FORUM)

    def add_thread(self, parent: Channel, name: str, owner: User, *, private: bool = False) -> Channel:
        """Create a thread that a person opens without a message."""
        return self.call(start_thread, self._core, parent, name, owner, private=private)

    def direct_channel(self, user: User) -> Channel:
        """Return the channel between a user and the bot."""
        return self.call(self._core.world.direct_channel, user)

    def set_permissions(
        self, channel: Channel, whom: User | Role, *, allow: Iterable[str] = (), deny: Iterable[str] = ()
    ) -> None:
        """Set a channel's overwrite for a member or a role: `deny=["send_messages"]`. An empty one is removed."""

        def overwrite() -> None:
            assert channel.guild is not None
            granted, refused = named(allow), named(deny)
            if granted or refused:
                kind = 1 if isinstance(whom, User) else 0
                channel.overwrites[whom.id] = Overwrite(whom.id, kind, granted, refused)
            else:
                channel.overwrites.pop(whom.id, None)
            self._tell("CHANNEL_UPDATE", channel_payload(channel), channel.guild)

        self.call(overwrite)

    def set_everyone(self, guild: Guild, permissions: Iterable[str]) -> None:
        """Set the permissions of everyone's role."""

        def change() -> None:
            guild.everyone.permissions = named(permissions)
            payload = {"guild_id": str(guild.id), "role": role_payload(guild.everyone)}
            self._tell("GUILD_ROLE_UPDATE", payload, guild)
            self._tell("GUILD_UPDATE", guild_payload(guild), guild)

        self.call(change)

    def delete_channel(self, channel: Channel) -> None:
        """Delete a channel or thread with everything in it."""

        def delete() -> None:
            assert channel.guild is not None
            channel.deleted = True
            if channel.is_thread:
                announce_change(self._core, channel)
            else:
                self._tell("CHANNEL_DELETE", channel_payload(channel), channel.guild)

        self.call(delete)

    def archive(self, thread: Channel, *, locked: bool = False) -> None:
        """Archive a thread, and lock it if wanted."""

        def change() -> None:
            thread.archived, thread.locked = True, locked
            announce_change(self._core, thread)

        self.call(change)
