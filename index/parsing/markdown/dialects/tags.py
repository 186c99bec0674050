"""Scan tags of HTML and JSX, whose attributes may hold quotation marks and braces."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

LONGEST_TAG = 8_000  # characters
DEEPEST_BRACES = 20

_NAME = re.compile(r"</?([A-Za-z][\w.-]*)?(?=[\s/>])")
_SPACE = re.compile(r"\s*")
_ATTRIBUTE = re.compile(r"([^\s=>/\"'{}<`]+)(\s*=\s*)?")
_VALUE = re.compile(r"[^\s\"'=<>`{}]+")
_STRING = re.compile(r"""\{\s*(["'`])(.*?)\1\s*\}""", re.DOTALL)
_BRACE_OR_QUOTE = re.compile(r"[{}\"'`]")


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag: `<name attributes>`, `</name>` or `<name />`, and the offset of its end. A fragment has no name.

    An attribute without a value, or with one that is a program's expression, is the empty string.
    """

    name: str
    end: int
    closes: bool = False
    is_empty: bool = False
    attributes: dict[str, str] = field(default_factory=dict)


def scan_tag(text: str, start: int) -> Tag | None:
    """Return the tag that begins at `start`, where `text` has a "<"; None if none does."""
    found = _NAME.match(text, start)
    if not found:
        return None
    position, limit = found.end(), min(len(text), start + LONGEST_TAG)
    attributes: dict[str, str] = {}
    while True:
        position = _skip_space(text, position)
        if position >= limit:
            return None
        if text[position] == ">" or text.startswith("/>", position):
            is_empty = text[position] == "/"
            closes = text[start + 1] == "/"
            return Tag(found[1] or "", position + 1 + is_empty, closes, is_empty, attributes)
        if text[position] == "{":  # {...properties}
            end = _end_of_braces(text, position, limit)
        else:
            end = _read_attribute(text, position, limit, attributes)
        if end is None:
            return None
        position = end


def string_in_braces(text: str) -> str | None:
    """Return the text of an expression that is nothing but a string, as {"text"}; None for any other."""
    found = _STRING.fullmatch(text)
    return found[2] if found and "${" not in found[2] else None


def _read_attribute(text: str, position: int, limit: int, attributes: dict[str, str]) -> int | None:
    """Add the attribute at `position`, and return where it ends; None if it is none."""
    found = _ATTRIBUTE.match(text, position, limit)
    if not found:
        return None
    attributes.setdefault(found[1].lower(), "")
    end = found.end()
    if not found[2] or end >= limit:
        return end
    if text[end] in "\"'":
        close = text.find(text[end], end + 1, limit)
        if close < 0:
            return None
        attributes[found[1].lower()] = text[end + 1 : close]
        return close + 1
    if text[end] == "{":
        close_brace = _end_of_braces(text, end, limit)
        if close_brace is not None:
            attributes[found[1].lower()] = string_in_braces(text[end:close_brace]) or ""
        return close_brace
    value = _VALUE.match(text, end, limit)
    if value:
        attributes[found[1].lower()] = value[0]
    return value.end() if value else None


def _end_of_braces(text: str, start: int, limit: int) -> int | None:
    """Return where the brace closes that opens at `start`; braces inside strings don't count."""
    depth, position, quote = 0, start, ""
    while found := _BRACE_OR_QUOTE.search(text, position, limit):
        position = found.end()
        sign = found[0]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'`":
            quote = sign
        else:
            depth += 1 if sign == "{" else -1
            if depth == 0:
                return position
            if depth > DEEPEST_BRACES:
                return None
    return None


def _skip_space(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position
