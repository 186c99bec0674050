"""TOML → a section for each key that its file explains, by a comment above it or by a description; the rest is code."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from index.parsing.formats.data.keys import KeysWalk
from index.parsing.formats.data.nodes import mapping, scalar, sequence
from index.parsing.formats.text import parse_text
from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import clean
from index.parsing.text.decoding import decode
from index.parsing.text.writer import BlockWriter

if TYPE_CHECKING:
    from yaml import Node

MOST_TRIES = 200  # to find the ends of values that go on over several lines

_NAMES = ("name", "title", "id")
_PART = r"(?:[\w-]+|\"(?:[^\"\\]|\\.)*\"|'[^']*')"
_KEY = re.compile(rf"\s*({_PART}(?:[ \t]*\.[ \t]*{_PART})*)[ \t]*=")
_TABLE = re.compile(rf"\s*\[\[?[ \t]*({_PART}(?:[ \t]*\.[ \t]*{_PART})*)[ \t]*\]\]?[ \t]*(?:#.*)?")
_MAY_END = re.compile(r".*(?:[\]}\"']|#.*)\s*")


def parse_toml(data: bytes) -> Parsed:
    """Parse a TOML file: keys and names of tables as headings, descriptions and comments as text, values as code.

    What is no valid TOML is read as plain text.
    """
    source = clean(decode(data))
    lines = source.split("\n")
    try:
        tomllib.loads(source)
        root = _root(lines)
    except ValueError:
        return parse_text(data)
    builder = TextBuilder()
    KeysWalk(BlockWriter(builder), lines, language="toml").write_document(root)
    return builder.build()


def _root(lines: list[str]) -> Node:
    """Return the keys above the first table, and each table by its whole name, in the order of the file."""
    top: list[tuple[Node, Node]] = []
    pairs = top
    tables: list[tuple[Node, int, list[tuple[Node, Node]]]] = []
    line, tries = 0, 0
    while line < len(lines):
        if found := _TABLE.fullmatch(lines[line]):
            pairs = []
            tables.append((scalar(_plain(found[1]), line, line + 1), line, pairs))
            line += 1
        elif found := _KEY.match(lines[line]):
            end = line + 1
            while (value := _value(lines[line:end])) is None:
                end += 1
                while end < len(lines) and not _MAY_END.fullmatch(lines[end - 1]):
                    end += 1
                tries += 1
                if tries > MOST_TRIES or end > len(lines):
                    raise ValueError
            pairs.append((scalar(_plain(found[1]), line, line + 1), _node(value[0], line, end)))
            line = end
        else:
            line += 1
    for name, start, inner in tables:
        if lines[start].lstrip().startswith("[["):  # an item of a list of tables, which its name tells from the others
            own_name = next((one.value for key, one in inner if key.value in _NAMES), None)
            name.value += f".{own_name}" if isinstance(own_name, str) else ""
        end = inner[-1][1].end_mark.line + 1 if inner else start + 1
        top.append((name, mapping(inner, start, end)))
    return mapping(top, top[0][0].start_mark.line if top else 0, len(lines))


def _value(lines: list[str]) -> list[Any] | None:
    """Return the value that a key has on these lines, as a list of one; None if it does not end there."""
    try:
        value: Any = tomllib.loads("\n".join(lines), parse_float=str)
    except ValueError:
        return None
    found = _KEY.match(lines[0])
    for _ in re.findall(_PART, found[1] if found else ""):
        (value,) = value.values()
    return [value]


def _node(value: Any, line: int, end: int) -> Node:
    if isinstance(value, dict):
        pairs = [(scalar(name, line, end), _node(inner, line, end)) for name, inner in value.items()]
        return mapping(pairs, line, end)
    if isinstance(value, list):
        return sequence([_node(item, line, end) for item in value], line, end)
    if isinstance(value, bool):
        return scalar(str(value).lower(), line, end)
    return scalar(str(value), line, end, style="|" if isinstance(value, str) and end - line > 1 else "")


def _plain(key: str) -> str:
    """Return a dotted key without quotation marks."""
    return ".".join(part.strip("\"'") for part in re.findall(_PART, key))
