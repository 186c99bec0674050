"""Who may use the commands for administrators."""

from __future__ import annotations

from dataclasses import replace

import discord

from bot.discord.connection.assembly import assembled_bot
from tests.bot.discord.support.answers import shown
from tests.bot.discord.support.scenes import Scene, Scenes, text_of

FOR_SERVERS = {"files", "forum", "gaps", "reindex", "scope"}
REFUSED = "You need the Manage Server permission"


async def may(it: Scene, *roles: str, **permissions: bool) -> str:
    """Return the reply to a member with these roles and permissions who uses /gaps."""
    theirs = [it.guild.roles.get(name) or it.guild.create_role(name) for name in roles]
    if permissions:
        theirs.append(it.guild.create_role("Permitted", permissions=discord.Permissions(**permissions)))
    person = it.guild.add_member(it.env.create_user("carol"), roles=theirs)
    await it.env.settle()
    return text_of(shown(await it.ada.slash(it.channel, "gaps"))) and text_of(
        shown(await person.slash(it.channel, "gaps"))
    )


async def test_manage_server_or_a_role_in_the_settings_is_required(scene: Scenes) -> None:
    async with scene(ADMIN_ROLES="Librarians, Night watch") as it:
        assert await may(it, "Librarians") == await may(it, "Night watch") == await may(it, manage_guild=True)
        assert not (await may(it, administrator=True)).startswith(REFUSED)
        told = f"{REFUSED}, or one of these roles: Librarians, Night watch."
        assert await may(it) == told
        assert await may(it, "librarians") == told  # another role: anybody with Manage Roles could have created it
        assert await may(it, "Others", manage_messages=True, manage_channels=True) == told
        assert len(it.env.errors) == 3


async def test_a_role_can_be_given_by_its_id(scene: Scenes) -> None:
    async with scene() as it:
        role = it.guild.create_role("Librarians")
        settings = replace(it.parts.settings, admin_roles=(str(role.id),))
        it.bot = await assembled_bot(replace(it.parts, settings=settings), reads_messages=True, shard_count=1)
        await it.env.restart_bot(it.bot)
        assert not (await may(it, "Librarians")).startswith(REFUSED)
        assert await may(it) == f"{REFUSED}, or one of the roles in my settings."
        assert len(it.env.errors) == 1


async def test_the_owner_needs_no_role(scene: Scenes) -> None:
    async with scene() as it:
        owner = it.env.create_user("dora")
        guild = it.env.create_guild("Hers", owner=owner)
        dora = guild.add_member(owner)
        channel = guild.create_text_channel("general")
        await it.env.settle()
        assert "None in the last" in text_of(shown(await dora.slash(channel, "gaps")))


async def test_commands_for_servers_are_not_offered_in_direct_messages(scene: Scenes) -> None:
    async with scene() as it:
        in_server = set(it.ada.available_commands(it.channel))
        assert in_server >= FOR_SERVERS
        assert set(it.ada.user.available_commands()) == in_server - FOR_SERVERS
