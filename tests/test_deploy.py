"""The files in `deploy/`, `.github/` and `.pre-commit-config.yaml` name real files, commands, settings and versions."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from configparser import RawConfigParser
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from bot.cli.main import footnote
from bot.config.settings import SETTINGS

REPOSITORY = Path(__file__).resolve().parents[1]
DEPLOY = REPOSITORY / "deploy"
SETTING_NAMES = {setting.name for setting in SETTINGS}


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile as pairs of an instruction and its arguments, without comments."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in lines)]


def arguments_of(instruction: str) -> list[str]:
    """Return the arguments of each occurrence of an instruction in the Dockerfile."""
    return [rest for name, rest in instructions() if name == instruction]


def copied() -> Iterator[str]:
    """Yield each path that the Dockerfile copies from the repository."""
    for arguments in arguments_of("COPY"):
        if not arguments.startswith("--from="):
            yield from arguments.split()[:-1]


def is_sent_to_docker(path: str) -> bool:
    """Return True unless the ignore file excludes a path; the last pattern that matches decides."""
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    is_sent = True
    for pattern in lines:
        if pattern and not pattern.startswith("#") and fnmatch(path, pattern.removeprefix("!")):
            is_sent = pattern.startswith("!")
    return is_sent


def assert_is_a_command(arguments: list[str]) -> None:
    """Fail unless `arguments` are `footnote`, a command and options of it."""
    program, command, *options = arguments
    assert Path(program).name == "footnote"
    known = {name for one in footnote.commands[command].params if isinstance(one, click.Option) for name in one.opts}
    assert set(options) <= known


def project() -> dict[str, Any]:
    """Return pyproject.toml."""
    return tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_image_is_built_from_files_that_exist_and_are_not_ignored() -> None:
    assert {"bot", "index", "prompts", "seeds", "pyproject.toml", "constraints.txt"} <= set(copied())
    for path in copied():
        assert (REPOSITORY / path).exists(), path
        assert is_sent_to_docker(path), path


def test_secrets_and_indexes_are_not_sent_to_docker() -> None:
    for path in (".env", ".git", ".venv", ".footnote", "tests"):
        assert not is_sent_to_docker(path), path


def test_the_image_runs_real_commands() -> None:
    (start,) = arguments_of("CMD")
    (health,) = arguments_of("HEALTHCHECK")
    assert_is_a_command(json.loads(start))
    assert_is_a_command(json.loads(health.partition("CMD ")[2]))


def test_the_image_has_the_python_and_the_torch_that_the_project_requires() -> None:
    required = project()["project"]
    oldest, newest = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", required["requires-python"]).groups()  # type: ignore[union-attr]
    for image in arguments_of("FROM"):
        minor = re.match(r"python:3\.(\d+)-slim", image)
        assert minor is not None
        assert int(oldest) <= int(minor[1]) < int(newest)
    (torch,) = (one for one in required["dependencies"] if one.startswith("torch=="))
    assert any(f"pip install {torch} " in arguments for arguments in arguments_of("RUN"))


def test_the_image_sets_only_settings_that_exist() -> None:
    names = set(re.findall(r"\b([A-Z][A-Z_]+)=", arguments_of("ENV")[-1]))
    assert names - {"PATH"} == {"SEEDS_DIR", "DATA_DIR"} <= SETTING_NAMES


def test_compose_starts_that_image_with_settings_that_exist() -> None:
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    service = composed["services"]["bot"]
    context = DEPLOY / service["build"]["context"]
    assert context.resolve() == REPOSITORY
    assert (context / service["build"]["dockerfile"]).is_file()
    assert set(service["environment"]) <= SETTING_NAMES
    mounts = dict(reversed(volume.split(":")[:2]) for volume in service["volumes"])
    assert set(mounts) == set(service["environment"].values())
    assert (DEPLOY / mounts["/seeds"]).resolve() == REPOSITORY / "seeds"
    assert mounts["/data"] in composed["volumes"]
    assert (DEPLOY / service["env_file"]).resolve() == REPOSITORY / ".env"


def unit() -> RawConfigParser:
    """Return the systemd unit, parsed."""
    parser = RawConfigParser(strict=True)
    parser.optionxform = str  # type: ignore[assignment, method-assign] # systemd's names are in mixed case
    parser.read_string((DEPLOY / "footnote.service").read_text(encoding="utf-8"))
    return parser


def test_the_systemd_unit_starts_a_real_command_and_lets_the_bot_finish() -> None:
    from bot.discord.connection.startup import CLOSING_PATIENCE

    service = unit()["Service"]
    assert_is_a_command(service["ExecStart"].split())
    assert service["ExecStart"].startswith(service["WorkingDirectory"])
    assert float(service["TimeoutStopSec"]) > CLOSING_PATIENCE


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    text = (DEPLOY / "footnote.service").read_text(encoding="utf-8")
    installed = tmp_path / "footnote.service"
    installed.write_text(text.replace("/srv/footnote/.venv/bin/footnote", "/bin/true"), encoding="utf-8")
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(installed)], capture_output=True, text=True, check=False
    )
    complaints = [line for line in verified.stderr.splitlines() if "footnote" in line]
    assert (verified.returncode, complaints) == (0, [])


def test_the_workflow_runs_what_a_developer_runs() -> None:
    workflow = yaml.safe_load((REPOSITORY / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    job = workflow["jobs"]["test"]
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    assert "make test" in (REPOSITORY / ".ci/run").read_text(encoding="utf-8")
    listed = [one for one in project()["project"]["classifiers"] if one.startswith("Programming Language")]
    assert job["strategy"]["matrix"]["python"] == [one.split()[-1] for one in listed]


@pytest.mark.parametrize("path", sorted((REPOSITORY / ".github").rglob("*.yml")), ids=lambda path: path.name)
def test_every_form_and_workflow_is_valid_yaml(path: Path) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    for field in content.get("body", []):
        assert {"type", "id", "attributes"} <= set(field)


def test_the_hooks_run_the_tools_of_the_virtual_environment() -> None:
    (repository,) = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert repository["repo"] == "local"
    required = " ".join(project()["project"]["optional-dependencies"]["test"])
    for hook in repository["hooks"]:
        tool = hook["entry"].split()[0]
        assert tool.startswith(".venv/bin/")
        assert Path(tool).name in required
        assert hook["language"] == "system"
