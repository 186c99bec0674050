"""Fairness: a limit per minute, a bounded queue, and people taking turns."""

from __future__ import annotations

import asyncio

from bot.discord.asking.ask import in_turn
from bot.types import JournalEntry
from tests.bot.discord.support.answers import FOUNDED, answer, shown
from tests.bot.discord.support.at_once import begin, begin_waiting, queue_busy, until
from tests.bot.discord.support.scenes import Scenes, text_of


async def test_questions_per_minute_are_limited_for_each_person(scene: Scenes) -> None:
    async with scene(QUESTIONS_PER_MINUTE="2") as it:
        for _ in range(2):
            assert "2017" in text_of(shown(await it.bob.slash(it.channel, "ask", question=FOUNDED)))
        refused = "You have asked as many questions as I take from one person in a minute. Ask again in "
        third = text_of(shown(await it.bob.slash(it.channel, "ask", question=FOUNDED)))
        assert third.startswith(refused)
        assert 1 <= int(third.removeprefix(refused).split()[0]) <= 60
        await it.bob.send(it.channel, f"{it.mention} {FOUNDED}")
        assert answer(it).content.startswith(refused)
        assert text_of(shown(await it.bob.user.slash("ask", question=FOUNDED))).startswith(refused)
        assert "2017" in text_of(shown(await it.ada.slash(it.channel, "ask", question=FOUNDED)))
        # Commands that need no model do not count.
        assert "5 documents" in text_of(shown(await it.bob.slash(it.channel, "documents")))


async def test_a_full_queue_refuses_questions_and_the_others_are_answered(scene: Scenes) -> None:
    async with scene(QUEUE_SIZE="2") as it:
        other = it.env.create_guild("Another")
        carol = other.add_member(it.env.create_user("carol"))
        elsewhere = other.create_text_channel("general")
        await it.env.settle()
        async with queue_busy(it):
            asked = [await begin_waiting(it, who) for who in (it.bob, it.ada)]
            third = begin(it, it.bob, it.channel, "ask", question=FOUNDED)
            await until(lambda: third.response is not None and third.response.content)
            assert shown(third).content == "2 questions are waiting here already. Ask again in a few minutes."
            # Another server has its own limit.
            apart = begin(it, carol, elsewhere, "ask", question=FOUNDED)
            await until(lambda: it.parts.queue.waiting(other.id) == 1)
            status = begin(it, it.bob, it.channel, "status")
            await until(lambda: status.response is not None and status.response.embeds)
            assert "**waiting here:** 2 questions" in text_of(shown(status))
        await it.env.settle()
        assert all("2017" in text_of(shown(one)) for one in (*asked, apart))


async def test_one_person_cannot_fill_the_queue_and_others_take_turns(scene: Scenes) -> None:
    async with scene() as it:
        async with queue_busy(it):
            mine = [await begin_waiting(it, it.ada) for _ in range(3)]
            fourth = begin(it, it.ada, it.channel, "ask", question=FOUNDED)
            await until(lambda: fourth.response is not None and fourth.response.content)
            assert shown(fourth).content.startswith("Several of your questions are waiting already.")
            theirs = await begin_waiting(it, it.bob)
        await it.env.settle()
        answers = [request.path for request in it.env.http_requests if "2017" in str(request.json)]
        asked = [mine[0], theirs, mine[1], mine[2]]
        assert [one._interaction.token in path for one, path in zip(asked, answers, strict=True)] == [True] * 4


class Said:
    """A reply that records what is said."""

    embeds = True

    def __init__(self) -> None:
        self.lines: list[str] = []

    async def say(self, text: str) -> None:
        self.lines.append(text)

    async def type(self) -> None:
        self.lines.append("(typing)")

    async def move(self, entry: JournalEntry) -> int | None:
        raise AssertionError(entry)

    async def show(self, *answer: object) -> None:
        raise AssertionError(answer)


async def test_the_number_of_questions_that_come_first_is_shown(scene: Scenes) -> None:
    async with scene() as it:
        said = [Said() for _ in range(2)]
        async with queue_busy(it):
            turns = [
                asyncio.create_task(in_turn(it.parts, it.guild.id, number, one, lambda live: live.settings))
                for number, one in enumerate(said)
            ]
            await until(lambda: all(one.lines for one in said))
        assert all(turn is not None for turn in await asyncio.gather(*turns))
        assert [one.lines for one in said] == [["1 question before yours …"], ["2 questions before yours …"]]


async def test_waiting_questions_are_refused_when_the_bot_stops(scene: Scenes) -> None:
    async with scene() as it:
        async with queue_busy(it):
            waiting = await begin_waiting(it, it.bob)
            it.parts.wind_down()
        await it.env.settle()
        late = await it.bob.slash(it.channel, "ask", question=FOUNDED)
        for one in (waiting, late):
            assert shown(one).content == "I am being restarted. Ask again in a minute."
