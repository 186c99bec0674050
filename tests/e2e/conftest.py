"""Fixtures of the tests of the command line: `footnote` in this process, over the indexed example documents."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli.main import run
from bot.config.settings import SETTING_NAMES
from index.storage.paths import CATALOG
from tests.support.command import Footnote, Outcome


@pytest.fixture
def footnote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], embedder: object
) -> Footnote:
    """Run a command line in this process, with an empty folder as the current one."""
    assert embedder is not None  # it imports the libraries, so that their warnings are not part of the output
    for name in SETTING_NAMES | {"COLUMNS", "NO_COLOR", "FORCE_COLOR"}:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def run_here(*arguments: str) -> Outcome:
        capsys.readouterr()
        code = run([*arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Outcome(code, captured.out, captured.err)

    return run_here


@pytest.fixture
def project(indexed: Path, tmp_path: Path) -> Path:
    """Copy `indexed` into the current folder of `footnote`, to be changed."""
    shutil.copytree(indexed, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("slots"))
    with closing(sqlite3.connect(tmp_path / ".footnote" / CATALOG)) as catalog, catalog:
        catalog.execute("UPDATE generation SET seeds = ?", (str((tmp_path / "seeds").resolve()),))
    return tmp_path


@pytest.fixture
def example(indexed: Path, footnote: Footnote, monkeypatch: pytest.MonkeyPatch) -> Footnote:
    """Run `footnote` in the folder `indexed`, for commands that change nothing."""
    monkeypatch.chdir(indexed)
    return footnote
