"""The Discord of the tests is itself as strict as Discord: real discord.py gets along with it, mistakes do not."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.fake_discord.commands import NotPossible
from tests.fake_discord.faults import Fault
from tests.fake_discord.fixtures import fake_discord as fake_discord  # noqa: PLC0414 (a fixture)
from tests.fake_discord.openapi import load_document
from tests.fake_discord.people import FakeDiscord
from tests.fake_discord.processes import REPOSITORY, Bot, running
from tests.fake_discord.state import Channel, ChannelType, Guild, User

EXAMPLE = ("-m", "tests.fake_discord.example_bot")
MESSAGES = "/channels/{channel_id}/messages"
NO_MENTIONS: dict[str, Any] = {"allowed_mentions": {"parse": []}}
VIOLATION_CODES = (50035, 50006, 40060)


class Scene:
    """A Discord with a server, a room for each test, a person, and the example bot connected."""

    def __init__(self, discord: FakeDiscord, bot: Bot) -> None:
        self.discord = discord
        self.bot = bot
        self.guild: Guild = discord.add_guild("Museum")
        self.ada: User = discord.add_member(self.guild, "ada")

    def room(self, name: str = "hall", kind: ChannelType = ChannelType.TEXT) -> Channel:
        """A new channel."""
        return self.discord.add_channel(self.guild, name, kind=kind)


@pytest.fixture(scope="module")
def everyone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with (
        FakeDiscord(
            heartbeat_interval=0.5, heartbeat_grace=60.0, interaction_deadline=600.0, check_responses=True
        ) as discord,
        running(discord, tmp_path_factory.mktemp("bot"), *EXAMPLE) as bot,
    ):
        yield Scene(discord, bot)
        assert discord.response_problems == []


@pytest.fixture
def scene(everyone: Scene) -> Iterator[Scene]:
    """The scene, in which no test may leave a violation behind."""
    yield everyone
    everyone.discord.wait_until_quiet(quiet=0.05)
    everyone.discord.check()


def test_a_mention_is_answered_by_a_reply(scene: Scene) -> None:
    discord, room = scene.discord, scene.room()
    asked = discord.say(scene.ada, room, f"{discord.bot.mention} why?")
    answer = discord.wait_for_reply(asked)
    assert answer.reply_to is asked
    assert answer.mentions == []
    assert discord.transcript(room) == (
        "ada\n  @footnote why?\n\n"
        "┌ ada: @footnote why?\nfootnote [bot]\n  you said: @footnote why?\n"
        "  │ Answer\n  │ @footnote why?\n  │ ▪ [1]\n  │   a quote\n"
        "  [Sources] [👍 Good] [Later] [Bad]"
    )


def test_without_the_intent_only_what_is_meant_for_the_bot_has_content(scene: Scene) -> None:
    discord, room = scene.discord, scene.room()
    discord.say(scene.ada, room, "a secret between us")
    asked = discord.say(scene.ada, room, f"{discord.bot.mention} one")
    answer = discord.wait_for_reply(asked)
    discord.say(scene.ada, room, "no ping", reply_to=answer, ping=False)
    pinged = discord.say(scene.ada, room, "with a ping", reply_to=answer)
    assert discord.wait_for_reply(pinged).content == "you said: with a ping"
    direct = discord.direct_channel(scene.ada)
    assert discord.wait_for_reply(discord.say(scene.ada, direct, "hello")).content == "you said: hello"
    assert "secret" not in scene.bot.output
    assert "no ping" not in scene.bot.output
    assert f"overheard '' in {room.id}" in scene.bot.output


def test_a_command_is_deferred_and_then_answered(scene: Scene) -> None:
    discord, room = scene.discord, scene.room()
    asked = discord.slash(scene.ada, room, "ask", question="why?")
    assert discord.wait_for_answer(asked, containing="answer to why?").type == 20
    assert discord.wait_for_answer(asked, containing="a second part").reply_to is asked.original
    assert asked.response_type == 5
    assert asked.seconds_to_acknowledge is not None
    assert asked.seconds_to_answer is not None
    assert 0 < asked.seconds_to_acknowledge <= asked.seconds_to_answer
    assert discord.transcript(room).startswith(
        "┌ ada used /ask question: why?\nfootnote [bot] (edited)\n  answer to why?"
    )


def test_what_is_ephemeral_is_seen_by_one(scene: Scene) -> None:
    discord, room = scene.discord, scene.room()
    bob = discord.add_member(scene.guild, "bob")
    asked = discord.slash(scene.ada, room, "ask", question="why?", private=True)
    discord.wait_for_answer(asked, containing="a second part")
    assert [one.content for one in discord.messages(room, scene.ada)] == ["answer to why?", "a second part"]
    assert discord.messages(room, bob) == []
    assert discord.transcript(room) == ""
    with pytest.raises(NotPossible):
        discord.click(bob, asked.messages[0], "Sources")


def test_buttons_answer_change_and_defer(scene: Scene) -> None:
    discord, room = scene.discord, scene.room()
    answer = discord.wait_for_reply(discord.say(scene.ada, room, f"{discord.bot.mention} why?"))
    assert discord.wait_for_answer(discord.click(scene.ada, answer, "Sources")).content == "the sources"
    deferred = discord.click(scene.ada, answer, "later")
    assert discord.wait_for_answer(deferred, containing="and one more").is_ephemeral
    assert answer.content == "changed later"
    assert discord.wait_for_answer(discord.click(scene.ada, answer, "👍")) is answer
    assert (answer.content, answer.components) == ("thanks", [])
    with pytest.raises(NotPossible, match="no component"):
        discord.click(scene.ada, answer, "Sources")


def test_a_form_is_shown_filled_in_and_submitted(scene: Scene) -> None:
    discord, room = scene.discord, scene.room()
    answer = discord.wait_for_reply(discord.say(scene.ada, room, f"{discord.bot.mention} why?"))
    shown = discord.click(scene.ada, answer, "Bad")
    assert discord.form(shown) == (
        "╔ What is wrong?\n║ What is wrong: \n║ What would be right (optional): \n╚ [Cancel] [Submit]"
    )
    with pytest.raises(NotPossible, match="must be filled in"):
        discord.submit(shown, right="this")
    with pytest.raises(NotPossible, match="0 to 100"):
        discord.submit(shown, wrong="x" * 101)
    submitted = discord.submit(shown, wrong="all", right="this")
    assert discord.wait_for_answer(submitted).content == "noted: all / this"


def test_what_is_typed_gets_suggestions(scene: Scene) -> None:
    discord, room = scene.discord, scene.room()
    assert discord.choices(discord.autocomplete(scene.ada, room, "documents", "name", "bir")) == ["birds"]
    assert discord.choices(discord.autocomplete(scene.ada, room, "documents", "name", "")) == ["apples", "birds"]


def test_a_command_of_the_menu_sees_the_message_without_the_intent(scene: Scene) -> None:
    discord, room = scene.discord, scene.room()
    message = discord.say(scene.ada, room, "not for the bot")
    checked = discord.context_menu(scene.ada, message, "Check it")
    assert discord.wait_for_answer(checked).content == "checked: not for the bot"


def test_commands_are_offered_by_permission_place_and_type(scene: Scene) -> None:
    discord, room = scene.discord, scene.room("vault")
    with pytest.raises(NotPossible, match="not offered to ada"):
        discord.slash(scene.ada, room, "scope", channel=room)
    with pytest.raises(NotPossible, match="required"):
        discord.slash(scene.ada, room, "ask")
    with pytest.raises(NotPossible, match="not of its type"):
        discord.slash(scene.ada, room, "ask", question=3)
    grace = discord.add_member(
        scene.guild, "grace", discord.add_role(scene.guild, "keepers", permissions=["manage_guild"])
    )
    assert discord.wait_for_answer(discord.slash(grace, room, "scope", channel=room)).content == "vault: True"
    with pytest.raises(NotPossible, match="not offered here"):
        discord.slash(grace, discord.direct_channel(grace), "scope", channel=room)


def test_a_thread_is_opened_from_a_message(scene: Scene) -> None:
    discord, room = scene.discord, scene.room()
    asked = discord.say(scene.ada, room, f"{discord.bot.mention} in a thread please")
    answer = discord.wait_for_reply(asked, containing="here:")
    assert asked.thread is not None
    assert (answer.channel, asked.thread.id, asked.thread.name) == (asked.thread, asked.id, "Follow-up")
    discord.say(scene.ada, asked.thread, f"{discord.bot.mention} more")
    discord.wait_for_message(asked.thread, containing="you said", after=answer)
    assert "↳ thread: Follow-up" in discord.transcript(room)


def test_a_post_in_a_forum_is_told_of(scene: Scene) -> None:
    discord = scene.discord
    forum = scene.room("questions", ChannelType.FORUM)
    thread = discord.post_in_forum(scene.ada, forum, "Opening hours", "When do you open?")
    assert discord.wait_for_message(thread).content == "about Opening hours"


def test_files_come_through(scene: Scene) -> None:
    discord, room = scene.discord, scene.room()
    answer = discord.wait_for_reply(discord.say(scene.ada, room, f"{discord.bot.mention} a file"))
    assert [(one["filename"], one["size"]) for one in answer.attachments] == [("notes.txt", 5)]
    address = urlsplit(answer.attachments[0]["url"])
    assert address.hostname == "127.0.0.1"
    assert request(discord, "GET", address.path, prefix="")[1] == b"hello"


def test_a_missing_permission_is_an_error_of_its_own(scene: Scene) -> None:
    discord, room = scene.discord, scene.room()
    discord.set_permissions(room, discord.bot, deny=["embed_links"])
    discord.say(scene.ada, room, f"{discord.bot.mention} why?")
    discord.wait_for(lambda: "forbidden 50013" in scene.bot.output, what="the error")
    discord.set_permissions(room, discord.bot, deny=["read_message_history"])
    discord.say(scene.ada, room, f"{discord.bot.mention} why?")
    discord.wait_for(lambda: "forbidden 160002" in scene.bot.output, what="the error")
    assert len(discord.messages(room)) == 2


def test_an_answer_after_the_deadline_is_too_late(scene: Scene) -> None:
    discord, room = scene.discord, scene.room()
    asked = discord.slash(scene.ada, room, "late", seconds=0.3)
    discord.expire(asked)
    discord.wait_for(lambda: "error 404 10062" in scene.bot.output, what="the error")
    assert (asked.acknowledged_at, asked.messages) == (None, [])


def test_a_client_that_obeys_the_headers_exceeds_no_limit(scene: Scene) -> None:
    discord, room = scene.discord, scene.room()
    discord.set_limit(f"PATCH {MESSAGES}/{{message_id}}", 3, 0.3)
    asked = discord.say(scene.ada, room, f"{discord.bot.mention} count")
    answer = discord.wait_for_edit(discord.wait_for_reply(asked), containing="7")
    assert [content for _, content in answer.versions] == [str(number) for number in range(8)]
    assert answer.versions[-1][0] - answer.versions[0][0] > 0.3
    assert discord.exceeded == []


def test_a_429_is_waited_for(scene: Scene) -> None:
    discord, room = scene.discord, scene.room()
    fault = discord.arrange(Fault("POST", MESSAGES, status=429, retry_after=0.2))
    discord.wait_for_reply(discord.say(scene.ada, room, f"{discord.bot.mention} why?"))
    assert fault.met == 1
    assert [one.status for one in discord.requests_to("POST", MESSAGES) if str(room.id) in one.path] == [429, 200]


def test_a_cut_connection_is_resumed_and_nothing_is_lost(scene: Scene) -> None:
    discord, room = scene.discord, scene.room()
    before = len(discord.connections)
    discord.cut_connections()
    asked = [discord.say(scene.ada, room, f"{discord.bot.mention} {number}") for number in range(3)]
    for message in asked:
        discord.wait_for_reply(message)
    assert [one.resumed for one in discord.connections[before:]] == [True]
    assert len([one for one in discord.messages(room) if one.author is discord.bot]) == 3


def test_a_client_reconnects_when_it_is_asked_to(scene: Scene) -> None:
    discord, room = scene.discord, scene.room()
    before = len(discord.connections)
    discord.ask_to_reconnect()
    discord.wait_for(lambda: len(discord.connections) > before and discord.connections[-1].resumed, what="a resumption")
    discord.wait_for_reply(discord.say(scene.ada, room, f"{discord.bot.mention} why?"))


def test_heartbeats_are_measured(scene: Scene) -> None:
    discord = scene.discord
    connection = discord.connections[-1]
    beats = len(connection.heartbeats)
    discord.ping_connections()
    discord.ask_for_heartbeats()
    discord.wait_for(lambda: len(connection.heartbeats) > beats + 1 and connection.round_trips, what="heartbeats")
    assert 0 < max(connection.gaps) < 30
    assert 0 < connection.round_trips[0] < 30


def test_a_bot_has_the_shards_that_are_asked_for(tmp_path: Path) -> None:
    with FakeDiscord(shards=2) as discord:
        rooms = []
        for shard in (0, 1):
            guild = discord.add_guild(f"Museum {shard}", shard=shard)
            rooms.append((discord.add_member(guild, "ada"), discord.add_channel(guild, "hall")))
        with running(discord, tmp_path, *EXAMPLE):
            for ada, room in rooms:
                discord.wait_for_reply(discord.say(ada, room, f"{discord.bot.mention} hi"))
            assert sorted(one.shard for one in discord.live_sessions) == [0, 1]
        discord.check()


@pytest.mark.parametrize(
    ("settings", "environment", "said"),
    [
        ({}, {"DISCORD_TOKEN": "wrong"}, "Improper token has been passed."),
        ({"message_content": "no"}, {"EXAMPLE_CONTENT": "1"}, "PrivilegedIntentsRequired"),
    ],
)
def test_a_bot_that_may_not_connect_is_told_so(
    settings: dict[str, Any], environment: dict[str, str], said: str, tmp_path: Path
) -> None:
    from tests.fake_discord.waiting import NothingHappened

    with (
        FakeDiscord(**settings) as discord,
        pytest.raises(NothingHappened, match=said),
        running(discord, tmp_path, *EXAMPLE, environment=environment),
    ):
        pass


def test_with_the_intent_all_content_is_seen(tmp_path: Path) -> None:
    with FakeDiscord(message_content="limited") as discord:
        guild = discord.add_guild("Museum")
        ada, hall = discord.add_member(guild, "ada"), discord.add_channel(guild, "hall")
        with running(discord, tmp_path, *EXAMPLE, environment={"EXAMPLE_CONTENT": "1"}) as bot:
            discord.say(ada, hall, "for everyone")
            discord.wait_for(lambda: "overheard 'for everyone'" in bot.output, what="the message")


# From here on without discord.py: what it would never send.


def request(
    discord: FakeDiscord,
    method: str,
    path: str,
    body: object = None,
    *,
    token: str | None = None,
    prefix: str = "/api/v10",
) -> tuple[int, Any]:
    """A request as the bot; the answer's status and its JSON, or bytes where it is none."""
    connection = http.client.HTTPConnection("127.0.0.1", discord.port, timeout=300)
    headers = {"Authorization": f"Bot {token or discord.settings.token}", "User-Agent": "DiscordBot (test, 1)"}
    data = None if body is None else json.dumps(body).encode()
    connection.request(method, prefix + path, data, headers | ({"Content-Type": "application/json"} if data else {}))
    response = connection.getresponse()
    content = response.read()
    connection.close()
    is_json = response.headers.get("Content-Type") == "application/json"
    return response.status, json.loads(content) if is_json and content else content


