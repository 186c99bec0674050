"""What goes wrong between the bot and Discord: everybody is answered or told, nothing comes twice, the bot lives on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from bot.discord.text import lines
from tests.e2e.discord_cases import (
    BOLTON,
    BOLTON_SAID,
    CALLBACK,
    MESSAGES,
    ORIGINAL,
    Scene,
    answers,
    check_output,
    project,
    scene,
)
from tests.fake_discord.faults import Fault
from tests.fake_discord.people import FakeDiscord
from tests.fake_discord.state import Channel, Interaction, Message, User

RETRY_AFTER = 0.7
MANY = 50


@pytest.fixture(scope="module")
def everyone(indexed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    discord = FakeDiscord(message_content="granted", interaction_deadline=600.0)
    with scene(discord, project(indexed, tmp_path_factory.mktemp("serving")), {"LOG_LEVEL": "INFO"}) as both:
        yield both


@pytest.fixture
def museum(everyone: Scene) -> Iterator[Scene]:
    """The scene; after each test the bot answers as before, and has said nothing unseemly."""
    yield everyone
    room = everyone.room()
    everyone.ask(everyone.ada, room, BOLTON, BOLTON_SAID)
    everyone.discord.wait_for_reply(everyone.mention(everyone.ada, room, BOLTON), containing=BOLTON_SAID)
    check_output(everyone.discord, everyone.bot.output)
    everyone.discord.check()


def mention(museum: Scene, room: Channel) -> Message:
    return museum.mention(museum.ada, room, BOLTON)


def ask(museum: Scene, room: Channel) -> Interaction:
    return museum.discord.slash(museum.ada, room, "ask", question=BOLTON)


def only_answer(museum: Scene, room: Channel) -> str:
    """The one thing that the bot has said in a channel, once it says nothing more."""
    museum.discord.wait_until_quiet(quiet=0.2)
    said = museum.said_by_bot(room)
    assert len(said) == 1, said
    return said[0]


@pytest.mark.parametrize(("method", "route", "how"), [("POST", MESSAGES, mention), ("PATCH", ORIGINAL, ask)])
@pytest.mark.parametrize("is_global", [False, True], ids=["of the route", "global"])
def test_a_rate_limit_is_waited_for(
    museum: Scene, method: str, route: str, how: Callable[[Scene, Channel], object], is_global: bool
) -> None:
    discord, room = museum.discord, museum.room()
    museum.ask(museum.ada, museum.room(), BOLTON)
    before = len(discord.requests_to(method, route))
    fault = discord.arrange(Fault(method, route, status=429, retry_after=RETRY_AFTER, is_global=is_global))
    how(museum, room)
    discord.wait_for_message(room, containing=BOLTON_SAID)
    first, second = discord.requests_to(method, route)[before:]
    assert fault.met == 1
    assert (first.status, second.status) == (429, 200)
    assert second.at - first.answered_at >= RETRY_AFTER * 0.99
    assert BOLTON_SAID in only_answer(museum, room)
    assert discord.exceeded == []


@pytest.mark.parametrize(
    ("method", "route", "how", "status"), [("POST", MESSAGES, mention, 500), ("PATCH", ORIGINAL, ask, 502)]
)
def test_a_fault_of_discord_is_tried_again(
    museum: Scene, method: str, route: str, how: Callable[[Scene, Channel], object], status: int
) -> None:
    room = museum.room()
    fault = museum.discord.arrange(Fault(method, route, status=status))
    how(museum, room)
    museum.discord.wait_for_message(room, containing=BOLTON_SAID)
    assert fault.met == 1
    assert BOLTON_SAID in only_answer(museum, room)


@pytest.mark.parametrize(("method", "route", "how"), [("POST", MESSAGES, mention), ("PATCH", ORIGINAL, ask)])
@pytest.mark.parametrize("after", [False, True], ids=["before it was taken", "after it was taken"])
def test_a_connection_that_breaks_in_the_middle_is_tried_again_and_shows_the_answer_once(
    museum: Scene, method: str, route: str, how: Callable[[Scene, Channel], object], after: bool
) -> None:
    room = museum.room()
    fault = museum.discord.arrange(Fault(method, route, status=0, after=after))
    how(museum, room)
    museum.discord.wait_for(lambda: fault.met, what="the break")
    museum.discord.wait_for_message(room, containing=BOLTON_SAID)
    museum.discord.wait_until_quiet(quiet=2.0)
    assert BOLTON_SAID in only_answer(museum, room)


def delete_channel(museum: Scene, asked: Message) -> None:
    museum.discord.delete_channel(asked.channel)


def delete_question(museum: Scene, asked: Message) -> None:
    museum.discord.delete_message(asked)


def forbid_writing(museum: Scene, asked: Message) -> None:
    museum.discord.set_permissions(asked.channel, museum.discord.bot, deny=["send_messages"])


def remove_bot(museum: Scene, asked: Message) -> None:
    assert asked.channel.guild is not None
    museum.discord.remove_bot(asked.channel.guild)


@pytest.mark.parametrize("happening", [delete_question, delete_channel, forbid_writing, remove_bot])
def test_where_nothing_can_be_answered_any_more_nothing_is(
    museum: Scene, happening: Callable[[Scene, Message], None]
) -> None:
    discord = museum.discord
    guild = museum.server("Annex")
    person, room = discord.add_member(guild, "eve"), museum.room(guild=guild)
    before = museum.bot.output.count("nothing is left to answer to")
    fault = discord.arrange(Fault("POST", MESSAGES, seconds=0.5))  # on its way, and meanwhile:
    asked = museum.mention(person, room, BOLTON)
    discord.wait_for(lambda: fault.met, what="the answer")
    happening(museum, asked)
    discord.wait_for(lambda: museum.bot.output.count("nothing is left to answer to") > before, what="a line in the log")
    discord.wait_until_quiet(quiet=0.2)
    assert museum.said_by_bot(room) == []
    assert museum.said_by_bot(discord.direct_channel(person)) == []


def test_an_interaction_that_expires_before_its_answer_is_answered_in_its_channel(museum: Scene) -> None:
    discord, room = museum.discord, museum.room()
    fault = discord.arrange(Fault("PATCH", ORIGINAL, seconds=0.5))
    used = ask(museum, room)
    discord.wait_for(lambda: fault.met, what="the answer")
    discord.expire(used)
    answer = discord.wait_for_message(room, containing=BOLTON_SAID)
    assert f"asked: {BOLTON}" in answer.content
    assert used.messages == []
    assert BOLTON_SAID in only_answer(museum, room)


def test_an_interaction_that_comes_too_late_is_logged(museum: Scene) -> None:
    discord, room = museum.discord, museum.room()
    answer = museum.ask(museum.ada, room, BOLTON, BOLTON_SAID)
    before = museum.bot.output.count("Unknown interaction")
    late = discord.arrange(Fault("POST", CALLBACK, seconds=0.5, times=4))
    used = [
        ask(museum, room),
        discord.click(museum.ada, answer, "Sources"),
        discord.click(museum.ada, answer, "👎"),
        discord.autocomplete(museum.ada, room, "documents", "document", "t"),
    ]
    discord.wait_for(lambda: late.met == len(used), what="all of them")
    for one in used:
        discord.expire(one)
    discord.wait_for(
        lambda: museum.bot.output.count("Unknown interaction") == before + len(used), what="a line of each"
    )
    discord.wait_until_quiet(quiet=0.2)
    assert [used[0].messages, used[1].followups, used[2].modal, used[3].choices] == [[], [], None, None]


def cut(discord: FakeDiscord) -> None:
    discord.cut_connections()


def be_down(discord: FakeDiscord) -> None:
    """Cut the connections and refuse the first attempt to come back."""
    discord.refuse_connections(refuse=True)
    discord.cut_connections()
    discord.wait_for(lambda: not discord.live_sessions, what="the break")


@pytest.mark.parametrize("happening", [cut, be_down])
def test_what_is_asked_while_the_connection_breaks_is_answered_once(
    museum: Scene, happening: Callable[[FakeDiscord], None]
) -> None:
    discord, rooms = museum.discord, [museum.room() for _ in range(5)]
    first, second = ([discord.add_member(museum.guild, f"person {one}") for one in range(10)] for _ in range(2))
    resumed, retries = (
        sum(one.resumed for one in discord.connections),
        museum.bot.output.count("Attempting a reconnect"),
    )
    asked: list[Message] = []
    used: list[Interaction] = []

    def all_ask(people: Sequence[User]) -> None:
        for person, room in zip(people, rooms * 2, strict=True):
            asked.append(museum.mention(person, room, BOLTON))
            used.append(discord.slash(person, room, "ask", question=BOLTON))

    all_ask(first)
    happening(discord)
    all_ask(second)
    if happening is be_down:
        discord.wait_for(lambda: museum.bot.output.count("Attempting a reconnect") > retries, what="a line in the log")
        discord.refuse_connections(refuse=False)
    for message in asked:
        discord.wait_for_reply(message, containing=BOLTON_SAID)
    for one in used:
        discord.wait_for_answer(one, containing=BOLTON_SAID)
    discord.wait_until_quiet(quiet=0.5)
    assert sum(one.resumed for one in discord.connections) == resumed + 1
    said = [one for room in rooms for one in discord.messages(room) if one.author is discord.bot]
    replies = Counter(one.reply_to for one in said)
    assert [replies[one] for one in asked] == [1] * len(asked)
    assert [len(one.messages) for one in used] == [1] * len(used)


def ask_to_reconnect(discord: FakeDiscord) -> None:
    discord.ask_to_reconnect()


def resumable(discord: FakeDiscord) -> None:
    discord.invalidate_sessions(resumable=True)


def invalidate(discord: FakeDiscord) -> None:
    discord.invalidate_sessions()


def close_by_server(discord: FakeDiscord) -> None:
    discord.close_connections(4000)


@pytest.mark.parametrize("happening", [ask_to_reconnect, resumable, invalidate, close_by_server])
def test_the_gateway_may_send_the_bot_away(museum: Scene, happening: Callable[[FakeDiscord], None]) -> None:
    discord = museum.discord
    before = len(discord.connections)
    happening(discord)
    discord.wait_for(lambda: len(discord.connections) > before and discord.live_sessions, what="a new connection")
    room = museum.room()
    museum.ask(museum.ada, room, BOLTON, BOLTON_SAID)


def test_fifty_people_ask_at_once_while_the_connection_is_cut(museum: Scene) -> None:
    discord, room = museum.discord, museum.room()
    people = [discord.add_member(museum.guild, f"person {one}") for one in range(MANY)]
    used = [discord.slash(person, room, "ask", question=BOLTON) for person in people[: MANY // 2]]
    discord.wait_for_answer(used[0], containing=BOLTON_SAID)
    discord.cut_connections()
    used += [discord.slash(person, room, "ask", question=BOLTON) for person in people[MANY // 2 :]]
    for one in used:
        discord.wait_for_answer(one, containing=BOLTON_SAID)
    discord.wait_until_quiet(quiet=0.5)
    told = answers(used)
    assert len(told) == MANY
    assert all(BOLTON_SAID in one for one in told)
    assert [len(one.messages) for one in used] == [1] * MANY
    assert 4009 not in [one.close_code for one in discord.connections], "its heart went on beating"


def test_who_asks_much_does_not_keep_others_waiting(museum: Scene) -> None:
    discord, room = museum.discord, museum.room()
    greedy = discord.add_member(museum.guild, "greedy")
    own = [discord.slash(greedy, room, "ask", question=BOLTON) for _ in range(20)]
    others = [discord.slash(person, room, "ask", question=BOLTON) for person in (museum.ada, museum.bob)]
    for one in [*others, *own]:
        discord.wait_for(lambda one=one: one.messages, what="an answer")  # type: ignore[misc]
    discord.wait_until_quiet(quiet=0.2)
    assert all(BOLTON_SAID in one for one in answers(others))
    assert [one for one in answers(own) if BOLTON_SAID not in one and one != lines.TOO_MANY_WAITING] == []
    assert len(answers(own)) == len(own)
