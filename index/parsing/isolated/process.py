"""Parse a file in a process of its own, within limits of time and memory.

A few made files make a parsing library overflow the stack, eat all memory or never end. One process parses all files,
one after the other, so that its start (0.3 s) is paid once; one that was killed is replaced.
"""

from __future__ import annotations

import atexit
import subprocess
import sys
import threading
import time

from index.errors import FootnoteError, UnreadableDocument
from index.parsing.including.expand import Expanded
from index.parsing.isolated.limits import DEFAULT_LIMITS, OUT_OF_MEMORY, ParsingLimits
from index.parsing.isolated.messages import receive, send
from index.parsing.sites.site import Site
from index.types import Document

# The working folder must not become the first place that modules are imported from: it may have an `index` of its own.
_PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from index.parsing.isolated.worker import main; main()"
_TRIES = 2  # a process may have ended for want of work, or been killed over the file before, just when it gets one


def parse_apart(
    path: str, source: Expanded, *, limits: ParsingLimits = DEFAULT_LIMITS, site: Site | None = None
) -> Document:
    """Parse what `parse.read` returned, as `parse_source` does. Raises UnreadableDocument with the reason.

    Safe to use from any thread: one file is parsed at a time.
    """
    answer = _WORKER.answer(path, source, limits, site)
    if isinstance(answer, BaseException):
        raise answer
    assert isinstance(answer, Document)
    return answer


def stop() -> None:
    """End the process. The next file starts another one."""
    _WORKER.close()


class _Worker:
    """The process, started when there is something to parse."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._limits = DEFAULT_LIMITS

    def answer(self, path: str, source: Expanded, limits: ParsingLimits, site: Site | None) -> object:
        """Return the document, or the error that says why there is none."""
        with self._lock:
            for _ in range(_TRIES):
                process = self._running(limits)
                try:
                    return _exchange(process, (limits, path, source, site), limits.seconds)
                except TimeoutError:
                    self._kill()
                    return UnreadableDocument(limits.too_long)
                except (EOFError, BrokenPipeError):
                    code = process.wait()
                    self._kill()
                except BaseException:  # interrupted: its answer would be taken for that of the next file
                    self._kill()
                    raise
        if code == OUT_OF_MEMORY:
            return UnreadableDocument(limits.too_large)
        if code < 0:
            return UnreadableDocument(limits.deadly)
        raise FootnoteError(f"the process that parses files ends with code {code}; see what it printed")

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._kill()

    def _running(self, limits: ParsingLimits) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None or limits != self._limits:
            self._kill()
            self._limits = limits  # what was needed under others would be counted as needed under these
            self._process = subprocess.Popen(
                [sys.executable, "-c", _PROGRAM, *sys.path],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
            )
        return self._process

    def _kill(self) -> None:
        """End the process and close what leads to it."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()


def _exchange(process: subprocess.Popen[bytes], request: object, seconds: float) -> object:
    assert process.stdin is not None
    assert process.stdout is not None
    send(process.stdin.fileno(), request)
    return receive(process.stdout.fileno(), deadline=time.monotonic() + seconds)


_WORKER = _Worker()
atexit.register(stop)