@pytest.fixture
def hall(fake_discord: FakeDiscord) -> Channel:
    """A channel of a Discord that no bot is connected to."""
    return fake_discord.add_channel(fake_discord.add_guild("Museum"), "hall")


def row(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"components": [{"type": 1, "components": list(buttons)}]}


def button(**changes: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Press", "custom_id": "press", **changes}


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"content": "x" * 2001}, "content: Must be 2000 or fewer in length, is 2001."),
        ({}, "empty message"),
        ({"content": " \n"}, "empty message"),
        ({"embeds": [{"title": "x" * 257}]}, "embeds.0.title: Must be 256 or fewer"),
        ({"embeds": [{"description": "x" * 4097}]}, "embeds.0.description: Must be 4096 or fewer"),
        ({"embeds": [{"fields": [{"name": "x", "value": " "}]}]}, "embeds.0.fields.0.value: This field is required"),
        ({"embeds": [{"fields": [{"name": "x", "value": "x" * 1025}]}]}, "embeds.0.fields.0.value: Must be 1024"),
        ({"embeds": [{"fields": [{"name": "x", "value": "x"}] * 26}]}, "embeds.0.fields: Must be 25 or fewer"),
        ({"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]}, "exceeds maximum size of 6000"),
        ({"embeds": [{"title": "x", "url": "javascript:alert(1)"}]}, "embeds.0.url: Scheme must be one of"),
        ({"embeds": [{}]}, "embeds.0: This field is required"),
        ({"embeds": [{"title": "x"}] * 11}, "embeds: Must be 10 or fewer"),
        (row(*[button(custom_id=str(number)) for number in range(6)]), "Must be between 1 and 5 in length."),
        (row(button(custom_id=None)), "components.0.components.0.custom_id: This field is required"),
        (row(button(custom_id="x" * 101)), "custom_id: Must be between 1 and 100 in length, is 101."),
        (row(button(), button()), "Component custom id cannot be duplicated"),
        (row(button(label="x" * 81)), "label: Must be between 0 and 80"),
        (row(button(label="")), "A button must have a label or an emoji."),
        (row({"type": 2, "style": 5, "label": "x", "url": "ftp://x"}), "Scheme must be one of"),
        (row({"type": 2, "style": 5, "label": "x", "url": "https://" + "x" * 512}), "url: Must be between 1 and 512"),
        ({"components": row(button())["components"] * 6, "content": "x"}, "Must be between 1 and 5 in length, is 6."),
        (row({"type": 3, "custom_id": "x", "options": []}), "options: Must be between 1 and 25"),
        ({"content": "x", "flags": 1 << 3}, "flags: Not among the flags"),
        ({"content": "x", "message_reference": {"message_id": "abc"}}, "Value is not snowflake."),
    ],
)
def test_a_message_that_discord_would_refuse_is_refused_and_noted(
    body: dict[str, Any], problem: str, fake_discord: FakeDiscord, hall: Channel
) -> None:
    status, answer = request(fake_discord, "POST", f"/channels/{hall.id}/messages", {**body, **NO_MENTIONS})
    assert (status, answer["code"] in VIOLATION_CODES) == (400, True)
    assert problem in str(fake_discord.violations.pop())
    assert (fake_discord.violations, hall.messages) == ([], {})


