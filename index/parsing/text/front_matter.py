"""Read the front matter of a text file: YAML between two lines of `---` at its top, TOML between `+++`, or JSON."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from index.parsing.text.builder import Parsed, StatedAddress
from index.parsing.text.cleaning import one_line

ADDRESS_KEYS = ("url", "link", "canonical_url")
# The more telling words first: a page that was updated says what holds since then.
DATE_KEYS = (
    *("updated", "last_updated", "last-updated", "lastupdated", "lastmod", "last_modified", "last_modified_at"),
    *("modified", "effective_date", "effective", "date", "published", "publish_date", "created"),
)
ALIAS_KEYS = ("redirect_from", "redirect-from")
SUPERSEDED_KEYS = ("superseded_by", "superseded-by", "replaced_by", "replaced-by")

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.{0,50000}?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML_FRONT_MATTER = re.compile(r"\+\+\+[ \t]*\n(.{0,50000}?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_JSON_FRONT_MATTER = re.compile(r"\{\s*\"")
_FRONT_MATTER_LINE = re.compile(r"^([A-Za-z_-]+):[ \t]+(.+)$", re.MULTILINE)


def split_front_matter(source: str) -> tuple[dict[str, str], str, int]:
    """Return the front matter's plain values by key, the text below it, and its number of lines with its fences."""
    found = _FRONT_MATTER.match(source) or _TOML_FRONT_MATTER.match(source)
    if not found:
        return _split_json(source)
    metadata = _read_toml(found[1]) if source.startswith("+") else _read_front_matter(found[1])
    if metadata is None:  # a text that begins with a horizontal line
        return {}, source, 0
    return metadata, source[found.end() :], source.count("\n", 0, found.end())


def _split_json(source: str) -> tuple[dict[str, str], str, int]:
    """The front matter that Hugo reads as JSON: an object at the top, with a line end behind it."""
    if not _JSON_FRONT_MATTER.match(source):
        return {}, source, 0
    try:
        values, end = json.JSONDecoder().raw_decode(source)
    except (ValueError, RecursionError):
        return {}, source, 0
    rest = source[end:].lstrip(" \t")
    if not isinstance(values, dict) or not rest.startswith("\n"):
        return {}, source, 0
    return _plain(values), rest[1:], source.count("\n", 0, end) + 1


def stated(parsed: Parsed, metadata: Mapping[str, str]) -> Parsed:
    """Return `parsed` with the address, date and successor that its front matter states."""

    def first(keys: Sequence[str]) -> str | None:
        return next((metadata[key] for key in keys if metadata.get(key)), None)

    return replace(
        parsed,
        url=first(ADDRESS_KEYS),
        date=first(DATE_KEYS),
        superseded_by=first(SUPERSEDED_KEYS),
        address=StatedAddress(first(["permalink"]), first(["slug"]), first(ALIAS_KEYS), first(["id"])),
    )


def _read_front_matter(block: str) -> dict[str, str] | None:
    """Its scalars by key in lower case; None if it isn't front matter. Broken YAML is read line by line instead."""
    import yaml

    try:
        # The parser of libyaml, where PyYAML was built with it: ten times as fast.
        values = yaml.load(block, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError):  # ValueError: an impossible date
        values = {key: value.strip("\"' \t") for key, value in _FRONT_MATTER_LINE.findall(block)} or "no front matter"
    if values is not None and not isinstance(values, dict):
        return None
    return _plain(values or {})


def _read_toml(block: str) -> dict[str, str] | None:
    try:
        return _plain(tomllib.loads(block))
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def _plain(values: Mapping[Any, object]) -> dict[str, str]:
    """The texts, numbers and dates among the values; of a list of addresses the first."""
    found = {}
    for key, several in values.items():
        name = str(key).lower()
        value = several[0] if name in ALIAS_KEYS and isinstance(several, list) and several else several
        if isinstance(value, str | int | float | date) and one_line(str(value)):
            found[name] = one_line(str(value))
    return found
