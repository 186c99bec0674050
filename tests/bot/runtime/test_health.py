"""The sign of life of `footnote serve`, and `footnote serve --check`."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.main import footnote
from bot.errors import FootnoteError
from bot.runtime.health import FILE, Health


def test_a_bot_that_is_connected_is_healthy(tmp_path: Path) -> None:
    health = Health(tmp_path)
    health.tell(connected=True, latency=0.05)
    assert health.check() == f"the bot (process {os.getpid()}) runs and is connected"
    assert json.loads((tmp_path / FILE).read_text())["latency"] == 0.05
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize("latency", [float("nan"), float("inf"), -1.0])
def test_a_latency_that_is_not_known_yet_is_left_out(tmp_path: Path, latency: float) -> None:
    Health(tmp_path).tell(connected=True, latency=latency)
    assert json.loads((tmp_path / FILE).read_text())["latency"] is None


def test_a_bot_that_is_not_connected_is_not_healthy(tmp_path: Path) -> None:
    health = Health(tmp_path)
    health.tell(connected=False, latency=0.05)
    with pytest.raises(FootnoteError, match="runs, but is not connected"):
        health.check()


@pytest.mark.parametrize("age", [61.0, 86400.0, -86400.0])
def test_an_old_sign_or_one_of_another_time_is_none(tmp_path: Path, age: float) -> None:
    sign = {"process": 7, "at": time.time() - age, "connected": True, "latency": None}
    (tmp_path / FILE).write_text(json.dumps(sign))
    with pytest.raises(FootnoteError, match=r"the bot \(process 7\) gave its last sign of life"):
        Health(tmp_path).check()


@pytest.mark.parametrize("content", [None, "", "[1]", "{}", '{"at": "noon"}', '{"at": 1, "connected": true}', "\ufffd"])
def test_without_a_sign_no_bot_is_running(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / FILE).write_text(content)
    with pytest.raises(FootnoteError, match="no bot is running"):
        Health(tmp_path).check()


def test_a_bot_that_has_stopped_leaves_no_sign(tmp_path: Path) -> None:
    health = Health(tmp_path)
    health.tell(connected=True, latency=0.05)
    health.clear()
    health.clear()
    with pytest.raises(FootnoteError, match="footnote serve"):
        health.check()


def test_a_sign_that_cant_be_written_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Health(tmp_path / "missing").tell(connected=True, latency=0.05)
    assert FILE in caplog.text


def test_the_command_says_what_the_sign_says(tmp_path: Path) -> None:
    arguments = ["--data", str(tmp_path), "serve", "--check"]
    missing = CliRunner().invoke(footnote, arguments, obj={})
    assert isinstance(missing.exception, FootnoteError)
    Health(tmp_path).tell(connected=True, latency=0.05)
    found = CliRunner().invoke(footnote, arguments, obj={})
    assert found.exit_code == 0
    assert found.output == f"the bot (process {os.getpid()}) runs and is connected\n"