def test_errors_say_which_field_is_wrong(fake_discord: FakeDiscord, hall: Channel) -> None:
    body = {"embeds": [{"fields": [{"name": "", "value": "x"}]}], **NO_MENTIONS}
    _, answer = request(fake_discord, "POST", f"/channels/{hall.id}/messages", body)
    problem = {"_errors": [{"code": "BASE_TYPE_REQUIRED", "message": "This field is required"}]}
    assert answer["errors"] == {"embeds": {"0": {"fields": {"0": {"name": problem}}}}}
    fake_discord.violations.clear()


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ({"content": "hello"}, "no allowed_mentions"),
        ({"content": "@everyone", "allowed_mentions": {"parse": ["everyone"]}}, "everyone, and the text has @everyone"),
        ({"content": "<@123>", "allowed_mentions": {"users": ["123"]}}, "users, and the text has <@123>"),
        ({"content": "hello", "allowed_mentions": {"parse": ["roles"]}}, "roles"),
    ],
)
def test_what_could_mention_someone_is_noted(
    body: dict[str, Any], rule: str, fake_discord: FakeDiscord, hall: Channel
) -> None:
    assert request(fake_discord, "POST", f"/channels/{hall.id}/messages", body)[0] == 200
    assert any(str(one).endswith(f"mentions allowed: {rule}") for one in fake_discord.violations)
    fake_discord.violations.clear()


