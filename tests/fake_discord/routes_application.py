"""Routes of the bot itself: its user, its application, its commands, the gateway, direct channels."""

from __future__ import annotations

from tests.fake_discord.errors import ApiError, invalid, unknown_guild, unknown_user
from tests.fake_discord.payloads import channel_payload, own_user_payload, user_payload
from tests.fake_discord.routing import Call, route
from tests.fake_discord.rules_commands import check_commands
from tests.fake_discord.state import Payload

COMMANDS = "/applications/{application_id}/commands"
GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"


@route("GET", "/users/@me")
def own_user(call: Call) -> Payload:
    """Return the bot's user."""
    return own_user_payload(call.core.world.bot)


@route("GET", "/users/{user_id}")
def user(call: Call) -> Payload:
    """Return any user."""
    found = call.core.world.users.get(call.number("user_id"))
    if found is None:
        raise unknown_user()
    return user_payload(found)


@route("GET", "/users/@me/guilds")
def own_guilds(call: Call) -> list[Payload]:
    """Return the servers that the bot is in."""
    from tests.fake_discord.permissions import guild_permissions

    bot = call.core.world.bot
    return [
        {
            "id": str(guild.id),
            "name": guild.name,
            "icon": None,
            "banner": None,
            "owner": guild.owner is bot,
            "permissions": str(int(guild_permissions(guild.members[bot.id]))),
            "features": [],
            "approximate_member_count": len(guild.members),
            "approximate_presence_count": 1,
        }
        for guild in call.core.world.guilds.values()
        if bot.id in guild.members
    ]


@route("POST", "/users/@me/channels")
def open_direct_channel(call: Call) -> Payload:
    """Return the direct channel with a user."""
    found = call.core.world.users.get(int(call.body.get("recipient_id", 0)))
    if found is None:
        raise unknown_user()
    if found.bot:
        raise ApiError(403, 50007, "Cannot send messages to this user")
    return channel_payload(call.core.world.direct_channel(found))


@route("GET", "/applications/@me")
@route("GET", "/oauth2/applications/@me")
def application(call: Call) -> Payload:
    """Return the bot's application with its flags."""
    return call.core.application_payload()


@route("GET", "/gateway", authorized=False)
def gateway(call: Call) -> Payload:
    """Return the address of the gateway."""
    return {"url": call.core.gateway_url}


@route("GET", "/gateway/bot")
def gateway_for_bots(call: Call) -> Payload:
    """Return the address of the gateway, and the recommended number of shards."""
    limit = {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1}
    return {"url": call.core.gateway_url, "shards": call.core.settings.shards, "session_start_limit": limit}


def _check_commands(call: Call) -> None:
    body = call.request.body
    if not isinstance(body, list):
        raise invalid(code="LIST_TYPE_CONVERT", message="Only iterables may be used in a ListType")
    check_commands(body)


def _scope(call: Call) -> int | None:
    if call.number("application_id") != call.core.application_id:
        raise ApiError(403, 20012, "You are not authorized to perform this action on this application")
    if "guild_id" not in call.parameters:
        return None
    guild = call.core.world.guilds.get(call.number("guild_id"))
    if guild is None:
        raise unknown_guild()
    return guild.id


@route("GET", COMMANDS)
@route("GET", GUILD_COMMANDS)
def commands(call: Call) -> list[Payload]:
    """Return the registered commands."""
    return call.core.world.commands.get(_scope(call), [])


@route("PUT", COMMANDS, check=_check_commands)
@route("PUT", GUILD_COMMANDS, check=_check_commands)
def set_commands(call: Call) -> list[Payload]:
    """Replace all commands: those of the same name and type keep their ids."""
    scope = _scope(call)
    body = call.request.body
    assert isinstance(body, list)
    before = {(one["type"], one["name"]): one["id"] for one in call.core.world.commands.get(scope, [])}
    call.core.world.commands[scope] = [_registered(call, command, scope, before) for command in body]
    return call.core.world.commands[scope]


@route("POST", COMMANDS)
@route("POST", GUILD_COMMANDS)
def add_command(call: Call) -> Payload:
    """Register one command. It replaces one of the same name and type."""
    scope = _scope(call)
    there = call.core.world.commands.setdefault(scope, [])
    before = {(one["type"], one["name"]): one["id"] for one in there}
    added = _registered(call, call.body, scope, before)
    check_commands([*[one for one in there if one["id"] != added["id"]], added])
    there[:] = [*[one for one in there if one["id"] != added["id"]], added]
    return added


@route("DELETE", f"{COMMANDS}/{{command_id}}")
@route("DELETE", f"{GUILD_COMMANDS}/{{command_id}}")
def remove_command(call: Call) -> None:
    """Remove a command."""
    there = call.core.world.commands.get(_scope(call), [])
    found = next((one for one in there if one["id"] == call.parameters["command_id"]), None)
    if found is None:
        raise ApiError(404, 10063, "Unknown application command")
    there.remove(found)


def _registered(call: Call, command: Payload, scope: int | None, before: dict[tuple[int, str], str]) -> Payload:
    kind = command.get("type") or 1
    needs = command.get("default_member_permissions")
    everywhere: Payload = {"dm_permission": command.get("dm_permission", True), "contexts": command.get("contexts")}
    return {
        "id": before.get((kind, command["name"])) or str(call.core.world.new_id()),
        "application_id": str(call.core.application_id),
        "version": str(call.core.world.new_id()),
        "default_member_permissions": None if needs is None else str(needs),
        "type": kind,
        "name": command["name"],
        "name_localizations": command.get("name_localizations"),
        "description": command.get("description") or "",
        "description_localizations": command.get("description_localizations"),
        "integration_types": command.get("integration_types") or [0],
        "nsfw": command.get("nsfw") or False,
        "options": command.get("options") or [],
        **(everywhere if scope is None else {"guild_id": str(scope)}),
    }
