"""Plain values in a JavaScript or TypeScript file, which is never run: strings and booleans of object literals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_DEPTH = 100  # objects inside objects

_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)
    |(?P<word>[A-Za-z_$][\w$]*)
    |(?P<sign>[^\s\w$])
    |(?P<number>\d[\w.]*)""",
    re.DOTALL | re.VERBOSE,
)


@dataclass(slots=True)
class JsObject:
    """An object literal.

    `name` is the key that it is the value of, or the string before it in an array; empty without one. `depth` is the
    number of braces around it. `values` are its plain values by key, None for each that is no plain value.
    """

    name: str
    depth: int
    values: dict[str, str | bool | None] = field(default_factory=dict)

    def text(self, key: str) -> str | None:
        """Return a string by its key; None if there is none, or if it is no plain string."""
        value = self.values.get(key)
        return value if isinstance(value, str) else None


def objects_in(source: str) -> list[JsObject]:
    """Return the object literals of a file in the order in which they begin; blocks of code count as objects."""
    found: list[JsObject] = []
    opened: list[JsObject | None] = []
    tokens = list(_tokens(source))
    for place, token in enumerate(tokens):
        if token == "{":
            name = _name(tokens, place)
            opened.append(JsObject(name, len(opened)) if len(opened) < MOST_DEPTH else None)
            if opened[-1] is not None:
                found.append(opened[-1])
        elif token == "}" and opened:
            opened.pop()
        elif token == ":" and opened and opened[-1] is not None and place:
            key = tokens[place - 1].strip("\"'")
            opened[-1].values[key] = _plain_value(tokens[place + 1 : place + 3]) if _is_key(tokens, place) else None
    return found


def _tokens(source: str) -> Iterator[str]:
    for token in _TOKEN.finditer(source):
        if token.lastgroup != "comment":
            yield token[0]


def _is_key(tokens: list[str], place: int) -> bool:
    """True if the colon at `place` follows a key, not a condition."""
    return place < 2 or tokens[place - 2] in ("{", ",")


def _name(tokens: list[str], place: int) -> str:
    if place < 2 or tokens[place - 1] not in (":", ","):
        return ""
    before = tokens[place - 2]
    is_string = before[0] in "\"'"
    return before.strip("\"'") if tokens[place - 1] == ":" or is_string else ""


def _plain_value(tokens: list[str]) -> str | bool | None:
    """Return the value at the beginning of `tokens`, unless more than a comma or the end of the object follows it."""
    value, end = (*tokens, "", "")[:2]
    if end not in (",", "}"):
        return None
    if value in ("true", "false"):
        return value == "true"
    if value[:1] in ("'", '"', "`") and "\\" not in value and not (value[0] == "`" and "${" in value):
        return value[1:-1]
    return None