def test_a_reply_that_pings_is_noted(fake_discord: FakeDiscord, hall: Channel) -> None:
    message = fake_discord.say(hall_owner(hall), hall, "hi")
    body = {"content": "x", "message_reference": {"message_id": str(message.id)}}
    request(fake_discord, "POST", f"/channels/{hall.id}/messages", {**body, "allowed_mentions": {"parse": []}})
    assert fake_discord.violations == []
    pinging = {**body, "allowed_mentions": {"parse": [], "replied_user": True}}
    request(fake_discord, "POST", f"/channels/{hall.id}/messages", pinging)
    assert str(fake_discord.violations.pop()).endswith("mentions allowed: replied_user")
    assert fake_discord.messages(hall)[-1].mentions == [message.author]


def hall_owner(hall: Channel) -> User:
    assert hall.guild is not None
    return hall.guild.owner


COMMAND = {"name": "ask", "description": "Ask", "type": 1}
TEXT = {"type": 3, "name": "question", "description": "Your question"}


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ({**COMMAND, "name": "Ask"}, "0.name: Command name is invalid"),
        ({**COMMAND, "name": "two words"}, "0.name: Command name is invalid"),
        ({**COMMAND, "description": ""}, "0.description: Must be between 1 and 100"),
        ({**COMMAND, "options": [TEXT, {**TEXT, "name": "b", "required": True}]}, "Required options must be placed"),
        ({**COMMAND, "options": [TEXT, TEXT]}, "0.options: Names must be unique."),
        ({**COMMAND, "options": [{**TEXT, "choices": [{"name": "x" * 101, "value": "x"}]}]}, "choices.0.name: Must be"),
        ({"name": "Check it", "type": 3, "description": "x"}, "Context menu commands have none."),
    ],
)
def test_commands_are_checked(command: dict[str, Any], problem: str, fake_discord: FakeDiscord) -> None:
    status, answer = request(fake_discord, "PUT", f"/applications/{fake_discord.bot.id}/commands", [command])
    assert (status, answer["code"]) == (400, 50035)
    assert problem in str(fake_discord.violations.pop())


