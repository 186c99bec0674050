"""Discord's rules for messages beyond its OpenAPI document: lengths, embeds, emptiness, files."""

from __future__ import annotations

from collections.abc import Mapping

from tests.fake_discord.errors import ApiError, Problems, empty_message
from tests.fake_discord.rules_components import check_components
from tests.fake_discord.state import COMPONENTS_V2, EPHEMERAL, SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS, Message, Payload

LONGEST_CONTENT = 2000
MOST_EMBEDS = 10
LONGEST_EMBEDS = (
    6000  # characters of title, description, field names and values, footer and author of all embeds together
)
LARGEST_FILES = 10 * 1024 * 1024
MOST_FILES = 10
SETTABLE_FLAGS = SUPPRESS_EMBEDS | EPHEMERAL | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2


def check_message(body: Payload, files: Mapping[str, bytes], *, is_new: bool, path: tuple[str, ...] = ()) -> None:
    """Check a message's body (`path` is its place in the request). Raises ApiError.

    `is_new` is false for edits, which may leave anything out; `check_not_empty` checks what remains.
    """
    problems = Problems()
    _check_content(problems, body, path)
    flags = body.get("flags") or 0
    if not isinstance(flags, int) or flags & ~SETTABLE_FLAGS:
        problems.add((*path, "flags"), "INVALID_FLAGS", f"Not among the flags that may be set: {flags}")
    check_embeds(problems, body.get("embeds") or [], (*path, "embeds"))
    is_v2 = isinstance(flags, int) and bool(flags & COMPONENTS_V2)
    check_components(problems, body.get("components") or [], (*path, "components"), is_v2=is_v2)
    if is_v2 and any(body.get(key) for key in ("content", "embeds", "poll", "sticker_ids")):
        problems.add((*path, "flags"), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "No content with v2.")
    _check_files(problems, body, files, path)
    _check_reference(problems, body, path)
    _check_allowed_mentions(problems, body, path)
    problems.raise_if_any()
    if sum(map(len, files.values())) > LARGEST_FILES:
        raise ApiError(413, 40005, "Request entity too large", rule="files too large")
    if (
        is_new
        and not files
        and not any((body.get("content") or "").strip() or body.get(key) for key in HOLDS_SOMETHING)
    ):
        raise empty_message()


HOLDS_SOMETHING = ("embeds", "components", "sticker_ids", "poll")


def check_not_empty(message: Message) -> None:
    """Check that something is left after an edit. Raises ApiError."""
    if not (message.content or message.embeds or message.components or message.attachments):
        raise empty_message()


def _check_content(problems: Problems, body: Payload, path: tuple[str, ...]) -> None:
    content = body.get("content")
    if content is None:
        return
    if not isinstance(content, str):
        problems.add((*path, "content"), "BASE_TYPE_BAD_TYPE", "Must be a string.")
    elif len(content) > LONGEST_CONTENT:
        problem = f"Must be {LONGEST_CONTENT} or fewer in length, is {len(content)}."
        problems.add((*path, "content"), "BASE_TYPE_MAX_LENGTH", problem)


def check_embeds(problems: Problems, embeds: list[Payload], path: tuple[str, ...]) -> None:
    """Check embeds against Discord's limits."""
    if len(embeds) > MOST_EMBEDS:
        problems.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {MOST_EMBEDS} or fewer in length.")
    total = 0
    for index, embed in enumerate(embeds):
        here = (*path, str(index))
        for key, most in (("title", 256), ("description", 4096)):
            total += _text_length(problems, embed, key, most, here)
        total += _text_length(problems, embed.get("footer") or {}, "text", 2048, (*here, "footer"))
        total += _text_length(problems, embed.get("author") or {}, "name", 256, (*here, "author"))
        total += _check_fields(problems, embed, here)
        _check_urls(problems, embed, here)
        if not any(embed.get(key) for key in EMBED_HOLDS_SOMETHING):
            problems.add(here, "BASE_TYPE_REQUIRED", "This field is required: an embed must not be empty.")
    if total > LONGEST_EMBEDS:
        problems.add(path, "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {LONGEST_EMBEDS}: {total}")


EMBED_HOLDS_SOMETHING = ("title", "description", "fields", "footer", "author", "image", "thumbnail", "video", "url")


def _text_length(problems: Problems, holder: Payload, key: str, most: int, path: tuple[str, ...]) -> int:
    text = holder.get(key)
    if text is None:
        return 0
    if not isinstance(text, str) or len(text) > most:
        problems.add((*path, key), "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length, is {len(str(text))}.")
    return len(str(text).strip())


def _check_fields(problems: Problems, embed: Payload, path: tuple[str, ...]) -> int:
    fields = embed.get("fields") or []
    if len(fields) > 25:
        problems.add((*path, "fields"), "BASE_TYPE_MAX_LENGTH", f"Must be 25 or fewer in length, is {len(fields)}.")
    total = 0
    for index, one in enumerate(fields):
        for key, most in (("name", 256), ("value", 1024)):
            here = (*path, "fields", str(index))
            total += _text_length(problems, one, key, most, here)
            # Discord strips white space first: a field of spaces is empty.
            if not str(one.get(key) or "").strip():
                problems.add((*here, key), "BASE_TYPE_REQUIRED", "This field is required")
    return total


def _check_urls(problems: Problems, embed: Payload, path: tuple[str, ...]) -> None:
    places = [((*path, "url"), embed.get("url"))]
    places += [((*path, key, "url"), (embed.get(key) or {}).get("url")) for key in ("author", "image", "thumbnail")]
    places += [((*path, key, "icon_url"), (embed.get(key) or {}).get("icon_url")) for key in ("author", "footer")]
    for where, url in places:
        if url is not None and not str(url).startswith(("http://", "https://", "attachment://")):
            problems.add(where, "URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('http', 'https').")
        if url is not None and len(str(url)) > 2048:
            problems.add(where, "BASE_TYPE_MAX_LENGTH", "Must be 2048 or fewer in length.")


def _check_files(problems: Problems, body: Payload, files: Mapping[str, bytes], path: tuple[str, ...]) -> None:
    listed = body.get("attachments") or []
    if len(files) > MOST_FILES or len(listed) > MOST_FILES:
        problems.add((*path, "attachments"), "BASE_TYPE_MAX_LENGTH", f"Must be {MOST_FILES} or fewer in length.")
    indexes = {name.removeprefix("files[").partition("]")[0] for name in files}
    for name in indexes - {str(one.get("id")) for one in listed}:
        problems.add((*path, "attachments"), "ATTACHMENT_NOT_LISTED", f"files[{name}] is not among the attachments")


def _check_reference(problems: Problems, body: Payload, path: tuple[str, ...]) -> None:
    reference = body.get("message_reference")
    if reference is not None and not str(reference.get("message_id", "")).isdigit():
        problems.add((*path, "message_reference", "message_id"), "NUMBER_TYPE_COERCE", "Value is not snowflake.")


def _check_allowed_mentions(problems: Problems, body: Payload, path: tuple[str, ...]) -> None:
    allowed = body.get("allowed_mentions") or {}
    parse = allowed.get("parse") or []
    for kind in ("users", "roles"):
        if kind in parse and allowed.get(kind):
            problem = f"parse:[{kind!r}] and {kind}: [ids...] are mutually exclusive."
            problems.add((*path, "allowed_mentions"), "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", problem)
        if len(allowed.get(kind) or []) > 100:
            problems.add((*path, "allowed_mentions", kind), "BASE_TYPE_MAX_LENGTH", "Must be 100 or fewer in length.")
