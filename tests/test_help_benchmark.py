"""The benchmark on documentation measures what it says: on two small projects made by hand."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import help as help_benchmark
from tests.benchmarks.help import is_complete, is_right, read_questions
from tests.benchmarks.measures import calibration_error, is_found, word_runs

PASSWORD = "Open the account page and press Forget. A letter with a link arrives within ten minutes."
FERRY = "The ferry leaves every hour from the old pier. Bicycles travel free of charge on weekdays."
MANUAL = f"# Manual\n\n## How do I reset my password?\n\n{PASSWORD}\n\n## Colours\n\nThe walls are green.\n"
TIMETABLE = f"# Timetable\n\n## When does the ferry leave?\n\n{FERRY}\n\n## Trains\n\nThere are none on Sundays.\n"


def pack(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two projects with a question each; masked, the second one has lost its section."""
    folder = tmp_path / "help"
    folder.mkdir()
    documents = [
        {"id": "1", "repo": "anna/site", "path": "docs/manual.md", "raw": MANUAL},
        {"id": "2", "repo": "bert/boats", "path": "timetable.md", "raw": TIMETABLE},
    ]
    without = TIMETABLE.replace(f"## When does the ferry leave?\n\n{FERRY}\n\n", "")
    hidden = MANUAL.replace("How do I reset my password?", "Letter with link")
    pack(folder / "corpus.dev.jsonl.gz", documents)
    pack(folder / "corpus.masked.dev.jsonl.gz", [{**documents[0], "raw": hidden}, {**documents[1], "raw": without}])
    questions = [
        {"id": "a", "repo": "anna/site", "question": "How do I reset my password?", "answer_text": PASSWORD},
        {"id": "b", "repo": "bert/boats", "question": "When does the ferry leave?", "answer_text": FERRY},
    ]
    same: dict[str, Any] = {"kind": "how-to", "masked_answer_raw": None}
    pack(folder / "questions.dev.jsonl.gz", [{**same, **one, "left_out": one["id"] == "b"} for one in questions])
    return folder


def test_projects_are_searched_alone_and_missing_sections_are_unanswerable(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept.jsonl"
    monkeypatch.setattr(sys, "argv", ["help", f"--data={data}", f"--index={tmp_path / 'index'}", f"--keep={kept}"])
    help_benchmark.main()
    plain, masked = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (plain["variant"], plain["answerable"], plain["unanswerable"]) == ("plain", 2, 0)
    assert (plain["first_before"], plain["first_after"], plain["auroc"]) == (1, 1, None)
    assert (masked["variant"], masked["answerable"], masked["unanswerable"]) == ("masked", 1, 1)
    assert masked["refused"] is not None
    rows = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    assert [row["answerable"] for row in rows] == [True, True, True, False]
    assert (tmp_path / "index" / "plain" / "anna+site" / "seeds" / "docs" / "manual.md").read_text() == MANUAL


def test_a_masked_section_is_compared_in_its_masked_words(data: Path) -> None:
    with gzip.open(data / "questions.dev.jsonl.gz", "rt", encoding="utf-8") as file:
        row = json.loads(file.readline())
    pack(data / "questions.dev.jsonl.gz", [{**row, "masked_answer_raw": "See [the page](https://a.example/reset)."}])
    (question,) = read_questions(data, "masked")
    assert question.section is not None
    assert question.section.split() == ["See", "[the", "page", "."]


def test_texts_are_compared_by_runs_of_three_words() -> None:
    assert word_runs("One two, three four") == {("one", "two", "three"), ("two", "three", "four")}
    assert word_runs("One") == {("one",)}
    assert word_runs("") == frozenset()
    assert is_found("the ferry leaves every hour from the pier", "The ferry leaves every hour.")
    assert not is_found("the ferry leaves", "bicycles travel free of charge")
    assert not is_found("", "")


def test_what_is_shown_is_right_and_complete_by_its_share() -> None:
    half = "The ferry leaves every hour from the old pier."
    assert is_right(half, FERRY)
    assert not is_right(half + " Dogs pay half of the price and cats pay nothing at all here.", FERRY)
    assert not is_right("", FERRY)
    assert is_complete(FERRY, FERRY)
    assert not is_complete("The ferry leaves every hour.", FERRY)
    assert is_complete("The ferry leaves every hour.", FERRY, limit=30)
    assert not is_complete("The ferry leaves every hour.", FERRY, limit=None)


def test_the_calibration_error_is_the_distance_in_tenths() -> None:
    assert calibration_error([], []) is None
    assert calibration_error([0.95, 0.95], [True, True]) == pytest.approx(0.05)
    assert calibration_error([0.75] * 4 + [0.15] * 4, [True] * 3 + [False] * 5) == pytest.approx(0.075)
