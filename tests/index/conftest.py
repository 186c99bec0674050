"""Fixtures of the tests with a Chroma server: a real server, and a database for each test."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from index.storage.server.connection import ChromaServer
from tests.support.chroma_servers import RunningChroma


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningChroma]:
    """Run a server."""
    with RunningChroma(tmp_path_factory.mktemp("chroma")) as running:
        yield running


@pytest.fixture
def chroma(running: RunningChroma) -> ChromaServer:
    """Return a new database on that server."""
    return ChromaServer(running.url, database=f"test-{secrets.token_hex(4)}", grace=0)
