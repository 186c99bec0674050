"""TOML: what a file explains of its keys becomes sections, the rest stays code, each at its line of the file."""

from __future__ import annotations

import pytest

from index.parsing.parse import parse_bytes
from index.types import Document

SETTINGS = '''\
# The settings of the shop.

title = "Shop"

[server]
# The port to listen on.
port = 25565 # inline
names = [
  "a",
  "b", # ]
]

[server.tls]
on = true

[[item]]
name = "Bolt"
description = """
A **bolt**.
"""
price = 4.50

[tool."my.tool"]
a.b = { c = 1 }
'''


def parsed(source: str) -> Document:
    return parse_bytes("some.toml", source.encode())


def test_comments_and_descriptions_explain_keys() -> None:
    document = parsed(SETTINGS)
    assert [(one.kind, document.text[one.start : one.end], document.line_at(one.start)) for one in document.blocks] == [
        ("paragraph", "The settings of the shop.", 1),
        ("code", 'title = "Shop"', 3),
        ("heading", "server.port", 7),
        ("paragraph", "The port to listen on.", 6),
        ("code", "port = 25565 # inline", 7),
        ("heading", "server.names", 8),
        ("code", 'names = [\n  "a",\n  "b", # ]\n]', 8),
        ("heading", "server.tls", 13),
        ("code", "[server.tls]\non = true", 13),
        ("heading", "item.Bolt", 16),
        ("paragraph", "A bolt.", 19),
        ("paragraph", "name: Bolt", 17),
        ("paragraph", "price: 4.50", 21),
        ("heading", "tool.my.tool", 23),
        ("code", '[tool."my.tool"]\na.b = { c = 1 }', 23),
    ]


@pytest.mark.parametrize("source", ["a = [1,", "a = 1\na = 2", "just words", "a = 2024-13-45"])
def test_what_is_no_toml_is_read_as_it_stands(source: str) -> None:
    assert parsed(source).text == source


def test_many_lines_in_a_value_take_no_time_to_speak_of() -> None:
    source = "# Explained.\na = [\n" + "  { b = 1 },\n" * 5_000 + "]"
    assert [heading.text for heading in parsed(source).headings] == ["a"]
    ends = 'a = """\n' + '"\n' * 5_000 + '"""'
    assert parsed(ends).text == ends
