"""Files of the data folder that are lost or damaged are rebuilt by the next question."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from index.storage.paths import CATALOG
from tests.support.command import QUESTION, Footnote, in_a_process


def empty(path: Path) -> None:
    """Make a file empty."""
    path.write_bytes(b"")


def halve(path: Path) -> None:
    """Remove the second half of a file, as a full disk does."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def scramble(path: Path) -> None:
    """Change the content of a file but not its size."""
    content = path.read_bytes()
    path.write_bytes(bytes(255 - byte for byte in content))


def delete(path: Path) -> None:
    """Remove a file or a folder."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def answered(footnote: Footnote) -> None:
    """Ask, and check the answer."""
    asked = footnote("ask", "--json", QUESTION)
    assert asked.code == 0, asked.notices
    found = json.loads(asked.output)
    assert [citation["document"] for citation in found["citations"]] == ["talks.md"]
    for piece in (*found["citations"], *found["passages"]):
        text = footnote("documents", "--text", piece["document"]).output
        assert text[piece["start"] : piece["end"]] == piece.get("quote", piece.get("text"))


@pytest.mark.parametrize("damage", [empty, halve, scramble, delete])
@pytest.mark.parametrize(
    "part",
    [
        "generations/1/manifest.json",
        "generations/1/chroma/chroma.sqlite3",
        "generations/1/chroma/*/*.bin",
        "generations/1/lexical/*.store",
        "generations/1/lexical/meta.json",
        "generations/1/slots/0/chroma.sqlite3",
    ],
)
def test_damaged_files_of_a_generation(
    project: Path, footnote: Footnote, part: str, damage: Callable[[Path], None]
) -> None:
    answered(footnote)  # now there is a slot too
    damaged = [path for path in (project / ".footnote").glob(part) if path.stat().st_size]
    assert damaged
    for path in damaged:
        damage(path)
    answered(footnote)
    assert "is up to date" in footnote("status").output


@pytest.mark.parametrize("part", ["generations", "generations/1", "generations/1/chroma", "generations/1/lexical"])
def test_missing_folders_of_a_generation(project: Path, footnote: Footnote, part: str) -> None:
    delete(project / ".footnote" / part)
    answered(footnote)


def test_a_rebuild_is_reported_in_one_line(project: Path) -> None:
    delete(project / ".footnote" / "generations" / "1" / "manifest.json")
    asked = in_a_process("ask", QUESTION, folder=project)
    assert asked.code == 0
    assert "rebuilding it from the catalog" in asked.line


@pytest.mark.parametrize("damage", [empty, halve, scramble, delete])
def test_a_damaged_catalog(project: Path, footnote: Footnote, damage: Callable[[Path], None]) -> None:
    damage(project / ".footnote" / CATALOG)
    status = footnote("status")
    assert status.code == 2
    assert str(project / ".footnote") in status.line
    assert "footnote index" in status.line
    answered(footnote)
    assert footnote("status").code == 0


def test_a_catalog_with_a_damaged_log(project: Path, footnote: Footnote) -> None:
    data = project / ".footnote"
    (data / f"{CATALOG}-wal").write_bytes(b"not a log" * 1000)
    (data / f"{CATALOG}-shm").write_bytes(b"\xff" * 100)
    answered(footnote)


def test_a_damaged_catalog_without_documents_is_an_error(project: Path, footnote: Footnote) -> None:
    delete(project / "seeds")
    halve(project / ".footnote" / CATALOG)
    stopped = footnote("ask", QUESTION)
    assert stopped.code == 2
    assert f"there is no folder {project / 'seeds'}" in stopped.line


def test_unfinished_generations_and_unknown_files_are_ignored(project: Path, footnote: Footnote) -> None:
    generations = project / ".footnote" / "generations"
    (generations / "2" / "chroma").mkdir(parents=True)
    (generations / "2" / "chroma" / "chroma.sqlite3").write_bytes(b"half")
    (generations / "notes.txt").write_text("a stranger")
    answered(footnote)
    (project / "seeds" / "new.md").write_text("# Herons\n\nHerons stand on one leg.\n")
    assert footnote("index").code == 0
    answered(footnote)
