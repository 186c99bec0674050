"""Fixtures for pytest, for a conftest.py or test: `from tests.fake_discord.fixtures import fake_discord`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fake_discord.people import FakeDiscord


@pytest.fixture
def fake_discord() -> Iterator[FakeDiscord]:
    """A Discord with default settings, strict: the test fails if there is a violation at its end.

    For other settings use `with FakeDiscord(message_content="granted") as discord:`.
    """
    with FakeDiscord() as discord:
        yield discord
        discord.check()
