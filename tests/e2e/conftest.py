"""What the tests of the command line share: one real index of the example documents, and ways to run `footnote`."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.cli.main import run
from bot.config.prompts import bundled
from bot.config.settings import SETTING_NAMES
from index.config import IndexConfig
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.ingestion.ingestion import Ingestion
from index.storage.paths import CATALOG

REPOSITORY = Path(__file__).resolve().parents[2]
QUESTION = "What did Bolton say the talks were about?"


@dataclass(frozen=True)
class Outcome:
    """What a command came to."""

    code: int
    output: str
    notices: str

    @property
    def line(self) -> str:
        """What it said on standard error, which must be a single line."""
        assert self.notices.endswith("\n")
        assert self.notices.count("\n") == 1, self.notices
        return self.notices.strip()


def surroundings(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Environment variables without any that Footnote or its output depends on, and with `extra`."""
    unwanted = SETTING_NAMES | {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TERM", "COLORTERM"}
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return {**kept, "PYTHONPATH": str(REPOSITORY), "TERM": "xterm-256color", **(extra or {})}


def command(*arguments: str) -> list[str]:
    """The real command, as a program and its arguments."""
    return [sys.executable, "-m", "bot", *arguments]


def command_after(setup: str) -> list[str]:
    """The real command in a process that first runs some Python: `preexec_fn` is not for programs with threads."""
    run_it = "import os, sys; os.execv(sys.executable, [sys.executable, '-m', 'bot', *sys.argv[1:]])"
    return [sys.executable, "-c", f"{setup}\n{run_it}"]


def in_a_process(*arguments: str, folder: Path, text: str | None = None, **options: Any) -> Outcome:
    """Run the real command, in a process of its own that sees `folder` as the current one.

    Options are those of `subprocess.run`, and `environment` (variables to add) and `program` (instead of `footnote`).
    """
    environment = surroundings(options.pop("environment", None))
    program = options.pop("program", command())
    done = subprocess.run(
        [*program, *arguments],
        cwd=folder,
        env=environment,
        input=text,
        stdin=subprocess.DEVNULL if text is None else None,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        **options,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Outcome(done.returncode, done.stdout, done.stderr)


Footnote = Callable[..., Outcome]


@pytest.fixture
def footnote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], embedder: object
) -> Footnote:
    """Run a command line in this process, with an empty folder as the current one."""
    assert embedder is not None  # the libraries are imported by it: their warnings are not ours
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


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory, embedder: SentenceTransformerEmbedder) -> Path:
    """A folder with a copy of the example documents in `seeds` and their index in `.footnote`. Not to be changed."""
    folder = tmp_path_factory.mktemp("indexed")
    shutil.copytree(bundled("seeds"), folder / "seeds")
    Ingestion(folder / ".footnote", folder / "seeds", IndexConfig(), embedder).run()
    return folder


@pytest.fixture
def project(indexed: Path, tmp_path: Path) -> Path:
    """A copy of `indexed` to be changed, which is the current folder for `footnote`."""
    shutil.copytree(indexed, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("slots"))
    with closing(sqlite3.connect(tmp_path / ".footnote" / CATALOG)) as catalog, catalog:
        catalog.execute("UPDATE generation SET seeds = ?", (str((tmp_path / "seeds").resolve()),))
    return tmp_path


@pytest.fixture
def example(indexed: Path, footnote: Footnote, monkeypatch: pytest.MonkeyPatch) -> Footnote:
    """`footnote` in the folder `indexed`, for commands that change nothing."""
    monkeypatch.chdir(indexed)
    return footnote
