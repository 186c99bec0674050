"""Recognise chats that DiscordChatExporter and Slack exported as JSON: who wrote what, when, and in answer to what."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

Value: TypeAlias = Any  # a value of JSON

_DISCORD_KINDS = frozenset(("Default", "Reply", "ThreadStarterMessage", "ApplicationCommand", "ChatInputCommand"))
_SLACK_KINDS = frozenset(("bot_message", "thread_broadcast", "file_share", "me_message"))
_EMOJI = re.compile(r"<a?(:\w+:)\d+>")
_MENTION = re.compile(r"<@[!&]?(\w+)(?:\|([^>]*))?>")
_SLACK_CHANNEL = re.compile(r"<#(\w+)(?:\|([^>]*))?>")
_SLACK_WORD = re.compile(r"<!(?:subteam\^\w+\|)?@?([^>|^]+)(?:[|^][^>]*)?>")
_SLACK_LINK = re.compile(r"<((?:https?|mailto):[^>|]+)\|([^>]*)>")
_SLACK_BOLD = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+)(?<=\S)\*(?![\w*])")
_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Message:
    """A message: `day` as YYYY-MM-DD, `time` as shown, `text` in Markdown, `answers` the id of another or empty."""

    id: str
    author: str
    day: str
    time: str
    text: str
    answers: str = ""


@dataclass(frozen=True, slots=True)
class Chat:
    """The messages of a channel in their order; its name and address where the export has them."""

    messages: Sequence[Message]
    title: str | None = None
    url: str | None = None


def chat_of(value: Value) -> Chat | None:
    """Return the chat that a JSON file holds; None if it holds something else."""
    if isinstance(value, dict) and isinstance(value.get("channel"), dict):
        found = _list(value, "messages")
        return _discord(value, found) if _all_have(found, "author", "timestamp", "content") else None
    if isinstance(value, list) and _all_have(value, "ts", "text"):
        users = {one["user"]: _slack_name(one) for one in value if _text(one, "user")}
        entries = [one for one in value if one.get("subtype") is None or one["subtype"] in _SLACK_KINDS]
        return Chat([_slack_message(one, users) for one in entries])
    return None


def _all_have(entries: Sequence[Value], *keys: str) -> bool:
    """True for objects, at least one, that all have these keys."""
    return bool(entries) and all(isinstance(one, dict) and all(key in one for key in keys) for one in entries)


def _discord(export: Mapping[str, Value], entries: Sequence[Mapping[str, Value]]) -> Chat:
    guild, channel = export.get("guild"), export["channel"]
    server = _text(guild, "name")
    title = f"#{_text(channel, 'name')}" + (f" ({server})" if server else "")
    ids = _text(guild, "id"), _text(channel, "id")
    url = f"https://discord.com/channels/{ids[0]}/{ids[1]}" if all(one.strip("0").isdecimal() for one in ids) else None
    kept = [one for one in entries if one.get("type", "Default") in _DISCORD_KINDS]
    return Chat([_discord_message(one) for one in kept], title if _text(channel, "name") else None, url)


def _discord_message(entry: Mapping[str, Value]) -> Message:
    author = entry["author"]
    name = _text(author, "nickname") or _text(author, "name") or "?"
    day, _, time = _text(entry, "timestamp").partition("T")
    names = {_text(one, "id"): _text(one, "nickname") or _text(one, "name") for one in _list(entry, "mentions")}
    text = _EMOJI.sub(r"\1", _with_names(_text(entry, "content"), names))
    if not text:  # programs write into frames
        frames = [(_text(one, "title"), _text(one, "description")) for one in _list(entry, "embeds")]
        text = "\n\n".join(part for frame in frames for part in frame if part)
    return Message(_text(entry, "id"), name, day, time[:5], text, _text(entry.get("reference"), "messageId"))


def _slack_message(entry: Mapping[str, Value], users: Mapping[str, str]) -> Message:
    try:
        moment = datetime.fromtimestamp(float(_text(entry, "ts")), UTC)
        day, time = moment.strftime("%Y-%m-%d"), moment.strftime("%H:%M UTC")
    except (ValueError, OverflowError, OSError):
        day = time = ""
    first, own = _text(entry, "thread_ts"), _text(entry, "ts")
    author = users.get(_text(entry, "user")) or _slack_name(entry)
    return Message(own, author, day, time, _slack_text(_text(entry, "text"), users), "" if first == own else first)


def _slack_name(entry: Mapping[str, Value]) -> str:
    profile = entry.get("user_profile")
    known = (_text(profile, "display_name"), _text(profile, "real_name"), _text(entry, "username"))
    return next(filter(None, known), "") or _text(entry, "user") or "?"


def _slack_text(text: str, users: Mapping[str, str]) -> str:
    """Return Slack's own syntax as Markdown; code stays as it is."""

    def converted(part: str) -> str:
        part = _SLACK_CHANNEL.sub(lambda found: f"#{found[2] or found[1]}", _with_names(part, users))
        part = _SLACK_WORD.sub(r"@\1", part)
        part = _SLACK_LINK.sub(r"[\2](\1)", part)
        return _SLACK_BOLD.sub(r"**\1**", part)

    return html.unescape(_outside_code(text, converted))


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    parts = _CODE.split(text)  # every other part is code
    return "".join(part if number % 2 else change(part) for number, part in enumerate(parts))


def _with_names(text: str, names: Mapping[str, str]) -> str:
    return _MENTION.sub(lambda found: f"@{names.get(found[1]) or found[2] or found[1]}", text)


def _list(entry: Mapping[str, Value], key: str) -> list[Value]:
    found = entry.get(key)
    return found if isinstance(found, list) else []


def _text(entry: Value, key: str) -> str:
    """Return the text at a key of an object; empty if there is none."""
    found = entry.get(key) if isinstance(entry, dict) else None
    return found.strip() if isinstance(found, str) else ""
