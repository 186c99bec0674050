"""Indexing killed at random moments, while others search: nothing crashes, nothing is mixed, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.kills import killed
from tests.support.chroma_servers import RunningChroma


@pytest.fixture
def chroma(tmp_path: Path) -> Iterator[RunningChroma]:
    """A running server."""
    with RunningChroma(tmp_path / "chroma") as running:
        yield running


def test_kills(tmp_path: Path) -> None:
    assert_all_is_well(killed(tmp_path, kills=6, seed=1), 6)


def test_kills_while_other_machines_follow(tmp_path: Path, chroma: RunningChroma) -> None:
    assert_all_is_well(killed(tmp_path, kills=3, seed=2, url=chroma.url), 3)


def assert_all_is_well(found: dict[str, Any], kills: int) -> None:
    assert sum(found["kills"].values()) >= kills
    assert all(found["kills"].values()), "in each phase"
    assert found["searches"] > 100
    assert found["rounds_seen"] > 1
    assert (found["mixed_answers"], found["crashes"], found["documents_lost"]) == ([], 0, 0)
    assert found["equals_a_fresh_index"]
    assert found["least_similarity_of_vectors"] > 0.999
    assert found["checkup"] == []
