"""Ways to run `footnote` in tests: in a process of its own, or in this one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.config.settings import SETTING_NAMES

REPOSITORY = Path(__file__).resolve().parents[2]
QUESTION = "What did Bolton say the talks were about?"


@dataclass(frozen=True)
class Outcome:
    """Exit code, standard output and standard error of a command."""

    code: int
    output: str
    notices: str

    @property
    def line(self) -> str:
        """The only line on standard error."""
        assert self.notices.endswith("\n")
        assert self.notices.count("\n") == 1, self.notices
        return self.notices.strip()


def surroundings(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment without variables that affect Footnote or its output, and with `extra`."""
    unwanted = SETTING_NAMES | {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TERM", "COLORTERM"}
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return {**kept, "PYTHONPATH": str(REPOSITORY), "TERM": "xterm-256color", **(extra or {})}


def command(*arguments: str) -> list[str]:
    """Return the program and arguments that run `footnote`."""
    return [sys.executable, "-m", "bot", *arguments]


def command_after(setup: str) -> list[str]:
    """Return the program that runs some Python and then becomes `footnote`.

    `preexec_fn` of `subprocess` is not safe in a program with threads.
    """
    run_it = "import os, sys; os.execv(sys.executable, [sys.executable, '-m', 'bot', *sys.argv[1:]])"
    return [sys.executable, "-c", f"{setup}\n{run_it}"]


def in_a_process(*arguments: str, folder: Path, text: str | None = None, **options: Any) -> Outcome:
    """Run `footnote` in a process of its own, with `folder` as the current one.

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
        timeout=1200,  # far more than needed: a busy machine must not fail a test
        check=False,
        **options,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Outcome(done.returncode, done.stdout, done.stderr)


Footnote = Callable[..., Outcome]
