"""Pytest plugin for `make quick`: keeps the tests that load no model, start no process and wait for nothing.

python -m pytest -p tests.quick
"""

from __future__ import annotations

import pytest

SLOW_FIXTURES = frozenset({"embedder", "chroma", "fake_discord", "footnote", "indexed", "everyone"})
SLOW_PATHS = (
    "tests/e2e/",
    "tests/bot/runtime/",
    "tests/bot/journal/test_writer.py",
    "tests/bot/discord/text/test_hostile_text.py",
    "tests/index/embedding/test_sentence_transformer.py",
    "tests/index/reader/",
    "tests/index/storage/",
    "tests/test_benchmarks.py",
    "tests/test_public_api.py",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect every test that needs one of the slow fixtures, or is below one of the slow paths."""
    slow = {item.nodeid for item in items if is_slow(item)}
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in slow])
    items[:] = [item for item in items if item.nodeid not in slow]


def is_slow(item: pytest.Item) -> bool:
    """Return True if a test takes long, by its own fixtures, by those that they use, or by its path."""
    return item.nodeid.startswith(SLOW_PATHS) or not SLOW_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))