def test_an_unknown_route_is_noted(fake_discord: FakeDiscord) -> None:
    assert request(fake_discord, "POST", "/channels/1/nonsense", {})[0] == 404
    assert fake_discord.violations.pop().rule == "unknown route"


def test_what_is_not_there_has_a_code(fake_discord: FakeDiscord, hall: Channel) -> None:
    message = fake_discord.say(hall_owner(hall), hall, "hi")
    fake_discord.delete_message(message)
    path = f"/channels/{hall.id}/messages/{message.id}"
    assert request(fake_discord, "GET", path)[1]["code"] == 10008
    assert request(fake_discord, "GET", "/channels/1")[1]["code"] == 10003
    assert request(fake_discord, "GET", "/users/@me", token="other")[0] == 401
    fake_discord.set_permissions(hall, fake_discord.bot, deny=["view_channel"])
    assert request(fake_discord, "GET", path)[1]["code"] == 50001


def test_a_thread_has_rules_of_its_own(fake_discord: FakeDiscord, hall: Channel) -> None:
    owner, bot = hall_owner(hall), fake_discord.bot
    message = fake_discord.say(owner, hall, "hi")
    path = f"/channels/{hall.id}/messages/{message.id}/threads"
    assert request(fake_discord, "POST", path, {"name": ""})[1]["code"] == 50035
    assert "name: Must be between 1 and 100" in str(fake_discord.violations.pop())
    fake_discord.set_permissions(hall, bot, deny=["create_public_threads"])
    assert request(fake_discord, "POST", path, {"name": "x"})[1]["code"] == 50013
    fake_discord.set_permissions(hall, bot)
    status, thread = request(fake_discord, "POST", path, {"name": "x"})
    assert (status, thread["id"], thread["member"]["user_id"]) == (201, str(message.id), str(bot.id))
    assert request(fake_discord, "POST", path, {"name": "x"})[1]["code"] == 160004
    fake_discord.set_permissions(hall, bot, deny=["send_messages_in_threads"])
    body = {"content": "x", **NO_MENTIONS}
    assert request(fake_discord, "POST", f"/channels/{thread['id']}/messages", body)[1]["code"] == 50013
    fake_discord.set_permissions(hall, bot)
    assert message.thread is not None
    fake_discord.archive(message.thread, locked=True)
    assert request(fake_discord, "POST", f"/channels/{thread['id']}/messages", body)[1]["code"] == 160005


