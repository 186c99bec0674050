"""How `footnote serve` starts and stops: what hinders it is one plain line, and nobody is left without an answer."""

from __future__ import annotations

import signal
import socket
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from bot.discord.text import lines
from bot.journal.journal import JOURNAL
from tests.e2e.discord_cases import (
    BOLTON,
    BOLTON_SAID,
    COMMANDS,
    SURROUNDINGS,
    Scene,
    answers,
    check_output,
    project,
    started,
)
from tests.fake_discord.faults import Fault
from tests.fake_discord.people import FakeDiscord
from tests.fake_discord.processes import Bot, running
from tests.fake_discord.waiting import text_of
from tests.support.command import Outcome, in_a_process

TOKEN = "a-token.that-nobody.may-see"


def refused(folder: Path, environment: Mapping[str, str]) -> str:
    """The one line that `footnote serve` ends with, which must not hold the token."""
    ended = in_a_process("serve", folder=folder, environment={**SURROUNDINGS, **environment})
    assert ended.code == 2, ended.notices
    assert ended.output == ""
    assert environment.get("DISCORD_TOKEN") or TOKEN not in ended.line
    return ended.line


def check(folder: Path) -> Outcome:
    """What `footnote serve --check` comes to."""
    return in_a_process("serve", "--check", folder=folder)


def journal_is_whole(folder: Path) -> bool:
    with closing(sqlite3.connect(f"file:{folder}/.footnote/{JOURNAL}?mode=ro", uri=True)) as journal:
        return bool(journal.execute("PRAGMA integrity_check").fetchall() == [("ok",)])


def entries(folder: Path) -> int:
    """How many answers the journal's file knows the messages of."""
    with closing(sqlite3.connect(f"file:{folder}/.footnote/{JOURNAL}?mode=ro", uri=True)) as journal:
        return int(journal.execute("SELECT count(DISTINCT reference) FROM message").fetchone()[0])


def test_without_a_token_it_says_where_to_get_one(tmp_path: Path) -> None:
    assert "there is no DISCORD_TOKEN; copy the bot's token from https://discord.com" in refused(tmp_path, {})


@pytest.mark.parametrize("name", ["DISCORD_API_URL", "DISCORD_GATEWAY_URL"])
def test_an_address_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    line = refused(tmp_path, {"DISCORD_TOKEN": TOKEN, name: "localhost:80"})
    assert name in line
    assert "must be an address that begins with" in line


def test_a_discord_that_is_not_there_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/api/v10"
    line = refused(tmp_path, {"DISCORD_TOKEN": TOKEN, "DISCORD_API_URL": address})
    assert line.startswith(f"footnote: could not connect to {address}")


def test_what_discord_says_before_it_connects_is_told(tmp_path: Path) -> None:
    with FakeDiscord(message_content="granted") as discord:
        line = refused(tmp_path, {**discord.environment, "DISCORD_TOKEN": TOKEN})
        assert "Discord refused the token (DISCORD_TOKEN, from environment)" in line
        discord.arrange(Fault("GET", "/users/@me", status=503))
        assert "answered 503" in refused(tmp_path, discord.environment)
        # What is only busy for a moment is asked again; what is missing then is the documents.
        discord.arrange(Fault("GET", "/users/@me", status=502))
        assert "there is no folder" in refused(tmp_path, discord.environment)
        discord.check()


@pytest.mark.parametrize(
    ("withdrawn", "told"),
    [
        ("token", "Discord refused the token while connecting; copy it again into DISCORD_TOKEN"),
        (
            "intent",
            "the application's Message Content Intent was turned off while the bot was connecting; restart the bot",
        ),
    ],
)
def test_what_is_withdrawn_while_it_connects_is_told(indexed: Path, tmp_path: Path, withdrawn: str, told: str) -> None:
    with FakeDiscord(message_content="granted") as discord:
        discord.arrange(Fault("PUT", COMMANDS, seconds=0.5))
        with started(discord, project(indexed, tmp_path)) as bot:
            discord.wait_for(lambda: discord.requests_to("PUT", COMMANDS), what="the commands")
            token = discord.settings.token
            if withdrawn == "token":
                discord.settings.token = "another"
            else:
                discord.settings.message_content = "no"
            assert bot.process.wait(600) == 2
            assert bot.output == f"footnote: {told}\n"
            assert token not in bot.output
    assert check(tmp_path).code == 2


