"""Use a command as Discord's own client does: what it offers, and what it sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.fake_discord.payloads import channel_payload, id_text, member_payload, role_payload, user_payload
from tests.fake_discord.permissions import Permission, permissions_of
from tests.fake_discord.state import Channel, Payload, Role, User

if TYPE_CHECKING:
    from tests.fake_discord.core import Core

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER = range(1, 11)
CHANNEL_KEYS = ("id", "type", "name", "parent_id", "thread_metadata")
TYPES = {STRING: str, INTEGER: int, BOOLEAN: bool, NUMBER: (int, float), USER: User, CHANNEL: Channel, ROLE: Role}


class NotPossible(AssertionError):
    """The test asks for something that a person could not do in Discord."""


def find_command(core: Core, user: User, channel: Channel, name: str, kind: int) -> Payload:
    """Return the command of this name that the user may use in the channel. Raises NotPossible."""
    guild_id = channel.guild.id if channel.guild else None
    there = [*core.world.commands[None], *(core.world.commands.get(guild_id, []) if guild_id else [])]
    matching = (one for one in reversed(there) if (one["name"], one["type"]) == (name, kind))
    found: Payload | None = next(matching, None)
    if found is None:
        raise NotPossible(f"no command {name!r}; there are {[one['name'] for one in there]}")
    contexts = found.get("contexts")
    context = 1 if channel.guild is None else 0
    if (contexts is not None and context not in contexts) or (context and found.get("dm_permission") is False):
        raise NotPossible(f"{name!r} is not offered here")
    permissions = permissions_of(user, channel)
    needs = found.get("default_member_permissions")
    # None stands for everyone, 0 for administrators
    needs = Permission(0) if needs is None else Permission(int(needs)) or Permission.ADMINISTRATOR
    if channel.guild is not None and permissions & needs != needs:
        raise NotPossible(f"{name!r} is not offered to {user.name}")
    if channel.guild is not None and not permissions & Permission.USE_APPLICATION_COMMANDS:
        raise NotPossible(f"{user.name} may not use commands here")
    return found


def command_data(
    core: Core, user: User, channel: Channel, name: str, values: Mapping[str, Any], *, focused: str | None = None
) -> Payload:
    """Return the data of an interaction with a command; `focused` is the option that is being typed."""
    first, *nested = name.split()
    command = find_command(core, user, channel, first, 1)
    options, wrappers = command["options"], []
    for step in nested:
        inner = next((one for one in options if one["name"] == step and one["type"] in (SUBCOMMAND, GROUP)), None)
        if inner is None:
            raise NotPossible(f"/{first} has no {step!r}; it has {[one['name'] for one in options]}")
        wrappers.append(inner)
        options = inner.get("options") or []
    if any(one["type"] in (SUBCOMMAND, GROUP) for one in options):
        raise NotPossible(f"/{name} needs one of {[one['name'] for one in options]}")
    resolved: dict[str, Payload] = {}
    filled = _filled(options, values, focused, channel, resolved)
    for wrapper in reversed(wrappers):
        filled = [{"name": wrapper["name"], "type": wrapper["type"], "options": filled}]
    data: Payload = {"id": command["id"], "name": command["name"], "type": 1, "options": filled}
    if resolved:
        data["resolved"] = resolved
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    return data


def _filled(
    options: list[Payload],
    values: Mapping[str, Any],
    focused: str | None,
    channel: Channel,
    resolved: dict[str, Payload],
) -> list[Payload]:
    known = {option["name"]: option for option in options}
    if unknown := set(values) - set(known):
        raise NotPossible(f"no options {sorted(unknown)}; there are {sorted(known)}")
    missing = [name for name, option in known.items() if option.get("required") and name not in values]
    if missing and focused is None:
        raise NotPossible(f"options {missing} are required")
    filled = []
    for name, value in values.items():
        option = known[name]
        if name == focused:
            if not option.get("autocomplete"):
                raise NotPossible(f"{name!r} offers nothing while typing")
            filled.append({"name": name, "type": option["type"], "value": str(value), "focused": True})
            continue
        _check_value(option, value)
        sent = _resolve(value, channel, resolved)
        filled.append({"name": name, "type": option["type"], "value": sent})
    return filled


def _check_value(option: Payload, value: object) -> None:
    name, kind = option["name"], option["type"]
    expected = TYPES.get(kind, object)
    if not isinstance(value, expected) or (kind in (INTEGER, NUMBER) and isinstance(value, bool)):  # type: ignore[arg-type]
        raise NotPossible(f"{name!r} is {value!r}, which is not of its type")
    choices = [choice["value"] for choice in option.get("choices") or []]
    if choices and value not in choices:
        raise NotPossible(f"{name!r} must be one of {choices}")
    if isinstance(value, str):
        least, most = option.get("min_length") or 0, option.get("max_length") or 6000
        if not max(least, 1) <= len(value) <= most:
            raise NotPossible(f"{name!r} must have {least} to {most} characters")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        least, most = option.get("min_value"), option.get("max_value")
        if (least is not None and value < least) or (most is not None and value > most):
            raise NotPossible(f"{name!r} must be from {least} to {most}")


def _resolve(value: object, channel: Channel, resolved: dict[str, Payload]) -> object:
    """Return the value as it is sent: users, roles and channels are sent by id, with their objects in `resolved`."""
    if isinstance(value, User):
        resolved.setdefault("users", {})[str(value.id)] = user_payload(value)
        if channel.guild is not None and value.id in channel.guild.members:
            member = channel.guild.members[value.id]
            payload = member_payload(member, with_user=False, permissions=permissions_of(value, channel))
            resolved.setdefault("members", {})[str(value.id)] = payload
        return str(value.id)
    if isinstance(value, Role):
        resolved.setdefault("roles", {})[str(value.id)] = role_payload(value)
        return str(value.id)
    if isinstance(value, Channel):
        whole = channel_payload(value)
        kept: Payload = {key: whole[key] for key in CHANNEL_KEYS if key in whole}
        kept |= {"permissions": "0", "last_message_id": id_text(value.last_message_id), "flags": 0}
        resolved.setdefault("channels", {})[str(value.id)] = kept
        return str(value.id)
    return value
