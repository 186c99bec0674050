"""YAML: what a file explains of its keys becomes sections, the rest stays code, each at its line of the file."""

from __future__ import annotations

from itertools import pairwise

import pytest

from index.parsing.parse import parse_bytes
from index.types import Document

COMMENTED = """\
# The server's settings.

# ---- Players ----
# The highest number of players.
max-players: 20   # inline
motd: hello

network:
  # The port to listen on.
  port: 25565
  host: 0.0.0.0
"""

REFERENCE = """\
chunks:
  auto-save:
    default: "default"
    description: >-
      How often a world is **saved**,
      see [the guide](/save).
  delay:
    default: ""
    description: Seconds to wait.
  limits:
    arrow:
      default: 16
      description: |
        How many arrows.

        -1 is no limit.
"""


def parsed(source: str) -> Document:
    return parse_bytes("settings.yml", source.encode())


def blocks(document: Document) -> list[tuple[str, str, int | None]]:
    """Return (kind, text, line) of every block."""
    return [(one.kind, document.text[one.start : one.end], document.line_at(one.start)) for one in document.blocks]


def test_comments_explain_the_key_below_them() -> None:
    document = parsed(COMMENTED)
    assert blocks(document) == [
        ("paragraph", "The server's settings.", 1),
        ("heading", "max-players", 5),
        ("paragraph", "Players The highest number of players.", 3),
        ("code", "max-players: 20   # inline", 5),
        ("heading", "motd", 6),
        ("code", "motd: hello", 6),
        ("heading", "network.port", 10),
        ("paragraph", "The port to listen on.", 9),
        ("code", "port: 25565", 10),
        ("heading", "network.host", 11),
        ("code", "host: 0.0.0.0", 11),
    ]
    assert document.title == "settings"
    assert document.blocks[3].label == "yaml"


def test_descriptions_and_defaults_of_a_reference_are_text_under_the_dotted_path() -> None:
    document = parsed(REFERENCE)
    assert blocks(document) == [
        ("heading", "chunks.auto-save", 2),
        ("paragraph", "How often a world is saved, see the guide.", 5),
        ("paragraph", "default: default", 3),
        ("heading", "chunks.delay", 7),
        ("paragraph", "Seconds to wait.", 9),
        ("paragraph", 'default: ""', 8),
        ("heading", "chunks.limits.arrow", 11),
        ("paragraph", "How many arrows.", 14),
        ("paragraph", "-1 is no limit.", 16),
        ("paragraph", "default: 16", 12),
    ]
    assert [(mark.kind, mark.target) for mark in document.marks] == [("strong", ""), ("link", "/save")]


def test_questions_in_a_list_are_sections() -> None:
    document = parsed(
        "faq:\n  - question: Is it free?\n    answer: Yes.\n  - question: Who pays?\n    answer: Nobody.\n"
    )
    assert [heading.text for heading in document.headings] == ["Is it free?", "Who pays?"]
    assert [text for kind, text, _ in blocks(document) if kind == "paragraph"] == ["Yes.", "Nobody."]


def test_what_nothing_explains_is_code_by_its_top_key() -> None:
    document = parsed("version: 3\nname: x\nservices:\n  bot:\n    image: [a,\n      b]\n\nvolumes: {}\n")
    assert blocks(document) == [
        ("code", "version: 3\nname: x", 1),
        ("heading", "services", 3),
        ("code", "services:\n  bot:\n    image: [a,\n      b]", 3),
        ("heading", "volumes", 8),
        ("code", "volumes: {}", 8),
    ]


def test_an_item_keeps_what_it_says_of_itself() -> None:
    document = parsed("- name: Bolt\n  price: 4\n  description: Holds.\n  sizes: [1, 2]\n")
    assert [text for _, text, _ in blocks(document)] == ["Bolt", "Holds.", "price: 4", "sizes: [1, 2]"]


def test_a_plain_key_does_not_stand_under_the_heading_of_another() -> None:
    document = parsed("services:\n  bot: x\nversion: 3\n")
    assert document.heading_at(document.text.index("version: 3")) == "version"


def test_several_documents_in_a_file_and_one_that_is_a_text() -> None:
    document = parsed("---\n# One\na: 1\n---\n# Two\nb: 2\n---\njust words\n")
    assert document.text == "a\n\nOne\n\na: 1\n\nb\n\nTwo\n\nb: 2\n\njust words"


@pytest.mark.parametrize("source", ["a: [never closed\n", "a: b: c\n", "key: 'x\n", "a: 2024-13-45\n", "\tx: 1\n"])
def test_broken_yaml_is_read_as_it_stands(source: str) -> None:
    assert parsed(source).text.strip() == source.strip()


def test_aliases_that_would_repeat_without_end_are_written_once() -> None:
    names = "abcdefghijklmnop"
    lines = ["a: &a [words]"]
    lines += [f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in pairwise(names)]
    assert len(parsed("\n".join(lines)).text) < 2_000
    assert "words" in parsed("# x\na: &a {description: words, b: *a}\n").text


def test_nesting_without_end_is_read_as_it_stands() -> None:
    source = "a: " + "[" * 1_000 + "]" * 1_000
    assert parsed(source).text.endswith(source)
