"""Everything on a Chroma server: the command line, and a bot beside it while the server goes and comes back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.discord import lines
from tests.e2e.conftest import QUESTION, in_a_process
from tests.e2e.discord_cases import BOLTON, BOLTON_SAID, scene
from tests.e2e.discord_cases import project as copied
from tests.fake_discord.people import FakeDiscord
from tests.fake_discord.waiting import text_of
from tests.index.chroma_servers import RunningChroma


@pytest.fixture
def chroma(tmp_path: Path) -> Iterator[RunningChroma]:
    """A running server of its own."""
    running = RunningChroma(tmp_path / "chroma")
    running.start()
    yield running
    running.stop()


def test_the_same_commands_work(project: Path, chroma: RunningChroma) -> None:
    there = {"CHROMA_URL": chroma.url}
    moved = in_a_process("index", folder=project, environment=there)
    assert (moved.code, "0 embedded now" in moved.output) == (0, True)
    asked = in_a_process("ask", "--json", QUESTION, folder=project, environment=there)
    assert [one["document"] for one in json.loads(asked.output)["citations"]] == ["talks.md"]
    well = in_a_process("index", "--check", folder=project, environment=there)
    assert well.output == "All is well: 5 documents, 21 chunks.\n"
    assert chroma.url in in_a_process("status", folder=project, environment=there).output
    elsewhere = in_a_process("ask", QUESTION, folder=project)
    assert (elsewhere.code, "set CHROMA_URL to it" in elsewhere.line) == (2, True)
    chroma.stop()
    away = in_a_process("ask", QUESTION, folder=project, environment=there)
    assert (away.code, "can't be reached" in away.line) == (2, True)


def test_a_bot_says_that_the_server_is_away_and_recovers(indexed: Path, tmp_path: Path, chroma: RunningChroma) -> None:
    folder = copied(indexed, tmp_path / "bot")
    there = {"CHROMA_URL": chroma.url}
    assert in_a_process("index", folder=folder, environment=there).code == 0
    discord = FakeDiscord(message_content="granted", interaction_deadline=60.0)
    with scene(discord, folder, there) as museum:
        room = museum.room()
        museum.ask(museum.ada, room, BOLTON, BOLTON_SAID)
        chroma.stop()
        museum.ask(museum.ada, room, BOLTON, lines.SERVER_AWAY)
        chroma.start()
        museum.ask(museum.ada, room, BOLTON, BOLTON_SAID)
        # Another process indexes into the same place, and the bot answers from it.
        (folder / "seeds" / "ferry.md").write_text("# The ferry\n\nThe ferry lands at Dunmouth every hour.\n")
        assert in_a_process("index", folder=folder, environment=there).code == 0
        asked = ""
        for _ in range(40):
            asked = text_of(museum.ask(museum.ada, room, "Where does the ferry land?"))
            if "Dunmouth" in asked:
                break
        assert "Dunmouth" in asked
