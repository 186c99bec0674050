"""Commands run as processes of their own: how long they take, and how much memory."""

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

# Nothing that could set anything for Footnote; how threads wait matters much on a busy machine, to all alike.
PASSED_ON = frozenset({"HOME", "PATH", "LANG", "TMPDIR", "OMP_NUM_THREADS", "OMP_WAIT_POLICY"})
LONGEST_OUTPUT = 1000  # characters of a failed command's output that are shown


@dataclass(frozen=True, slots=True)
class Child:
    """A command that has ended: wall-clock seconds from start to end, and its peak memory in MiB."""

    seconds: float
    peak_mib: float


def run(arguments: Sequence[str], expected: Collection[int] = (0,)) -> Child:
    """Run Python with these arguments, outside of any folder that could hold settings.

    Raises `RuntimeError` with what it printed if its exit code is not an expected one.
    """
    environment = {name: value for name, value in os.environ.items() if name in PASSED_ON}
    environment |= {"PYTHONPATH": str(REPOSITORY), "HF_HUB_OFFLINE": "1"}
    with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as folder, tempfile.TemporaryFile() as output:
        # A new process is counted as large as the one that starts it, which is why a small one (`_watch`) does that.
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
    """Run Python with these arguments; print its exit code, its seconds and its MiB."""
    started = time.perf_counter()
    child = subprocess.Popen([sys.executable, *arguments], stdout=sys.stderr)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)  # it is gone: `Popen` must not wait for it again
    kibibytes = usage.ru_maxrss / 1024 if sys.platform == "darwin" else usage.ru_maxrss
    print(json.dumps([child.returncode, seconds, kibibytes / 1024]))


if __name__ == "__main__":
    _watch(sys.argv[1:])
