"""Fixtures for pytest, for a conftest.py or test to import: `from tests.fake_discord.fixtures import fake_discord`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fake_discord.people import FakeDiscord


@pytest.fixture
def fake_discord() -> Iterator[FakeDiscord]:
    """A Discord as it is by default, strict; at the end of the test nothing may have been violated.

    Other settings are a matter of `with FakeDiscord(message_content="granted") as discord:`.
    """
    with FakeDiscord() as discord:
        yield discord
        discord.check()