def test_direct_messages_may_be_closed(fake_discord: FakeDiscord) -> None:
    ada = fake_discord.add_user("ada")
    channel = request(fake_discord, "POST", "/users/@me/channels", {"recipient_id": ada.id})[1]
    ada.takes_direct_messages = False
    body = {"content": "x", **NO_MENTIONS}
    assert request(fake_discord, "POST", f"/channels/{channel['id']}/messages", body)[1]["code"] == 50007


def test_a_fault_may_cut_or_lose_an_answer(fake_discord: FakeDiscord, hall: Channel) -> None:
    path, body = f"/channels/{hall.id}/messages", {"content": "x", **NO_MENTIONS}
    fake_discord.arrange(Fault("POST", MESSAGES, status=502, after=True))
    assert request(fake_discord, "POST", path, body)[0] == 502
    assert len(fake_discord.messages(hall)) == 1
    fake_discord.arrange(Fault("POST", MESSAGES, status=0))
    with pytest.raises(ConnectionError):
        request(fake_discord, "POST", path, body)


def test_a_choice_is_made_in_a_select(fake_discord: FakeDiscord, hall: Channel) -> None:
    options = [{"label": "One", "value": "1"}, {"label": "Two", "value": "2"}]
    body = {"content": "x", **row({"type": 3, "custom_id": "pick", "options": options}), **NO_MENTIONS}
    request(fake_discord, "POST", f"/channels/{hall.id}/messages", body)
    message = fake_discord.messages(hall)[-1]
    chosen = fake_discord.select(hall_owner(hall), message, "pick", "Two")
    assert chosen.data == {"custom_id": "pick", "component_type": 3, "id": 2, "values": ["2"]}
    with pytest.raises(NotPossible, match="not among"):
        fake_discord.select(hall_owner(hall), message, "pick", "Three")
    assert "<select: One | Two>" in fake_discord.transcript(hall)


