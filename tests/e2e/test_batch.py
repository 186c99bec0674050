"""`footnote ask --batch`: many questions in one process, each answered by a line of JSON."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import QUESTION, Footnote, in_a_process

WORLD_CUP = "Who won the World Cup?"
CABELLO = "How did Cabello react?"


def lines(output: str) -> list[dict[str, Any]]:
    """Return the object of each line of an output."""
    return [json.loads(line) for line in output.splitlines()]


def written(folder: Path, *rows: object) -> str:
    """Write rows as lines of JSON, texts as they are, and return the file."""
    file = folder / "questions.jsonl"
    file.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
    return str(file)


def test_every_question_is_answered_in_order_and_keeps_its_id(example: Footnote, tmp_path: Path) -> None:
    file = written(
        tmp_path,
        {"id": "a-1", "question": QUESTION},
        {"question": WORLD_CUP},
        {"id": 7, "question": CABELLO},
        "",
        {"id": ["x"], "question": "hello"},
        {"id": None, "question": QUESTION.lower()},
    )
    asked = example("ask", "--batch", file)
    assert (asked.code, asked.notices) == (0, "")
    found = lines(asked.output)
    assert [one.get("id", "none") for one in found] == ["a-1", "none", 7, ["x"], "none"]
    assert [one["question"] for one in found] == [QUESTION, WORLD_CUP, CABELLO, "hello", QUESTION.lower()]
    assert [one["abstained"] for one in found][:2] == [False, True]
    assert found[3]["note"] == "greeting"
    assert [citation["document"] for citation in found[0]["citations"]] == ["talks.md"]


def test_a_line_has_the_object_of_json(example: Footnote, tmp_path: Path) -> None:
    alone = json.loads(example("ask", "--json", QUESTION).output)
    (line,) = lines(example("ask", "--batch", written(tmp_path, {"question": QUESTION, "id": 1})).output)
    assert list(line) == ["id", *alone]
    for changing in ("timings", "confidence"):
        del alone[changing], line[changing]
    assert line == {"id": 1, **alone}


def test_a_line_may_name_its_folders(example: Footnote, tmp_path: Path) -> None:
    file = written(
        tmp_path,
        {"question": CABELLO, "folders": ["profiles"]},
        {"question": CABELLO},
        {"question": CABELLO, "folders": []},
        {"question": CABELLO, "folders": None},
    )
    within, anywhere, none, null = lines(example("ask", "--batch", file).output)
    assert {one["document"].split("/")[0] for one in within["passages"]} == {"profiles"}
    for other in (anywhere, none, null):
        assert {one["document"] for one in other["passages"]} > {"talks.md"}


def test_folders_of_the_command_count_where_a_line_names_none(example: Footnote, tmp_path: Path) -> None:
    file = written(tmp_path, {"question": CABELLO}, {"question": CABELLO, "folders": ["profiles"]})
    for found in lines(example("ask", "--folder", "profiles", "--batch", file).output):
        assert {one["document"].split("/")[0] for one in found["passages"]} == {"profiles"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("what is this", "not JSON"),
        ("[" * 20_000, "not JSON"),
        ('["question"]', 'must be an object with a text "question"'),
        ('{"questions": "Who?"}', 'must be an object with a text "question"'),
        ('{"question": 7}', 'must be an object with a text "question"'),
        ('{"question": " "}', "the question is empty"),
        ('{"question": "?!"}', "the question holds no word to search for"),
        ('{"question": "' + "why " * 600 + '"}', "ask in 2,000 or fewer"),
        ('{"question": "Who?", "folder": "profiles"}', "unknown key folder; known: folders, id, question"),
        ('{"question": "Who?", "folders": "profiles"}', '"folders" must be a list of names'),
        ('{"question": "Who?", "folders": [7]}', '"folders" must be a list of names'),
        ('{"question": "Who?", "folders": ["birds"]}', "there is no folder 'birds' in the documents; known: profiles"),
    ],
)
def test_a_bad_line_is_named_before_anything_is_answered(
    example: Footnote, tmp_path: Path, line: str, said: str
) -> None:
    file = written(tmp_path, {"question": QUESTION}, "", line)
    stopped = example("ask", "--batch", file)
    assert (stopped.code, stopped.output) == (2, "")
    assert stopped.line.startswith(f"footnote: {file}, line 3: ")
    assert said in stopped.line


def test_a_file_that_is_not_there(example: Footnote, tmp_path: Path) -> None:
    for name in (str(tmp_path / "nowhere.jsonl"), str(tmp_path)):
        stopped = example("ask", "--batch", name)
        assert stopped.code == 2
        assert stopped.line.startswith(f"footnote: {name}: ")
        assert stopped.line.endswith("; name a file of JSON lines")


def test_an_empty_file_is_no_error(example: Footnote, tmp_path: Path) -> None:
    asked = example("ask", "--batch", written(tmp_path, "", "  "))
    assert (asked.code, asked.output, asked.notices) == (0, "", "")


def test_a_file_with_a_byte_order_mark_and_bytes_that_are_no_text(example: Footnote, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(b'\xef\xbb\xbf{"question": "What did Bolt\xffon say?"}\r\n')
    (found,) = lines(example("ask", "--batch", str(file)).output)
    assert found["question"] == "What did Bolt\ufffdon say?"


def test_nothing_in_a_line_drives_the_terminal(example: Footnote, tmp_path: Path) -> None:
    file = written(tmp_path, {"id": "\x1b[31m\n\u202e", "question": "Who\x1b]0;x\x07 won?\x9b"})
    output = example("ask", "--batch", file).output
    assert output.count("\n") == 1
    assert not any(ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0 or sign == "\u202e" for sign in output[:-1])
    assert lines(output)[0]["id"] == "\x1b[31m\n\u202e"


def test_from_standard_input(example: Footnote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f'{{"id": 1, "question": "{QUESTION}"}}\n'))
    (found,) = lines(example("ask", "--batch", "-").output)
    assert (found["id"], found["outcome"]) == (1, "answered")
    monkeypatch.setattr(sys, "stdin", io.StringIO("no JSON\n"))
    assert example("ask", "--batch", "-").line.startswith("footnote: standard input, line 1: not JSON")


def test_piped_through_a_process_of_its_own(indexed: Path) -> None:
    text = f'{{"id": "a", "question": "{QUESTION}"}}\n{{"id": "b", "question": "{WORLD_CUP}"}}\n'
    asked = in_a_process("ask", "--batch", "-", folder=indexed, text=text)
    assert (asked.code, asked.notices) == (0, "")
    assert [(one["id"], one["outcome"]) for one in lines(asked.output)] == [("a", "answered"), ("b", "nothing")]


def test_a_question_and_a_file_exclude_each_other(footnote: Footnote, tmp_path: Path) -> None:
    file = written(tmp_path, {"question": QUESTION})
    for arguments in (["ask"], ["ask", "Who?", "--batch", file]):
        refused = footnote(*arguments)
        assert refused.code == 2
        assert "Give either a QUESTION or --batch FILE." in refused.notices
    refused = footnote("ask", "--explain", "--batch", file)
    assert (refused.code, "--explain cannot be combined with --batch." in refused.notices) == (2, True)
