"""Indexing killed at random moments, while others search: nothing crashes, nothing is mixed, nothing is lost."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.kills import killed


def test_ten_kills(tmp_path: Path) -> None:
    found = killed(tmp_path, kills=10, seed=1)
    assert sum(found["kills"].values()) == 10
    assert all(found["kills"].values()), "in each phase"
    assert found["searches"] > 100
    assert found["rounds_seen"] > 1
    assert (found["mixed_answers"], found["crashes"], found["documents_lost"]) == ([], 0, 0)
    assert found["equals_a_fresh_index"]
    assert found["checkup"] == []
