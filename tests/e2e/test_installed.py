"""What someone gets who installs the wheel: the command, and the example to try it on."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.support.command import QUESTION, REPOSITORY, in_a_process


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a virtual environment with the libraries of this one, and return its `footnote`."""
    folder = tmp_path_factory.mktemp("installed")
    source = folder / "source"
    source.mkdir()
    for name in ("bot", "index", "prompts", "seeds"):
        shutil.copytree(REPOSITORY / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, source / name)
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=source, capture_output=True, check=True)
    (wheel,) = folder.glob("footnote-*.whl")
    environment = folder / "environment"
    venv.create(environment, with_pip=False, symlinks=True)
    (libraries,) = environment.glob("lib/python*/site-packages")
    # The other libraries: a folder of links, so that the editable Footnote of this environment is not among them.
    for path in (Path(found) for found in sys.path if found.endswith("site-packages")):
        for entry in path.iterdir():
            if "footnote" not in entry.name and not (libraries / entry.name).exists():
                (libraries / entry.name).symlink_to(entry)
    python = environment / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, capture_output=True, check=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    return environment / "bin" / "footnote"


def test_an_installed_footnote_brings_its_example(installed: Path, tmp_path: Path) -> None:
    here = {"PYTHONPATH": ""}
    version = in_a_process("--version", folder=tmp_path, program=[str(installed)], environment=here)
    assert re.fullmatch(r"footnote, version \d+\.\d+\.\d+\n", version.output)
    shown = in_a_process("--help", folder=tmp_path, program=[str(installed)], environment=here)
    assert (shown.code, shown.output.startswith("Usage: footnote ")) == (0, True)

    stopped = in_a_process("ask", QUESTION, folder=tmp_path, program=[str(installed)], environment=here)
    assert stopped.code == 2
    assert f"there is no folder {tmp_path / 'seeds'}" in stopped.line
    assert list(tmp_path.iterdir()) == []
    # What the line advises, word by word.
    advised = shlex.split(stopped.line.rpartition(": footnote ")[2])
    assert advised[0] == "--seeds"
    assert Path(advised[1]).is_relative_to(installed.parent.parent)
    asked = in_a_process(*advised, folder=tmp_path, program=[str(installed)], environment=here)
    assert asked.code == 0
    assert "nothing except Maduro's departure and free elections." in asked.output
    assert "[1] The secret talks between Washington and Caracas, talks.md" in asked.output
    assert asked.line.startswith("There is no index yet")
