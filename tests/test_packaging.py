"""What a newcomer meets first: the package, its pinned libraries, the changelog and the Makefile."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

from bot.config.prompts import bundled
from tests.quick import SLOW_PATHS

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """Return the `[project]` table of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table


def test_the_version_is_the_newest_in_the_changelog(project: dict[str, Any]) -> None:
    headings = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \S+$", (REPOSITORY / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == project["version"]


def named(requirements: list[str]) -> Iterator[str]:
    """Return the names in requirements such as "torch>=2"."""
    return (normalised(re.split(r"[^\w.-]", requirement)[0]) for requirement in requirements)


def normalised(name: str) -> str:
    """Return a package's name in the form that indexes compare."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_dependency_is_pinned_and_only_by_number(project: dict[str, Any]) -> None:
    lines = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert [line for line in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    pinned = {normalised(line.split("==")[0]) for line in pins}
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    assert sorted({name for group in groups for name in named(group)} - pinned) == []


def test_every_library_that_is_imported_is_required_by_name(project: dict[str, Any]) -> None:
    """And not only there because another library happens to require it."""
    required = set(named(project["dependencies"]))
    training = required | set(named(project["optional-dependencies"]["bench"]))  # not in the wheel
    distributions = packages_distributions()
    undeclared = {
        found
        for package in ("bot", "index")
        for source in (REPOSITORY / package).rglob("*.py")
        for found in imported_modules(source) - sys.stdlib_module_names - {"bot", "index"}
        if not {normalised(name) for name in distributions.get(found, [])}
        & (training if "training" in source.parts else required)
    }
    assert undeclared == set()


def imported_modules(source: Path) -> set[str]:
    """Return the first parts of the names of the modules that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_a_wheel_brings_the_prompts_and_the_seeds(tmp_path: Path) -> None:
    """Built from a copy, so that a build leaves nothing in the repository."""
    source = tmp_path / "source"
    source.mkdir()
    for name in ("bot", "index", "prompts", "seeds"):
        shutil.copytree(REPOSITORY / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, source / name)
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path / "wheels")]
    built = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (wheel,) = (tmp_path / "wheels").glob("footnote-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("prompts", "seeds"):
        files = {file.relative_to(bundled(folder)).as_posix() for file in bundled(folder).rglob("*") if file.is_file()}
        assert files
        assert {f"bot/_bundled/{folder}/{file}" for file in files} <= names
    assert {f"{package}/{file}" for package in ("bot", "index") for file in ("__init__.py", "py.typed")} <= names
    assert [name for name in names if name.startswith("index/reader/training/")] == []
    assert {name.split("/")[0] for name in names} == {"bot", "index", wheel.name.split("-py3")[0] + ".dist-info"}


def test_a_source_distribution_brings_everything_that_a_contributor_needs(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", str(tmp_path)]
    built = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (archive,) = tmp_path.glob("footnote-*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    wanted = {
        path.relative_to(REPOSITORY).as_posix()
        for folder in ("bot", "index", "prompts", "seeds", "tests", "docs", "deploy", ".ci", ".github")
        for path in (REPOSITORY / folder).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    wanted |= {"Makefile", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "LICENSE", "constraints.txt"}
    wanted |= {"pyproject.toml", ".env.example", ".pre-commit-config.yaml"}
    assert wanted - names == set()


# The Makefile is run for real, in a copy whose .venv holds a stand-in for Python that prints what it is called with.

STAND_IN = """#!/bin/sh
case "$*" in *sys.version_info*) exit 0 ;; esac
for argument in "$@"; do printf '<%s>' "$argument"; done
exit "${STAND_IN_EXIT:-0}"
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Copy what the Makefile needs, with the stand-in already installed."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(REPOSITORY / name, tmp_path / name)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(STAND_IN, encoding="utf-8")
    python.chmod(0o755)
    (tmp_path / ".venv" / ".installed").touch()
    return tmp_path


def make(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    # Without the variables by which a make that runs these tests would speak to this one.
    clean = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}}
    return subprocess.run(
        ["make", *arguments], cwd=checkout, env=clean | environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "question",
    [
        "What did Bolton say the talks were about?",
        """It's "quoted" and `backticked`""",
        "What does $HOME cost: $5, $$, $(shell touch made-it) or $(touch made-it)?",
        "100% of #1; rm -rf . && a\\b | c > made-it",
        "--help",
        "Unclosed $( and ${",
    ],
)
def test_make_ask_passes_any_question_on_unchanged(checkout: Path, question: str) -> None:
    asked = make(checkout, "ask", f"Q={question}")
    assert (asked.returncode, asked.stdout, asked.stderr) == (0, f"<-m><bot><ask><--><{question}>", "")
    assert make(checkout, "ask", Q=question).stdout == asked.stdout
    assert not (checkout / "made-it").exists()


def test_make_ask_without_a_question_says_how_to_ask(checkout: Path) -> None:
    for arguments in (["ask"], ["ask", "Q="], ["ask", "Q=  "]):
        asked = make(checkout, *arguments)
        assert (asked.returncode, asked.stdout) == (2, "")
        assert asked.stderr.splitlines() == [asked.stderr.strip()]
        assert 'usage: make ask Q="your question"' in asked.stderr


@pytest.mark.parametrize(("code", "fails"), [(0, False), (3, False), (1, True), (2, True), (70, True)])
def test_make_ask_takes_an_abstention_for_an_answer_and_an_error_for_an_error(
    checkout: Path, code: int, fails: bool
) -> None:
    asked = make(checkout, "ask", "Q=Who?", STAND_IN_EXIT=str(code))
    assert (asked.returncode != 0) == fails
    assert not fails or f"Error {code}" in asked.stderr


def test_make_installs_again_only_when_the_requirements_changed(checkout: Path) -> None:
    stamp = checkout / ".venv" / ".installed"
    later = stamp.stat().st_mtime + 10
    os.utime(checkout / "constraints.txt", (later, later))
    asked = make(checkout, "ask", "Q=Who?")
    assert "Installing Footnote" in asked.stderr
    assert asked.stdout.startswith("<-m><pip><install>")
    os.utime(stamp, (later, later))
    assert "Installing Footnote" not in make(checkout, "ask", "Q=Who?").stderr


def test_make_says_which_python_it_needs(checkout: Path) -> None:
    shutil.rmtree(checkout / ".venv")
    asked = make(checkout, "ask", "Q=Who?", "PYTHON=/nowhere/python")
    assert asked.returncode == 2
    assert "Footnote needs Python 3.11, 3.12 or 3.13 with venv, and /nowhere/python is not that" in asked.stderr
    assert not (checkout / ".venv").exists()


def test_make_alone_lists_the_targets(checkout: Path) -> None:
    listed = make(checkout).stdout
    makefile = (checkout / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert targets is not None
    for target in set(targets[1].split()) - {"help"}:
        assert f"make {target}" in listed


def test_the_paths_that_make_quick_leaves_out_exist() -> None:
    assert [path for path in SLOW_PATHS if not (REPOSITORY / path).exists()] == []
