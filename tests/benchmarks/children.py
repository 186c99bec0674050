"""Run commands as separate processes, and measure their time and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

# No setting of Footnote is passed on. How threads wait is, because it matters on a busy machine, to all alike.
PASSED_ON = frozenset({"HOME", "PATH", "LANG", "TMPDIR", "OMP_NUM_THREADS", "OMP_WAIT_POLICY"})
LONGEST_OUTPUT = 1000  # characters of a failed command's output that are shown


@dataclass(frozen=True, slots=True)
class Child:
    """A finished command: wall-clock seconds from start to end, and peak memory in MiB."""

    seconds: float
    peak_mib: float


def run(arguments: Sequence[str], expected: Collection[int] = (0,)) -> Child:
    """Run Python with `arguments`, in a folder without settings.

    Raises `RuntimeError` with the output if the exit code is not one of `expected`.
    """
    environment = {name: value for name, value in os.environ.items() if name in PASSED_ON}
    environment |= {"PYTHONPATH": str(REPOSITORY), "HF_HUB_OFFLINE": "1"}
    with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as folder, tempfile.TemporaryFile() as output:
        # A new process counts as large as its parent, so that a small process (`_watch`) starts the command.
        watched = subprocess.run(
            [sys.executable, __file__, *arguments],
            cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=output, check=True,
        )  # fmt: skip
        code, seconds, peak_mib = json.loads(watched.stdout)
        if code not in expected:
            output.seek(0)
            said = output.read().decode(errors="replace")[-LONGEST_OUTPUT:]
            raise RuntimeError(f"{' '.join(arguments)} ended with {code}: {said}")
    return Child(seconds, peak_mib)


def _watch(arguments: Sequence[str]) -> None:
    """Run Python with `arguments`; print its exit code, seconds and MiB."""
    started = time.perf_counter()
    child = subprocess.Popen([sys.executable, *arguments], stdout=sys.stderr)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)  # already reaped: `Popen` must not wait for it again
    kibibytes = usage.ru_maxrss / 1024 if sys.platform == "darwin" else usage.ru_maxrss
    print(json.dumps([child.returncode, seconds, kibibytes / 1024]))


if __name__ == "__main__":
    _watch(sys.argv[1:])