def wait_until(bot: Bot, discord: FakeDiscord, words: str) -> None:
    discord.wait_for(lambda: words in bot.output, what=repr(words))


def test_while_the_gateway_is_down_it_goes_on_trying_and_can_be_stopped(indexed: Path, tmp_path: Path) -> None:
    with FakeDiscord(message_content="granted") as discord:
        discord.refuse_connections(refuse=True)
        with started(discord, project(indexed, tmp_path)) as bot:
            wait_until(bot, discord, "Failed to connect for shard_id: 0. Retrying... (WSServerHandshakeError")
            assert "but not connected to Discord" in check(tmp_path).line
            assert bot.stop() == 0
            check_output(discord, bot.output)


def test_after_a_crash_it_comes_back_and_old_buttons_work(indexed: Path, tmp_path: Path) -> None:
    folder = project(indexed, tmp_path)
    with FakeDiscord(message_content="granted", interaction_deadline=600.0) as discord:
        with running(discord, folder, environment=SURROUNDINGS) as bot:
            museum = Scene(discord, bot, folder)
            room = museum.room()
            answer = museum.ask(museum.ada, room, BOLTON, BOLTON_SAID)
            discord.wait_for(lambda: entries(folder) == 1, what="the journal")
            for _ in range(10):
                discord.slash(museum.ada, room, "ask", question=BOLTON)
            bot.stop(signal.SIGKILL)
        assert journal_is_whole(folder)
        with running(discord, folder, environment=SURROUNDINGS) as bot:
            shown = museum.press(museum.ada, answer, "Sources", f"{BOLTON_SAID}.")
            assert "1 of 1" in text_of(shown)
            follow_up = discord.say(museum.ada, room, "And what did Trump say?", reply_to=answer)
            assert (
                "searched: What did Trump say"
                in discord.wait_for_reply(follow_up, containing="very high level").content
            )
            assert bot.stop() == 0
            check_output(discord, bot.output)
        assert journal_is_whole(folder)
        discord.check()


def test_it_says_whether_it_runs_and_runs_once_for_a_data_folder(indexed: Path, tmp_path: Path) -> None:
    folder = project(indexed, tmp_path)
    assert "no bot is running" in check(folder).line
    with FakeDiscord(message_content="granted") as discord:
        with running(discord, folder, environment=SURROUNDINGS) as bot:
            wait_until(bot, discord, "Connected as footnote#0001, in 0 servers.")
            discord.wait_for(lambda: check(folder).code == 0, what="the health file")
            assert "another `footnote serve` uses the data folder" in refused(folder, discord.environment)
            assert bot.stop() == 0
        discord.check()
    assert "no bot is running" in check(folder).line


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_told_to_stop_it_answers_what_it_has_begun(indexed: Path, tmp_path: Path, number: signal.Signals) -> None:
    folder = project(indexed, tmp_path)
    # At this level everything is logged: all that is sent and received.
    environment = {**SURROUNDINGS, "LOG_LEVEL": "DEBUG"}
    with FakeDiscord(message_content="granted", interaction_deadline=600.0) as discord:
        with running(discord, folder, environment=environment) as bot:
            museum = Scene(discord, bot, folder)
            rooms = [museum.room() for _ in range(2)]
            answer = museum.ask(museum.ada, rooms[0], BOLTON, BOLTON_SAID)
            people = [discord.add_member(museum.guild, f"person {one}") for one in range(25)]
            used = [discord.slash(person, rooms[1], "ask", question=BOLTON) for person in people]
            discord.wait_for_answer(used[0], containing=BOLTON_SAID)
            pressed = discord.click(museum.ada, answer, "Sources")
            used += [discord.slash(person, rooms[1], "ask", question=BOLTON) for person in people]
            assert bot.stop(number) == 0
            told = answers([one for one in used if one.acknowledged_at is not None])
            assert [one for one in told if BOLTON_SAID not in one and one != lines.CLOSING] == []
            assert len(told) >= len(people), "who asked before is told"
            assert all(len(one.messages) == (one.acknowledged_at is not None) for one in used)
            assert pressed.acknowledged_at is None or pressed.messages
            check_output(discord, bot.output)
            assert "aW50ZXJhY3Rpb246" not in bot.output, "with the token of an interaction others could answer it"
        assert journal_is_whole(folder)
        discord.check()
