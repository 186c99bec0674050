"""JSON and JSON Lines → sections for what is described, tables for records, texts as text; the rest is code."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from index.parsing.formats.data.chat_text import write_chat
from index.parsing.formats.data.chats import chat_of
from index.parsing.formats.data.keys import PROSE, KeysWalk
from index.parsing.formats.data.nodes import mapping, scalar, sequence
from index.parsing.formats.text import parse_text
from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import clean
from index.parsing.text.decoding import decode
from index.parsing.text.writer import BlockWriter

if TYPE_CHECKING:
    from yaml import Node

Value: TypeAlias = Any  # a value of JSON, with numbers as they are written

LONGEST_LIST = 100  # characters of a list that stands on one line
FEWEST_WORDS = 15  # of a string that is running text


class _Number(str):
    """A number as the file writes it, so that 12.50 stays 12.50."""

    __slots__ = ()


def parse_json(data: bytes) -> Parsed:
    """Parse JSON or JSON Lines; an exported chat as its messages.

    What is neither, such as JSON with comments, is read as plain text.
    """
    source = clean(decode(data))
    try:
        value = _loaded(source)
    except ValueError:
        return parse_text(data)
    builder = TextBuilder()
    writer = BlockWriter(builder)
    if chat := chat_of(value):
        write_chat(writer, chat)
        last_day = max((message.day for message in chat.messages), default=None)
        return replace(builder.build(title=chat.title, url=chat.url), lines=(), date=last_day)
    layout = _Layout()
    root = layout.node(value)
    KeysWalk(writer, layout.lines, language="json").write_document(root)
    title = value.get("title") if isinstance(value, dict) else None
    parsed = builder.build(title=title if type(title) is str else None)
    return replace(parsed, lines=())  # lines of the layout are no lines of the file


def _loaded(source: str) -> Value:
    """Return the value of a file, or the list of those on its lines. Raises ValueError if it holds something else."""
    decoder = json.JSONDecoder(parse_float=_Number, parse_int=_Number, parse_constant=_Number)
    try:
        return decoder.decode(source)
    except ValueError:
        lines = [line for line in source.split("\n") if line.strip()]
        if len(lines) < 2:
            raise
        return [decoder.decode(line) for line in lines]


class _Layout:
    """Lays values out in `lines`, a key or an item on each, and returns the nodes of what stands there."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def node(self, value: Value, *, indent: str = "", key: str = "", after: str = "") -> Node:
        """Return the node of a value, after its lines; `key` stands before it and a comma may stand `after` it."""
        line = len(self.lines)
        if isinstance(value, dict) and value:
            return self._mapping(value, indent, key, after)
        if isinstance(value, list) and not _fits_on_a_line(value):
            return self._sequence(value, indent, key, after)
        self.lines.append(f"{indent}{key}{_literal(value)}{after}")
        if isinstance(value, list):
            return sequence([scalar(_text(item), line, line + 1) for item in value], line, line + 1)
        return scalar(_text(value), line, line + 1, style=PROSE if _is_running_text(value) else "")

    def _mapping(self, value: Mapping[str, Value], indent: str, key: str, after: str) -> Node:
        line = len(self.lines)
        self.lines.append(f"{indent}{key}{{")
        pairs = []
        for position, (name, inner) in enumerate(value.items(), 1):
            place = scalar(name, len(self.lines), len(self.lines) + 1)
            comma = "," * (position < len(value))
            pairs.append((place, self.node(inner, indent=f"{indent}  ", key=f"{_literal(name)}: ", after=comma)))
        self.lines.append(f"{indent}}}{after}")
        return mapping(pairs, line, len(self.lines))

    def _sequence(self, value: Sequence[Value], indent: str, key: str, after: str) -> Node:
        line = len(self.lines)
        self.lines.append(f"{indent}{key}[")
        items = [
            self.node(inner, indent=f"{indent}  ", after="," * (position < len(value)))
            for position, inner in enumerate(value, 1)
        ]
        self.lines.append(f"{indent}]{after}")
        return sequence(items, line, len(self.lines))


def _fits_on_a_line(value: Sequence[Value]) -> bool:
    if any(isinstance(item, dict | list) and item for item in value):
        return False
    return len(value) <= LONGEST_LIST and len(_literal(value)) <= LONGEST_LIST


def _literal(value: Value) -> str:
    """Return a value as JSON writes it."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _text(value: Value) -> str:
    """Return a value without quotation marks."""
    return str(value) if isinstance(value, str) else _literal(value)


def _is_running_text(value: Value) -> bool:
    """True for a text of several lines, or of many words."""
    return type(value) is str and (len(value.split()) >= FEWEST_WORDS or "\n" in value.strip())
