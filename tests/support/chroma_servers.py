"""A real Chroma server for tests, which can be stopped and restarted at the same address."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import DEVNULL
from typing import Self

import httpx
from chromadb.api import ClientAPI as Client

from index.storage.server.connection import ChromaServer, close_client

CHROMA = Path(sys.executable).with_name("chroma")


class RunningChroma:
    """Runs `chroma run` on a folder, for the length of a context or between `start` and `stop`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        command = [str(CHROMA), "run", "--path", str(self._folder), "--host", "127.0.0.1", "--port", str(self.port)]
        self._process = subprocess.Popen(command, stdout=DEVNULL, stderr=DEVNULL)
        end = time.monotonic() + 600  # far more than needed: a busy machine must not fail a test
        with httpx.Client(verify=False, trust_env=False, timeout=1) as client:
            while time.monotonic() < end:
                with suppress(httpx.TransportError):
                    if client.get(f"{self.url}/api/v2/heartbeat").status_code == 200:
                        return
                assert self._process.poll() is None, "chroma run has ended"
                time.sleep(0.05)
        raise AssertionError("chroma run does not answer")

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Stop the process without ending it, so that requests are accepted and never answered."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        os.waitpid(self._process.pid, os.WUNTRACED)  # it stops some time after the signal was sent
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Kill the server."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def connected(chroma: ChromaServer) -> Iterator[Client]:
    """Connect a client of Chroma."""
    client = chroma.client()
    try:
        yield client
    finally:
        close_client(client)
