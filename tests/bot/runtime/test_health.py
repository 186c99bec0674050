"""The health file, and `footnote serve --check`."""

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


def test_a_connected_bot_is_healthy(tmp_path: Path) -> None:
    health = Health(tmp_path)
    health.write(connected=True, latency=0.05)
    assert health.check() == f"the bot (process {os.getpid()}) is running and connected"
    assert json.loads((tmp_path / FILE).read_text())["latency"] == 0.05
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize("latency", [float("nan"), float("inf"), -1.0])
def test_an_unknown_latency_is_left_out(tmp_path: Path, latency: float) -> None:
    Health(tmp_path).write(connected=True, latency=latency)
    assert json.loads((tmp_path / FILE).read_text())["latency"] is None


def test_an_unconnected_bot_is_not_healthy(tmp_path: Path) -> None:
    health = Health(tmp_path)
    health.write(connected=False, latency=0.05)
    with pytest.raises(FootnoteError, match="is running, but not connected"):
        health.check()


@pytest.mark.parametrize("age", [61.0, 86400.0, -86400.0])
def test_a_file_that_is_old_or_from_the_future_is_not_healthy(tmp_path: Path, age: float) -> None:
    state = {"process": 7, "at": time.time() - age, "connected": True, "latency": None}
    (tmp_path / FILE).write_text(json.dumps(state))
    with pytest.raises(FootnoteError, match=r"the bot \(process 7\) last reported"):
        Health(tmp_path).check()


@pytest.mark.parametrize("content", [None, "", "[1]", "{}", '{"at": "noon"}', '{"at": 1, "connected": true}', "\ufffd"])
def test_without_a_valid_file_no_bot_is_running(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / FILE).write_text(content)
    with pytest.raises(FootnoteError, match="no bot is running"):
        Health(tmp_path).check()


def test_an_orderly_stop_removes_the_file(tmp_path: Path) -> None:
    health = Health(tmp_path)
    health.write(connected=True, latency=0.05)
    health.clear()
    health.clear()
    with pytest.raises(FootnoteError, match="footnote serve"):
        health.check()


def test_a_file_that_cannot_be_written_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Health(tmp_path / "missing").write(connected=True, latency=0.05)
    assert FILE in caplog.text


def test_the_command_prints_the_state(tmp_path: Path) -> None:
    arguments = ["--data", str(tmp_path), "serve", "--check"]
    missing = CliRunner().invoke(footnote, arguments, obj={})
    assert isinstance(missing.exception, FootnoteError)
    Health(tmp_path).write(connected=True, latency=0.05)
    found = CliRunner().invoke(footnote, arguments, obj={})
    assert found.exit_code == 0
    assert found.output == f"the bot (process {os.getpid()}) is running and connected\n"
