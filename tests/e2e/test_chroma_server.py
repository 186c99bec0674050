"""The command line and a bot with an index on a Chroma server, while the server stops and restarts."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.discord.text import lines
from tests.e2e.discord_cases import BOLTON, BOLTON_SAID, Scene, scene
from tests.e2e.discord_cases import project as copied
from tests.fake_discord.people import FakeDiscord
from tests.fake_discord.waiting import text_of
from tests.support.chroma_servers import RunningChroma
from tests.support.command import QUESTION, Footnote, Outcome, in_a_process


@pytest.fixture
def chroma(tmp_path: Path) -> Iterator[RunningChroma]:
    """Run a server for one test."""
    with RunningChroma(tmp_path / "chroma") as running:
        yield running


def assert_answered(museum: Scene, question: str, expected: str) -> None:
    """Ask until the answer comes from the newest generation."""
    room, asked, end = museum.room(), "", time.monotonic() + 300
    while expected not in asked and time.monotonic() < end:
        asked = text_of(museum.ask(museum.ada, room, question))
    assert expected in asked


@pytest.fixture
def index(chroma: RunningChroma, footnote: Footnote, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Index a folder's documents into the server from this process, which is another one than the bot's."""

    def run(folder: Path) -> None:
        with monkeypatch.context() as here:
            here.setenv("CHROMA_URL", chroma.url)
            here.chdir(folder)
            assert footnote("index").code == 0

    return run


def test_commands_work_with_a_server(
    project: Path, chroma: RunningChroma, footnote: Footnote, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = {"CHROMA_URL": chroma.url}
    moved = in_a_process("index", folder=project, environment=there)
    assert (moved.code, "0 embedded now" in moved.output) == (0, True)
    asked = in_a_process("ask", "--json", QUESTION, folder=project, environment=there)
    assert [one["document"] for one in json.loads(asked.output)["citations"]] == ["talks.md"]
    elsewhere = footnote("ask", QUESTION)
    assert (elsewhere.code, "set CHROMA_URL to it" in elsewhere.line) == (2, True)
    monkeypatch.setenv("CHROMA_URL", chroma.url)
    assert footnote("index", "check").output == "The index is sound: 5 documents, 21 chunks.\n"
    assert chroma.url in footnote("status").output
    chroma.stop()
    away = footnote("ask", QUESTION)
    assert (away.code, "can't be reached" in away.line) == (2, True)


def test_a_bot_reports_a_missing_server_and_recovers(
    indexed: Path, tmp_path: Path, chroma: RunningChroma, index: Callable[[Path], None]
) -> None:
    folder = copied(indexed, tmp_path / "bot")
    there = {"CHROMA_URL": chroma.url}
    index(folder)
    discord = FakeDiscord(message_content="granted", interaction_deadline=600.0)
    with scene(discord, folder, there) as museum:
        room = museum.room()
        museum.ask(museum.ada, room, BOLTON, BOLTON_SAID)
        chroma.stop()
        museum.ask(museum.ada, room, BOLTON, lines.SERVER_AWAY)
        chroma.start()
        museum.ask(museum.ada, room, BOLTON, BOLTON_SAID)
        # Another process indexes into the same place, and the bot answers from it.
        (folder / "seeds" / "ferry.md").write_text("# The ferry\n\nThe ferry lands at Dunmouth every hour.\n")
        index(folder)
        assert_answered(museum, "Where does the ferry land?", "Dunmouth")


def test_a_second_machine_needs_only_the_server(
    project: Path, tmp_path: Path, chroma: RunningChroma, footnote: Footnote, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = {"CHROMA_URL": chroma.url, "CHROMA_DATABASE": "museum"}
    other = tmp_path / "other"
    other.mkdir()
    for name, value in there.items():
        monkeypatch.setenv(name, value)

    def on_the_other(*arguments: str) -> Outcome:
        with monkeypatch.context() as here:
            here.chdir(other)
            return footnote(*arguments)

    missing = on_the_other("ask", QUESTION)
    assert (missing.code, "there is no folder" in missing.line) == (2, True)
    assert footnote("index").code == 0
    asked = in_a_process("ask", "--json", QUESTION, folder=other, environment=there)
    assert (asked.code, asked.notices) == (0, "")
    assert [one["document"] for one in json.loads(asked.output)["citations"]] == ["talks.md"]
    assert on_the_other("documents").output.count(".md") == 3
    status = on_the_other("status")
    assert f":{project / '.footnote'} writes" in " ".join(status.output.split())
    assert "behind" not in status.output
    (other / "seeds").mkdir()
    (other / "seeds" / "ferry.md").write_text("The ferry lands at Dunmouth every hour.\n")
    refused = on_the_other("index")
    assert (refused.code, "take the index over with `footnote index take-over`" in refused.line) == (2, True)
    assert on_the_other("index", "check").output == "The index is sound: 5 documents, 21 chunks.\n"
    lost = on_the_other("index", "take-over")
    assert (lost.code, "--prune" in lost.line) == (2, True)
    taken = on_the_other("index", "take-over", "--prune")
    assert (taken.code, "1 embedded now" in taken.output) == (0, True)
    assert "Dunmouth" in on_the_other("ask", "Where does the ferry land?").output
    for name in there:
        monkeypatch.delenv(name)
    nowhere = on_the_other("index", "take-over")
    assert (nowhere.code, "set CHROMA_URL" in nowhere.line) == (2, True)


def test_a_bot_on_another_machine_follows(
    indexed: Path, tmp_path: Path, chroma: RunningChroma, index: Callable[[Path], None]
) -> None:
    first = copied(indexed, tmp_path / "first")
    second = tmp_path / "second"
    second.mkdir()
    there = {"CHROMA_URL": chroma.url}
    index(first)
    with scene(FakeDiscord(message_content="granted", interaction_deadline=600.0), second, there) as museum:
        room = museum.room()
        museum.ask(museum.ada, room, BOLTON, BOLTON_SAID)
        assert lines.FOLLOWS in museum.command(museum.ada, room, "status")
        assert "another machine indexes the documents" in museum.command(museum.grace, room, "reindex")
        (first / "seeds" / "ferry.md").write_text("# The ferry\n\nThe ferry lands at Dunmouth every hour.\n")
        (first / "seeds" / "talks.md").unlink()
        index(first)
        assert_answered(museum, "Where does the ferry land?", "Dunmouth")
        assert "talks.md" not in text_of(museum.ask(museum.ada, room, BOLTON))
