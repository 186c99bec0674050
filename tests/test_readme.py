"""README.md says what there is: every command, flag and setting, and every key of the JSON answer."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import click
import pytest

from bot.cli.main import footnote
from bot.config.settings import SETTINGS
from bot.types import Citation, Timings
from index.types import Passage

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(footnote.commands))
def test_every_command_and_its_flags_are_described(name: str) -> None:
    row = re.search(rf"^\| `footnote {name}\b.*$", README, re.MULTILINE)
    assert row is not None
    for parameter in footnote.commands[name].params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert any(flag in row[0] for flag in (*parameter.opts, *parameter.secondary_opts)), parameter.opts


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_described_with_its_default(setting: object) -> None:
    name, default = getattr(setting, "name"), getattr(setting, "default")  # noqa: B009 (parametrize gives objects)
    assert re.search(rf"^\| `{name}` \| {f'`{re.escape(default)}`' if default else '.*'} \|", README, re.MULTILINE)


def test_every_key_of_the_json_answer_is_described() -> None:
    described = set(re.findall(r'"(\w+)"', README))
    hidden = {"chunk_id", "sentences"}
    for kind in (Citation, Timings, Passage):
        assert {field.name for field in fields(kind)} - hidden <= described


def test_nothing_is_left_to_fill_in() -> None:
    assert not re.search(r"^\s*(?:TRANSCRIPT|SETTINGS|FIGURES|DECISIONS)$", README, re.MULTILINE)