def test_limits_are_enforced_and_told(fake_discord: FakeDiscord, hall: Channel) -> None:
    fake_discord.set_limit(f"POST {MESSAGES}", 5, 60.0)
    path, body = f"/channels/{hall.id}/messages", {"content": "x", **NO_MENTIONS}
    statuses = [request(fake_discord, "POST", path, body)[0] for _ in range(5)]
    status, answer = request(fake_discord, "POST", path, body)
    assert (statuses, status, answer["global"]) == ([200] * 5, 429, False)
    assert 0 < answer["retry_after"] <= 60
    assert [one.route for one in fake_discord.exceeded] == [f"POST {MESSAGES}"]


def test_an_interaction_is_answered_once(fake_discord: FakeDiscord, hall: Channel) -> None:
    request(fake_discord, "PUT", f"/applications/{fake_discord.bot.id}/commands", [COMMAND])
    asked = fake_discord.slash(hall_owner(hall), hall, "ask")
    webhook = f"/webhooks/{fake_discord.bot.id}/{asked.token}"
    edit = {"content": "x", **NO_MENTIONS}
    assert request(fake_discord, "PATCH", f"{webhook}/messages/@original", edit)[1]["code"] == 10015
    callback = f"/interactions/{asked.id}/{asked.token}/callback"
    assert request(fake_discord, "POST", callback, {"type": 5})[0] == 204
    assert request(fake_discord, "POST", callback, {"type": 5})[1]["code"] == 40060
    assert fake_discord.violations.pop().rule == "acknowledged twice"
    assert "is thinking" in fake_discord.transcript(hall)
    assert request(fake_discord, "PATCH", f"{webhook}/messages/@original", edit)[0] == 200
    fake_discord.expire(asked)
    assert request(fake_discord, "POST", webhook, edit)[1]["code"] == 50027


def test_the_deadline_is_kept() -> None:
    with FakeDiscord(interaction_deadline=0.0) as discord:
        hall = discord.add_channel(discord.add_guild("Museum"), "hall")
        request(discord, "PUT", f"/applications/{discord.bot.id}/commands", [COMMAND])
        asked = discord.slash(hall_owner(hall), hall, "ask")
        answer = request(discord, "POST", f"/interactions/{asked.id}/{asked.token}/callback", {"type": 5})
        assert (answer[0], answer[1]["code"]) == (404, 10062)


def test_the_document_is_asked_as_well(fake_discord: FakeDiscord, hall: Channel) -> None:
    if load_document(fake_discord.settings.document) is None:
        pytest.skip("needs Discord's OpenAPI document in ../shared/data/discord")
    body = {"content": "x", "tts": "perhaps", **NO_MENTIONS}
    assert request(fake_discord, "POST", f"/channels/{hall.id}/messages", body)[0] == 400
    assert str(fake_discord.violations.pop()).endswith("tts: 'perhaps' is not of type 'boolean', 'null'")
    assert request(fake_discord, "GET", f"/channels/{hall.id}/messages?limit=1000")[0] == 400
    assert "limit" in str(fake_discord.violations.pop())


