"""Ctrl-C, a closed pipe, and two commands at once: one line, no traceback, nothing lost."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, PIPE

import pytest

from tests.support.command import QUESTION, Outcome, command, in_a_process, surroundings

STOPPED = "footnote: stopped; what was finished is kept"


@contextmanager
def started(*arguments: str, folder: Path, stdin: int = DEVNULL) -> Iterator[subprocess.Popen[str]]:
    """Run `footnote` in a process of its own, and kill it at the end of the context if it still runs."""
    process = subprocess.Popen(
        command(*arguments), cwd=folder, env=surroundings(), stdin=stdin, stdout=PIPE, stderr=PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for(path: Path, pattern: str, process: subprocess.Popen[str]) -> None:
    """Wait until the running command has created a file."""
    deadline = time.monotonic() + 300
    while not any(path.glob(pattern)):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def interrupted(process: subprocess.Popen[str]) -> Outcome:
    """Send SIGINT as Ctrl-C does, and wait for the end."""
    process.send_signal(signal.SIGINT)
    output, notices = process.communicate(timeout=1200)
    assert "Traceback" not in notices
    return Outcome(process.returncode, output, notices)


def test_ctrl_c_while_indexing_and_the_next_run_finishes(project: Path) -> None:
    (project / ".footnote").rename(project / "old")
    with started("index", folder=project) as process:
        wait_for(project / ".footnote", "catalog.sqlite", process)
        stopped = interrupted(process)
    assert (stopped.code, stopped.line, stopped.output) == (130, STOPPED, "")
    finished = in_a_process("index", folder=project)
    assert finished.code == 0
    assert finished.output.splitlines()[1].split() == ["5", "0", "0", "0", "0", "0"]


def test_ctrl_c_while_the_model_loads(project: Path) -> None:
    with started("ask", QUESTION, folder=project) as process:
        wait_for(project / ".footnote", "generations/1/slots/0", process)  # the index is opened before the model
        stopped = interrupted(process)
    assert (stopped.code, stopped.line, stopped.output) == (130, STOPPED, "")


def test_ctrl_c_in_a_chat_that_waits_for_piped_questions(project: Path) -> None:
    with started("chat", folder=project, stdin=PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("What did Bolton say the talks were about?\n")
        process.stdin.flush()
        assert process.stdout.readline() == "? What did Bolton say the talks were about?\n"
        stopped = interrupted(process)
    assert (stopped.code, stopped.line) == (130, STOPPED)


@pytest.mark.parametrize("arguments", [["documents"], ["documents", "--json"], ["documents", "--text", "talks.md"]])
def test_a_closed_pipe_ends_the_command_quietly(project: Path, arguments: list[str]) -> None:
    with started(*arguments, folder=project) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
        assert process.wait(timeout=1200) == 0


def test_two_first_questions_at_once(project: Path) -> None:
    (project / ".footnote").rename(project / "old")
    with (
        started("ask", "--json", QUESTION, folder=project) as one,
        started("ask", "--json", QUESTION, folder=project) as other,
    ):
        for process in (one, other):
            output, notices = process.communicate(timeout=1200)
            assert process.returncode == 0, notices
            assert [citation["document"] for citation in json.loads(output)["citations"]] == ["talks.md"]
            assert "There is no index yet" in notices


def test_a_running_writer_is_reported_and_can_be_waited_for(project: Path) -> None:
    holding = "import sys, time; from pathlib import Path; from index.storage.writer_lock import writer_lock\n"
    holding += "with writer_lock(Path('.footnote')): print('held', flush=True); time.sleep(600)"
    process = subprocess.Popen([sys.executable, "-c", holding], cwd=project, env=surroundings(), stdout=PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        refused = in_a_process("index", folder=project)
        assert refused.code == 2
        assert f"process {process.pid} has been indexing into" in refused.line
        assert f"process {process.pid} began" in in_a_process("status", folder=project).output
        with started("index", "--wait", folder=project) as waiting:
            time.sleep(1)
            assert waiting.poll() is None
            process.kill()
            assert waiting.wait(timeout=1200) == 0
    finally:
        process.kill()
        process.communicate()
    # The lock of a process that died is free.
    assert in_a_process("index", folder=project).code == 0


def test_a_watched_folder_until_ctrl_c(project: Path) -> None:
    with started("index", "watch", folder=project) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == f"Watching {project / 'seeds'}; press Ctrl-C to stop.\n"
        (project / "seeds" / "ferry.txt").write_text("The ferry lands at Dunmouth.")
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(6)]
        assert [line.split()[0] for line in lines[1::3]] == ["0", "added"]
        assert "the folder has changed" in lines[3]
        assert lines[5].split() == ["1", "0", "0", "0", "5", "0"]
        stopped = interrupted(process)
    assert (stopped.code, stopped.line) == (130, STOPPED)
    assert "ferry.txt" in in_a_process("documents", folder=project).output
