"""JSON: what a file explains of its keys becomes sections, records become tables, the rest stays code."""

from __future__ import annotations

import json

import pytest

from index.errors import UnreadableDocument
from index.parsing.parse import parse_bytes
from index.types import Document


def parsed(source: str) -> Document:
    return parse_bytes("some.json", source.encode())


def blocks(document: Document) -> list[tuple[str, str]]:
    """Return (kind, text) of every block but rows."""
    return [(one.kind, document.text[one.start : one.end]) for one in document.blocks if one.kind != "row"]


def test_a_key_with_an_object_is_a_section_of_code() -> None:
    document = parsed('{"title":"Shop","server":{"port":25565,"names":["a","b"]},"price":12.50}')
    assert blocks(document) == [
        ("code", '"title": "Shop"'),
        ("heading", "server"),
        ("code", '"server": {\n  "port": 25565,\n  "names": ["a", "b"]\n}'),
        ("heading", "price"),
        ("code", '"price": 12.50'),
    ]
    assert (document.title, document.lines) == ("Shop", ())


def test_described_keys_and_questions_are_sections() -> None:
    document = parsed(
        json.dumps(
            {
                "options": {"speed": {"type": "int", "description": "How **fast**."}, "size": 3},
                "faq": [{"question": "Is it free?", "answer": "Yes. 😀", "since": 2020}],
            }
        )
    )
    assert blocks(document) == [
        ("heading", "options.speed"),
        ("paragraph", "How fast."),
        ("paragraph", "type: int"),
        ("heading", "options.size"),
        ("code", '"size": 3'),
        ("heading", "Is it free?"),
        ("paragraph", "Yes. 😀"),
        ("paragraph", "since: 2020"),
    ]


def test_records_are_a_table_with_their_keys_as_its_header() -> None:
    document = parsed('{"fees":[{"plan":"Team","month":12.0},{"plan":"Club","month":null,"free":true}]}')
    assert document.text == "fees\n\nplan | month | free\nTeam | 12.0 |\nClub | null | true"
    assert [one.label for one in document.blocks if one.kind == "row"] == ["header", "", ""]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.ndjson"])
def test_values_on_lines_are_a_list(name: str) -> None:
    document = parse_bytes(name, b'{"name":"Ada","role":"chair"}\n\n{"name":"Bob","role":"treasurer"}\n')
    assert document.text == "name | role\nAda | chair\nBob | treasurer"


def test_items_that_are_no_records_are_code_each() -> None:
    document = parsed('[{"a": {"b": 1}}, [], "word", {"c": [{"d": 2}]}]')
    assert blocks(document) == [
        ("code", '{\n  "a": {\n    "b": 1\n  }\n}'),
        ("code", "[]"),
        ("code", '"word"'),
        ("code", '{\n  "c": [\n    {\n      "d": 2\n    }\n  ]\n}'),
    ]


def test_running_text_is_text() -> None:
    text = "Refunds are paid within **fourteen** days.\n\nAsk us."
    document = parsed(json.dumps({"policy": text, "id": 7}))
    assert blocks(document) == [
        ("heading", "policy"),
        ("paragraph", "Refunds are paid within fourteen days."),
        ("paragraph", "Ask us."),
        ("heading", "id"),
        ("code", '"id": 7'),
    ]


@pytest.mark.parametrize("source", ['// A comment.\n{"a": 1}', "{'a': 1}", '{"a": 1', "words"])
def test_what_is_no_json_is_read_as_it_stands(source: str) -> None:
    assert parsed(source).text == source


def test_hostile_files() -> None:
    with pytest.raises(UnreadableDocument, match="nested too deeply"):
        parsed("[" * 100_000 + "1" + "]" * 100_000)
    assert parsed('{"n": ' + "9" * 10_000 + "}").text.endswith("999")
    assert parsed('{"a": "\\ud800x\\u0000"}').text == '"a": "x\\u0000"'
