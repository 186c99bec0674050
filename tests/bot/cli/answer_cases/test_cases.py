"""Loading answer cases, and the one line that says where a case can't be understood."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.answer_cases.cases import AnswerCase, load_cases
from bot.errors import CasesError


def write(folder: Path, text: str, name: str = "cases.yaml") -> Path:
    """Write a file of cases."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def error_of(*paths: Path) -> str:
    """Return the message of the `CasesError` that loading raises."""
    with pytest.raises(CasesError) as caught:
        load_cases(paths)
    return str(caught.value)


def test_a_case_with_every_key(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        """\
# a comment
cases:
  - name: mill-year
    conversation:
      - What is the mill?
      - When was it
        built?
    cites: [mill.md, [a.md, b.md]]
    contains: [1820, [built, erected]]
    lacks: [no]
    searched_contains: [mill]
    abstains: false
  - name: refused
    question: Who is it?
    abstains: true
""",
    )
    first, second = load_cases([file])
    assert first == AnswerCase(
        name="mill-year",
        questions=("What is the mill?", "When was it built?"),
        cites=(("mill.md",), ("a.md", "b.md")),
        contains=(("1820",), ("built", "erected")),
        lacks=("no",),
        searched_contains=(("mill",),),
        abstains=False,
        file=str(file),
        line=3,
    )
    assert second == AnswerCase("refused", ("Who is it?",), abstains=True, file=str(file), line=13)


def test_a_folder_stands_for_its_yaml_files_and_each_file_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, "cases: [{name: second, question: b}]", "b.yml")
    first = write(tmp_path, "cases: [{name: first, question: a}]", "a.yaml")
    write(tmp_path, "not: [cases", "notes.txt")
    assert [case.name for case in load_cases([tmp_path, first])] == ["first", "second"]


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    file = write(tmp_path, "\ufeffcases: [{name: a, question: b}]")
    assert [case.name for case in load_cases([file])] == ["a"]


def in_case(*lines: str) -> str:
    """Return a file with one case named `mill` and these lines."""
    return "\n".join(["cases:", "  - name: mill", *(f"    {line}" for line in lines)])


ERRORS = {
    "empty file": ("", 1, "the file is empty; begin it with `cases:`"),
    "only a comment": ("# later\n", 1, "the file is empty; begin it with `cases:`"),
    "list at the top": ("- name: mill", 1, "the file must be a mapping; write it with the keys `cases:`"),
    "unknown top key": ("case: []", 1, "the file has no key `case`; did you mean `cases`?"),
    "nothing at all": ("{}", 1, "the key `cases` is missing; begin the file with `cases:`"),
    "no cases": ("cases:", 1, "`cases` is empty; write a list"),
    "empty list": ("cases: []", 1, "`cases` is empty; write a list"),
    "cases not a list": ("cases: {mill: 1}", 1, "`cases` is not a list; write a list"),
    "not YAML": ("cases:\n  - name: mill\n   question: x", 3, "this is not YAML ("),
    "question mark in brackets": (in_case("conversation: [What?, Why?]"), 3, "put texts with signs such as : ? ["),
    "control character": (
        "cases:\n  - name: \x07",
        2,
        "YAML forbids the control character here; delete it",
    ),
    "case not a mapping": ("cases:\n  - What?", 2, "case 1: a case must be a mapping; write it with the keys"),
    "no name": ("cases:\n  - question: What?", 2, "case 1: the case has no name; add one, such as `name: who-signed`"),
    "name empty": ("cases:\n  - name:\n    question: What?", 2, "case 1: `name` is empty; write a text"),
    "name with spaces": (
        "cases:\n  - name: The mill",
        2,
        "case 1: the name 'The mill' can't be used; use small letters",
    ),
    "unknown key": (
        in_case("question: What?", "contain: [a]"),
        4,
        "a case has no key `contain`; did you mean `contains`?",
    ),
    "far-off key": (in_case("question: What?", "zzz: [a]"), 4, "a case has no key `zzz`; use one of name, question,"),
    "key twice": (in_case("question: What?", "question: Why?"), 4, "`question` is given twice; remove one of them"),
    "nothing asked": (in_case("abstains: true"), 2, "there is no question; add `question: …`, or `conversation:`"),
    "asked twice": (in_case("question: a", "conversation: [a, b]"), 2, "both `question` and `conversation` are given"),
    "one question": (in_case("conversation: [a]"), 3, "`conversation` has a single question; add a follow-up"),
    "question a list": (in_case("question: [a]"), 3, "`question` must be a text; put it in quot"),
    "question empty": (in_case('question: " "'), 3, "`question` is empty; write a text or remove the key"),
    "contains a text": (in_case("question: a", "contains: free"), 4, "`contains` is not a list; write a list"),
    "contains nothing": (in_case("question: a", "contains:"), 4, "`contains` is empty; write a list"),
    "empty alternative": (in_case("question: a", 'contains: [[b, ""]]'), 4, "`contains` is empty; write a text"),
    "lists too deep": (
        in_case("question: a", "contains: [[[b]]]"),
        4,
        "`contains` must be a text; put it in quot",
    ),
    "alternatives to lack": (
        in_case("question: a", "lacks: [[b]]"),
        4,
        "`lacks` must be a text; put it in quot",
    ),
    "neither true nor false": (
        in_case("question: a", "abstains: maybe"),
        4,
        "`abstains` is 'maybe'; write true or false",
    ),
    "abstains and contains": (
        in_case("question: a", "abstains: true", "contains: [b]"),
        5,
        "an abstention has no `contains`; remove `contains` or `abstains`",
    ),
    "abstains and cites": (in_case("question: a", "cites: [b]", "abstains: true"), 4, "an abstention has no `cites`"),
}


@pytest.mark.parametrize(("text", "line", "message"), ERRORS.values(), ids=ERRORS)
def test_an_invalid_case_is_an_error_of_one_line_with_its_position(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    file = write(tmp_path, text)
    error = error_of(file)
    assert error.startswith(f"{file}, line {line}")
    assert message in error
    assert "\n" not in error
    if "- name: mill\n    " in text and "not YAML" not in error:
        assert "case mill: " in error


def test_names_are_unique_in_all_files(tmp_path: Path) -> None:
    first = write(tmp_path, "cases:\n  - {name: mill, question: a}", "a.yaml")
    second = write(tmp_path, "cases:\n\n  - {name: mill, question: b}", "b.yaml")
    taken = f"this name is already taken at {first}, line 2; rename one of the two"
    assert error_of(first, second) == f"{second}, line 3, case mill: {taken}"


def test_a_missing_file_an_empty_folder_and_a_file_that_is_not_text(tmp_path: Path) -> None:
    missing = tmp_path / "none.yaml"
    assert error_of(missing) == f"{missing}: there is no such file; check the path"
    assert error_of(tmp_path) == f"{tmp_path}: this folder has no *.yaml or *.yml file; name one that has"
    binary = tmp_path / "latin.yaml"
    binary.write_bytes("cases: é".encode("latin-1"))
    assert error_of(binary) == f"{binary}: the file is not UTF-8 text; save it as UTF-8"