IDENTIFY = {"intents": 1, "properties": {"os": "x", "browser": "x", "device": "x"}}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ("{", 4002),
        ({"op": 99, "d": None}, 4003),
        ({"op": 2, "d": {**IDENTIFY, "token": "wrong"}}, 4004),
        ({"op": 2, "d": {**IDENTIFY, "intents": -1}}, 4013),
        ({"op": 2, "d": {**IDENTIFY, "intents": 1 << 15}}, 4014),
        ({"op": 2, "d": {**IDENTIFY, "shard": [1, 1]}}, 4010),
    ],
)
async def test_a_client_that_breaks_the_protocol_is_shut_out(payload: Any, code: int) -> None:
    with FakeDiscord() as discord:
        async with aiohttp.ClientSession() as http, http.ws_connect(discord.gateway_url + "/?v=10") as socket:
            assert (await socket.receive_json())["op"] == 10
            if isinstance(payload, dict) and isinstance(payload["d"], dict):
                payload = {"op": 2, "d": {"token": discord.settings.token, **payload["d"]}}
            await socket.send_str(payload if isinstance(payload, str) else json.dumps(payload))
            closed = await socket.receive(timeout=300)
            assert (closed.type, closed.data) == (aiohttp.WSMsgType.CLOSE, code)


async def test_a_gateway_may_be_down() -> None:
    with FakeDiscord() as discord:
        async with aiohttp.ClientSession() as http:
            discord.refuse_connections(refuse=True)
            with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
                await http.ws_connect(discord.gateway_url)
            discord.refuse_connections(refuse=False)
            async with http.ws_connect(discord.gateway_url) as socket:
                assert (await socket.receive_json())["op"] == 10


async def test_a_client_whose_heart_stops_is_closed() -> None:
    with FakeDiscord(heartbeat_interval=0.1, heartbeat_grace=0.1) as discord:
        async with aiohttp.ClientSession() as http, http.ws_connect(discord.gateway_url + "/?v=10") as socket:
            await socket.receive_json()
            closed = await socket.receive(timeout=300)
            assert (closed.type, closed.data) == (aiohttp.WSMsgType.CLOSE, 4009)


async def test_a_stream_is_compressed_as_a_whole_and_a_session_replayed() -> None:
    with FakeDiscord() as discord:
        guild = discord.add_guild("Museum")
        url = discord.gateway_url + "/?v=10&encoding=json&compress=zlib-stream"
        login = {"token": discord.settings.token, **IDENTIFY}
        async with aiohttp.ClientSession() as http:
            async with http.ws_connect(url) as socket:
                inflate = zlib.decompressobj()
                events = [json.loads(inflate.decompress(await socket.receive_bytes()))]
                await socket.send_json({"op": 2, "d": login})
                events += [json.loads(inflate.decompress(await socket.receive_bytes())) for _ in range(2)]
                assert [one["t"] for one in events] == [None, "READY", "GUILD_CREATE"]
                session = events[1]["d"]
                await socket.close(code=4000)
            discord.add_channel(guild, "hall")
            async with http.ws_connect(session["resume_gateway_url"] + "?v=10") as socket:
                await socket.receive_json()
                resume = {"token": login["token"], "session_id": session["session_id"], "seq": 1}
                await socket.send_json({"op": 6, "d": resume})
                replayed = [await socket.receive_json() for _ in range(3)]
                assert [(one["s"], one["t"]) for one in replayed] == [
                    (2, "GUILD_CREATE"), (3, "CHANNEL_CREATE"), (4, "RESUMED"),
                ]  # fmt: skip
                await socket.close(code=1000)
            async with http.ws_connect(session["resume_gateway_url"] + "?v=10") as socket:
                await socket.receive_json()
                await socket.send_json({"op": 6, "d": resume})
                answer = await socket.receive_json()
                assert (answer["op"], answer["d"]) == (9, False)


def test_the_terminal_shows_what_the_bot_says(tmp_path: Path) -> None:
    lines = ":help\nhello\n/nothing\n:post Title | Text\n:show\n:quit\n"
    arguments = [sys.executable, "-m", "tests.fake_discord", "--port", "0"]
    done = subprocess.run(
        arguments, input=lines, capture_output=True, text=True, timeout=600, check=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )  # fmt: skip
    assert done.stderr == ""
    assert "export DISCORD_API_URL=http://127.0.0.1:" in done.stdout
    assert "not possible: no command 'nothing'" in done.stdout
    assert done.stdout.endswith("ada\n  Text\n")


def test_what_does_not_happen_is_said_with_what_did(fake_discord: FakeDiscord, hall: Channel) -> None:
    request(fake_discord, "GET", f"/channels/{hall.id}")
    with pytest.raises(AssertionError, match=r"waited 0 s for a message in hall with ''\n200 GET"):
        fake_discord.wait_for_message(hall, seconds=0)
