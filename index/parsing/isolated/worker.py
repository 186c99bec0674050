"""The process that parses: a file comes in through its standard input, its document goes out through its output."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from pathlib import Path

from index.errors import UnreadableDocument
from index.parsing.isolated.limits import OUT_OF_MEMORY, ParsingLimits
from index.parsing.isolated.messages import receive, send
from index.parsing.parse import parse_source

IDLE_SECONDS = 20.0  # without a file, after which the process ends: it holds the memory of the largest one
_MUCH = 0.4  # of the memory allowed: where so much was needed, a library's error may be for want of more


def main() -> None:
    """Parse what comes until nothing comes any more, or memory was short."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches it too; the parent decides
    requests, answers = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whatever a library prints is no answer
    while True:
        try:
            limits, path, source, site = receive(requests, deadline=time.monotonic() + IDLE_SECONDS)
        except (EOFError, TimeoutError):
            return
        except MemoryError:
            sys.exit(OUT_OF_MEMORY)
        _limit_memory(limits)
        before = _peak()
        try:
            send(answers, parse_source(path, source, site=site))
        except (UnreadableDocument, OSError) as error:
            is_short = before < _peak() > _MUCH * (limits.megabytes << 20)
            if not is_short and not isinstance(error.__cause__, MemoryError):
                send(answers, error)
                continue
            # The next file is to find all of the memory.
            send(answers, UnreadableDocument(limits.too_large))
            return
        except MemoryError:
            sys.exit(OUT_OF_MEMORY)
        except Exception as error:  # noqa: BLE001 - a fault of ours must not stop the indexing of all other files
            send(answers, UnreadableDocument(f"makes its parser fail ({type(error).__name__}); please report this"))


def _limit_memory(limits: ParsingLimits) -> None:
    """Limit what the process may allocate. Where the system knows no such limit, the one of time has to do."""
    most = limits.megabytes << 20
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard == resource.RLIM_INFINITY or most <= hard:
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def _peak() -> int:
    """Return the most bytes of memory that the process has held."""
    try:
        status = Path("/proc/self/status").read_text()
        return int(status.partition("VmHWM:")[2].split(maxsplit=1)[0]) << 10  # Linux counts its parent's in the other
    except (OSError, IndexError, ValueError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak << 10
