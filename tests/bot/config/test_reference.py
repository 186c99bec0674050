"""`.env.example` and docs/settings.md are generated from the settings, and the help of flags is too."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.main import footnote
from bot.config.reference import env_example, settings_page
from bot.config.settings import SETTINGS, load_settings

REPOSITORY = Path(__file__).resolve().parents[3]
GENERATED = {".env.example": ("env", env_example), "docs/settings.md": ("docs", settings_page)}


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_file_is_current(name: str) -> None:
    argument, text = GENERATED[name]
    command = f"python -m bot.config.reference {argument} > {name}"
    assert (REPOSITORY / name).read_text(encoding="utf-8") == text(), f"run `{command}`"


@pytest.mark.parametrize("name", GENERATED)
def test_the_command_prints_the_file(name: str) -> None:
    argument, text = GENERATED[name]
    command = [sys.executable, "-m", "bot.config.reference", argument]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout == text()


def test_the_command_describes_its_usage() -> None:
    command = [sys.executable, "-m", "bot.config.reference", "everything"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "usage: python -m bot.config.reference env|docs\n")


def test_copying_the_example_changes_nothing(tmp_path: Path) -> None:
    """Neither as it is, nor with every `#` before a setting removed."""
    example = env_example()
    without = load_settings(environment={}, folder=tmp_path)
    for content in (example, re.sub(r"^#(?=[A-Z])", "", example, flags=re.MULTILINE)):
        (tmp_path / ".env").write_text(content, encoding="utf-8")
        copied = load_settings(environment={}, folder=tmp_path)
        for setting in SETTINGS:
            assert getattr(copied, setting.name.lower()) == getattr(without, setting.name.lower())


def test_every_setting_has_a_help_of_whole_sentences() -> None:
    for setting in SETTINGS:
        assert re.fullmatch(r"[A-Z].*\.", setting.help), setting.name
        assert not re.match(r"(?:What|Whether|How|Where|The|A)\b", setting.help), setting.name


def test_the_help_of_a_flag_is_that_of_its_setting() -> None:
    shown = " ".join(CliRunner().invoke(footnote, ["--help"]).output.split())
    for setting in SETTINGS:
        if setting.flag is not None:
            assert f"{setting.help.removesuffix('.')} ({setting.name})." in shown
