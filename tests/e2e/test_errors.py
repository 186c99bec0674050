"""Errors of the set-up or the input are one line that says what is wrong, where, and what to do."""

from __future__ import annotations

import os
import shlex
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest
from fpdf import FPDF
from fpdf.enums import AccessPermission

from bot.cli import main as cli
from bot.config.prompts import bundled
from index.parsing.known_formats import READS
from index.storage.paths import CATALOG
from tests.support.command import QUESTION, Footnote, command_after, in_a_process

SEARCHING = [["ask", QUESTION], ["search", "talks"], ["chat"], ["index"]]


# Without these two capabilities, root obeys the modes of files and folders like other users.
WITHOUT_SPECIAL_RIGHTS = """
import ctypes, os
if os.geteuid() == 0:
    drop_from_bounding_set, override_modes, read_and_search = 24, 1, 2
    for right in (override_modes, read_and_search):
        ctypes.CDLL(None).prctl(drop_from_bounding_set, right, 0, 0, 0)
"""
# A limit on the size of files replaces a full disk: the operating system refuses to write more.
WITH_SMALL_FILES = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
"""


@pytest.mark.parametrize("arguments", SEARCHING)
def test_no_seeds_folder(footnote: Footnote, tmp_path: Path, arguments: list[str]) -> None:
    stopped = footnote(*arguments)
    assert stopped.code == 2
    assert stopped.line == (
        f"footnote: there is no folder {tmp_path / 'seeds'}: create it and put documents there, or name yours with "
        "SEEDS_DIR or --seeds; to try the included example: footnote --seeds "
        f'{shlex.quote(str(bundled("seeds")))} ask "What did Bolton say the talks were about?"'
    )
    named = footnote("--seeds", "papers", *arguments)
    assert (named.code, named.line) == (
        2,
        f"footnote: There is no folder {tmp_path / 'papers'}: create it, or name yours with SEEDS_DIR or --seeds.",
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", SEARCHING)
def test_an_empty_seeds_folder(footnote: Footnote, tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "seeds").mkdir()
    stopped = footnote(*arguments)
    assert (stopped.code, stopped.line) == (
        2,
        (
            f"footnote: {tmp_path / 'seeds'} has no readable document: put documents there ({READS}), or name another "
            "folder with SEEDS_DIR or --seeds"
        ),
    )


def test_a_seeds_folder_that_is_a_file(footnote: Footnote, tmp_path: Path) -> None:
    (tmp_path / "seeds").write_text("not a folder")
    stopped = footnote("ask", QUESTION)
    assert stopped.code == 2
    assert f"{tmp_path / 'seeds'} is a file, not a folder" in stopped.line


@pytest.mark.parametrize("arguments", [["status"], ["documents"], ["documents", "--text", "a.txt"]])
def test_nothing_indexed_yet(footnote: Footnote, tmp_path: Path, arguments: list[str]) -> None:
    stopped = footnote(*arguments)
    assert (stopped.code, stopped.line) == (
        2,
        f"footnote: there is no index in {tmp_path / '.footnote'} yet; run `footnote index`",
    )


def test_files_that_cannot_be_read_are_listed_with_their_reasons(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "good.txt").write_text("Herons stand on one leg.\n")
    (seeds / "binary.txt").write_bytes(bytes(range(256)) * 20)
    (seeds / "empty.md").write_text("")
    (seeds / "letter.docx").write_text("No Word document.\n")
    (seeds / "photo.pdf").write_bytes(b"\x89PNG\r\n\x1a\n")
    (seeds / "closed.txt").write_text("Nobody may read this.\n")
    (seeds / "closed.txt").chmod(0)
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica")
    pdf.cell(text="Herons stand on one leg.")
    (seeds / "short.pdf").write_bytes(bytes(pdf.output())[:400])
    locked = FPDF()
    locked.add_page()
    locked.set_encryption("owner", "user", permissions=AccessPermission.none())
    (seeds / "locked.pdf").write_bytes(bytes(locked.output()))
    indexed = in_a_process("index", folder=tmp_path, program=command_after(WITHOUT_SPECIAL_RIGHTS))
    assert (indexed.code, indexed.notices) == (0, "")
    counts = dict(zip(*(line.split() for line in indexed.output.splitlines()[:2]), strict=True))
    assert (counts["added"], counts["unreadable"]) == ("1", "7")
    listed = in_a_process("documents", folder=tmp_path).output
    reasons = [line for line in indexed.output.splitlines() if line.startswith("  unreadable: ")]
    for name, reason in {
        "binary.txt": "is not text",
        "closed.txt": "denied",
        "empty.md": "is empty",
        "letter.docx": "is not a Word document",
        "locked.pdf": "password",
        "photo.pdf": "is not a PDF",
        "short.pdf": "is cut short",
    }.items():
        (line,) = [line for line in reasons if line.startswith(f"  unreadable: {name} ")]
        assert reason in line
        assert line.removeprefix("  ") in listed


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("SEED_DIR=papers\n", "line 1: unknown setting SEED_DIR; did you mean SEEDS_DIR?"),
        ("\nANSWER_THRESHOLD=2\n", "ANSWER_THRESHOLD is '2' ({file}, line 2); it must be a number from 0 to 1"),
        ("LOG_LEVEL=loud\n", "it must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL"),
        ("PROMPTS_DIR=nowhere\n", "correct PROMPTS_DIR"),
    ],
)
def test_a_wrong_setting(footnote: Footnote, tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / ".env").write_text(content)
    stopped = footnote("ask", QUESTION)
    assert stopped.code == 2
    assert message.format(file=tmp_path / ".env") in stopped.line


def test_a_data_folder_that_is_a_file(footnote: Footnote, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a folder")
    for arguments in (*SEARCHING, ["status"], ["documents"]):
        stopped = footnote("--data", "notes.txt", *arguments)
        assert (stopped.code, stopped.line) == (
            2,
            (
                f"footnote: DATA_DIR is {tmp_path / 'notes.txt'} (--data), but {tmp_path / 'notes.txt'} is a file; "
                "name a folder"
            ),
        )
    within = footnote("--data", "notes.txt/deeper", "index")
    assert (within.code, f"but {tmp_path / 'notes.txt'} is a file" in within.line) == (2, True)


@pytest.mark.parametrize("arguments", [["ask", QUESTION], ["index"], ["status"]])
def test_a_data_folder_that_cannot_be_written(project: Path, arguments: list[str]) -> None:
    data = project / ".footnote"
    for path in (data, *data.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        stopped = in_a_process(*arguments, folder=project, program=command_after(WITHOUT_SPECIAL_RIGHTS))
        assert (stopped.code, stopped.line) == (
            2,
            (
                f"footnote: DATA_DIR is {data} (default), which is not writable; make it writable, or name "
                "another folder with DATA_DIR or --data"
            ),
        )
    finally:
        for path in (data, *data.rglob("*")):
            path.chmod(0o755)


def test_a_disk_that_fills_up_while_indexing(project: Path) -> None:
    (project / "seeds" / "new.txt").write_text("Herons stand on one leg.\n" * 20_000)
    stopped = in_a_process("index", folder=project, program=command_after(WITH_SMALL_FILES))
    assert stopped.code == 2
    assert "no room left on the disk" in stopped.line
    assert str(project / ".footnote") in stopped.line
    assert in_a_process("status", folder=project).output.count("the index is behind: 1 new") == 1


def test_an_index_whose_embedder_is_gone(project: Path, footnote: Footnote) -> None:
    with closing(sqlite3.connect(project / ".footnote" / CATALOG)) as catalog, catalog:
        catalog.execute("UPDATE generation SET embedder = ?, fingerprint = 'of its own'", (str(project / "gone"),))
    stopped = footnote("ask", QUESTION)
    assert stopped.code == 2
    assert "the model that the index was built with can't be loaded" in stopped.line
    assert str(project / "gone") in stopped.line
    assert "run `footnote index`" in stopped.line
    # The advice helps.
    assert footnote("index").code == 0
    assert footnote("ask", QUESTION).code == 0


def test_an_embedder_that_cannot_be_loaded(project: Path, footnote: Footnote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBED_MODEL", "./nowhere")
    stopped = footnote("index")
    assert stopped.code == 2
    assert f"the embedding model '{project / 'nowhere'}' can't be loaded" in stopped.line
    assert "set EMBED_MODEL" in stopped.line
    monkeypatch.delenv("EMBED_MODEL")
    assert footnote("ask", QUESTION).code == 0


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("", "the question is empty"),
        (" \n\t ", "the question is empty"),
        ("?! … --", "the question holds no word to search for"),
        ("why " * 12_500, "the question is 49,999 characters long; ask in 2,000 or fewer"),
    ],
)
def test_a_question_that_cannot_be_asked(example: Footnote, command: str, question: str, message: str) -> None:
    stopped = example(command, question)
    assert stopped.code == 2
    assert message in stopped.line


def test_a_question_can_contain_invalid_bytes(project: Path) -> None:
    asked = in_a_process("ask", os.fsdecode(b"--json"), os.fsdecode(b"What did Bolt\xffon say?"), folder=project)
    assert asked.code in (0, 3)
    assert '"question": "What did Bolt?on say?"' in asked.output


@pytest.fixture
def failing() -> Iterator[str]:
    """Add a command with a bug."""

    def divide() -> float:
        return 1 / len([])

    cli.footnote.add_command(click.Command("fail", callback=divide))
    yield "fail"
    del cli.footnote.commands["fail"]


def test_an_internal_error_is_one_line_and_its_traceback_is_logged(
    footnote: Footnote, failing: str, tmp_path: Path
) -> None:
    failed = footnote("--data", "kept", failing)
    log = tmp_path / "kept" / "errors.log"
    assert failed.code == 70
    assert failed.line == (f"footnote: internal error (ZeroDivisionError: division by zero); details are in {log}")
    assert "in divide\n    return 1 / len([])" in log.read_text()
    footnote("--data", "kept", failing)
    assert log.read_text().count("Traceback") == 2


def test_output_that_cannot_be_written(project: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full here")
    program = [
        sys.executable,
        "-c",
        "import sys; sys.stdout = open('/dev/full', 'w'); from bot.cli.main import main; main()",
    ]
    stopped = in_a_process("documents", folder=project, program=program)
    assert stopped.code == 2
    assert stopped.line == "footnote: the output can't be written (No space left on device)"
