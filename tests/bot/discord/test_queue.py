"""The queue: everybody gets a turn, however much others ask, and nothing is left behind by cancelled questions."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discord.queue import MOST_WAITING, Closing, QuestionQueue, QueueFull, TooManyQuestions, TooManyWaiting
from tests.bot.discord.support.memory import reachable

OFTEN = 10**9


async def settle() -> None:
    """Let everything that is due happen."""
    for _ in range(20):
        await asyncio.sleep(0)


class Desk:
    """A queue whose questions end when told to. `begun` are the questions that have started, in order."""

    def __init__(self, size: int = 1000, workers: int = 1) -> None:
        self.queue = QuestionQueue(workers, size, OFTEN)
        self.begun: list[str] = []
        self._open: list[asyncio.Future[None]] = []

    def ask(
        self, name: str, server: int | None, person: int, on_move: Callable[[int], Awaitable[None]] | None = None
    ) -> asyncio.Task[str]:
        async def work() -> str:
            self.begun.append(name)
            done = asyncio.get_running_loop().create_future()
            self._open.append(done)
            try:
                await done
            finally:
                self._open.remove(done)
            return name

        return asyncio.create_task(self.queue.run(server, person, work, on_move=on_move))

    async def end_one(self) -> None:
        """End the question that has been running longest."""
        next(done for done in self._open if not done.done()).set_result(None)
        await settle()

    async def end_all(self) -> None:
        while self._open:
            await self.end_one()


async def test_a_question_starts_at_once_if_a_worker_is_free() -> None:
    desk = Desk(workers=2)
    told: list[int] = []

    async def on_move(before: int) -> None:
        told.append(before)

    tasks = [desk.ask(name, 1, 1, on_move) for name in "ab"]
    await settle()
    assert desk.begun == ["a", "b"]
    await desk.end_all()
    assert [await task for task in tasks] == ["a", "b"]
    assert told == []


async def test_people_and_servers_take_turns() -> None:
    desk = Desk()
    desk.ask("running", 9, 9)
    await settle()
    for name, server, person in [
        ("ann 1", 1, 1),
        ("ann 2", 1, 1),
        ("ann 3", 1, 1),
        ("bob 1", 1, 2),
        ("bob 2", 1, 2),
        ("cat 1", 2, 3),
        ("dan 1", None, 4),
        ("eve 1", None, 5),
    ]:
        desk.ask(name, server, person)
    await settle()
    await desk.end_all()
    assert desk.begun[1:] == ["ann 1", "cat 1", "dan 1", "bob 1", "eve 1", "ann 2", "bob 2", "ann 3"]


async def test_a_person_who_asks_repeatedly_does_not_overtake_others_twice() -> None:
    desk = Desk()
    desk.ask("greedy", 1, 1)
    await settle()
    desk.ask("greedy", 1, 1)
    desk.ask("patient", 1, 2)
    for _ in range(5):
        desk.ask("greedy", 1, 1).add_done_callback(lambda task: task.exception())
        await desk.end_one()
    assert desk.begun[:3] == ["greedy", "greedy", "patient"]
    await desk.end_all()


ENDS = None
Event = tuple[int | None, int] | None


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.one_of(st.just(ENDS), st.just(ENDS), st.tuples(st.sampled_from([1, 2, None]), st.integers(2, 4))),
        min_size=20,
        max_size=100,
    )
)
def test_nobody_waits_longer_than_a_round_for_each_of_their_own_questions(events: list[Event]) -> None:
    people, servers, greedy = 4, 3, (1, 1)

    async def play() -> None:
        desk = Desk()
        latest: dict[str, int] = {}  # the latest position at which each question may start
        asked: dict[str, tuple[int | None, int]] = {}

        async def ask(who: tuple[int | None, int]) -> None:
            name = f"question {len(asked):03}"
            own = sum(asked[one] == who for one in asked.keys() - set(desk.begun)) + 1
            task = desk.ask(name, *who)
            await settle()
            if task.done():
                assert isinstance(task.exception(), TooManyWaiting)
            else:
                asked[name] = who
                latest[name] = len(desk.begun) + own * people * servers

        for event in events:
            for _ in range(MOST_WAITING):  # as many questions as are allowed, all the time
                await ask(greedy)
            if event is ENDS:
                await desk.end_one()
            else:
                await ask(event)
        await desk.end_all()
        assert sorted(desk.begun) == sorted(asked), "everybody had their turn, once"
        for before, name in enumerate(desk.begun):
            assert before <= latest[name]
        for who in set(asked.values()):
            own_questions = [name for name in desk.begun if asked[name] == who]
            assert own_questions == sorted(own_questions), "in the order in which they were asked"

    asyncio.run(play())


async def test_waiting_questions_are_told_how_many_come_first_and_when_that_changes() -> None:
    desk = Desk()
    told: dict[str, list[int]] = {"second": [], "third": [], "left": []}

    def teller(name: str) -> Callable[[int], Awaitable[None]]:
        async def on_move(before: int) -> None:
            told[name].append(before)

        return on_move

    desk.ask("first", 1, 1)
    desk.ask("second", 1, 2, teller("second"))
    leaving = desk.ask("left", 1, 3, teller("left"))
    desk.ask("third", 1, 4, teller("third"))
    await settle()
    assert told == {"second": [1], "left": [2], "third": [3]}
    leaving.cancel()
    await settle()
    assert told == {"second": [1], "left": [2], "third": [3, 2]}
    await desk.end_all()
    assert told == {"second": [1], "left": [2], "third": [3, 2, 1]}


async def test_a_slow_callback_gets_one_number_at_a_time_and_only_the_newest() -> None:
    desk = Desk()
    told: list[int] = []
    showing = 0
    go_on = asyncio.Event()

    async def on_move(before: int) -> None:
        nonlocal showing
        showing += 1
        assert showing == 1
        told.append(before)
        await go_on.wait()
        showing -= 1

    for number in range(6):
        desk.ask(f"before {number}", 1, number)
    desk.ask("slow", 1, 6, on_move)
    await settle()
    await desk.end_one()
    await desk.end_one()
    assert told == [6]
    go_on.set()
    await settle()
    assert told == [6, 4]
    await desk.end_all()


async def test_a_hanging_callback_keeps_nobody_from_their_turn() -> None:
    desk = Desk()
    cancelled = []

    async def on_move(before: int) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(before)
            raise

    desk.ask("running", 1, 1)
    task = desk.ask("hangs", 1, 2, on_move)
    await settle()
    await desk.end_all()
    assert await task == "hangs"
    assert cancelled == [1]


async def test_a_failing_callback_is_logged_and_the_answer_still_comes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk = Desk()

    async def on_move(_: int) -> None:
        raise OSError("no network")

    desk.ask("first", 1, 1)
    desk.ask("second", 1, 2)
    task = desk.ask("third", 1, 3, on_move)
    await settle()
    await desk.end_all()
    assert await task == "third"
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.ERROR]
    assert "no network" in caplog.text


async def test_an_error_is_raised_to_its_caller_and_the_next_question_has_its_turn() -> None:
    desk = Desk()

    async def failing() -> None:
        await settle()
        raise ValueError("no such thing")

    failed = asyncio.create_task(desk.queue.run(1, 1, failing))
    await asyncio.sleep(0)
    after = desk.ask("after", 1, 2)
    with pytest.raises(ValueError, match="no such thing"):
        await failed
    await settle()
    await desk.end_all()
    assert await after == "after"


async def test_a_cancelled_question_leaves_the_queue_from_any_position() -> None:
    desk = Desk()
    tasks = [desk.ask(name, 1, number) for number, name in enumerate("abcdef")]
    await settle()
    assert desk.queue.waiting(1) == 5
    tasks[2].cancel()
    await settle()
    assert desk.queue.waiting(1) == 4
    tasks[0].cancel()  # the one that runs: "b" is next
    await settle()
    assert desk.begun == ["a", "b"]
    desk._open[0].set_result(None)
    tasks[3].cancel()  # at the moment when its turn comes
    await settle()
    assert desk.begun == ["a", "b", "e"]
    await desk.end_all()
    assert desk.begun == ["a", "b", "e", "f"]
    assert desk.queue.waiting(1) == 0


async def test_a_turn_that_comes_at_the_moment_of_cancelling_goes_to_the_next_question() -> None:
    desk = Desk()
    tasks = [desk.ask(name, 1, number) for number, name in enumerate("abc")]
    await settle()
    tasks[0].cancel()
    for _ in range(20):  # until the turn is passed on, and not further
        await asyncio.sleep(0)
        if desk.queue.waiting(1) == 1:
            break
    assert desk.begun == ["a"], "the turn has come, but has not been used yet"
    tasks[1].cancel()
    await settle()
    assert desk.begun == ["a", "c"]
    await desk.end_all()
    desk.ask("d", 1, 1)
    await settle()
    assert desk.begun == ["a", "c", "d"], "no worker was lost"
    await desk.end_all()


async def test_the_queue_of_a_server_is_bounded_independently_of_others() -> None:
    desk = Desk(size=4)
    desk.ask("running", 1, 0)
    for person in range(4):
        desk.ask("waits", 1, person)
    await settle()
    with pytest.raises(QueueFull, match="4 questions are waiting") as full:
        await desk.ask("fifth", 1, 9)
    assert full.value.size == 4
    desk.ask("elsewhere", 2, 9)
    for person in range(6):
        desk.ask("direct", None, person)
    await settle()
    assert [desk.queue.waiting(server) for server in (1, 2, None, 3)] == [4, 1, 6, 0]
    await desk.end_all()


async def test_a_person_may_have_three_waiting_questions_in_all_servers_together() -> None:
    desk = Desk()
    desk.ask("running", 1, 1)
    for server in (1, 2, None):
        desk.ask("waits", server, 1)
    await settle()
    with pytest.raises(TooManyWaiting) as refused:
        await desk.ask("fourth", 3, 1)
    assert refused.value.most == MOST_WAITING == 3
    await desk.end_one()
    desk.ask("now", 3, 1)
    await desk.end_all()
    assert len(desk.begun) == 5


async def test_in_direct_messages_the_limit_is_per_person() -> None:
    desk = Desk(size=2)
    desk.ask("running", 1, 1)
    for person in (1, 1, 2, 2, 3):
        desk.ask("waits", None, person)
    await settle()
    with pytest.raises(QueueFull):
        await desk.ask("third", None, 1)
    await desk.end_all()


async def asked_at(queue: QuestionQueue, person: int) -> None:
    async def work() -> None:
        pass

    await queue.run(1, person, work)


async def test_the_limit_per_minute_applies_to_any_minute() -> None:
    now = 1000.0
    queue = QuestionQueue(1, 10, 2, clock=lambda: now)
    await asked_at(queue, 1)
    now += 59
    await asked_at(queue, 1)
    with pytest.raises(TooManyQuestions, match="in 1 seconds") as refused:
        await asked_at(queue, 1)
    assert refused.value.retry_after == pytest.approx(1)
    await asked_at(queue, 2)
    now += 1
    await asked_at(queue, 1)
    now += 58
    with pytest.raises(TooManyQuestions):  # two within the last 60 seconds, though the clock shows a new minute
        await asked_at(queue, 1)
    now += 1
    await asked_at(queue, 1)


async def test_a_refused_question_does_not_count() -> None:
    now = 0.0
    queue = QuestionQueue(1, 1, 2, clock=lambda: now)
    running = asyncio.Event()

    async def work() -> None:
        await running.wait()

    first = asyncio.create_task(queue.run(1, 1, work))
    await settle()
    second = asyncio.create_task(queue.run(1, 2, work))
    await settle()
    for _ in range(3):
        with pytest.raises(QueueFull):
            await queue.run(1, 1, work)
    running.set()
    await asyncio.gather(first, second)
    await queue.run(1, 1, work)
    with pytest.raises(TooManyQuestions):
        await queue.run(1, 1, work)


async def test_people_who_asked_once_are_forgotten() -> None:
    now = 0.0
    queue = QuestionQueue(1, 10**6, 5, clock=lambda: now)
    await asked_at(queue, 0)
    await settle()
    size = reachable(queue)
    for person in range(2000):
        now += 1
        await asked_at(queue, person)
    await asyncio.gather(*(asked_at(queue, person) for person in range(500)))
    now += 61
    await asked_at(queue, 0)
    await settle()
    assert reachable(queue) == size


async def test_closing_refuses_waiting_and_new_questions_and_lets_running_ones_end() -> None:
    desk = Desk()
    told: list[int] = []

    async def on_move(before: int) -> None:
        told.append(before)

    running = desk.ask("running", 1, 1)
    waiting = [desk.ask("waits", 1, person, on_move) for person in range(3)]
    await settle()
    waiting[1].cancel()
    desk.queue.close()
    for task in waiting:
        with pytest.raises((Closing, asyncio.CancelledError)):
            await task
    with pytest.raises(Closing):
        await desk.ask("late", 1, 1)
    await desk.end_all()
    assert await running == "running"
    assert desk.begun == ["running"]
    assert told == [1, 2, 3]
    assert desk.queue.waiting(1) == 0


async def test_random_cancelling_loses_no_worker_and_answers_nothing_twice() -> None:
    desk = Desk(workers=2)
    tasks = [desk.ask(str(number), number % 3, number % 7) for number in range(20)]
    await settle()
    for number, task in enumerate(tasks):
        if number % 3 == 0:
            task.cancel()
        if number % 4 == 0:
            await desk.end_one()
    await desk.end_all()
    assert len(set(desk.begun)) == len(desk.begun)
    for number, task in enumerate(tasks):
        with suppress(asyncio.CancelledError, TooManyWaiting):
            assert await task == str(number)
            assert str(number) in desk.begun
    assert [desk.queue.waiting(server) for server in range(3)] == [0, 0, 0]
    last = [desk.ask("x", 1, 1), desk.ask("y", 1, 1)]
    await settle()
    assert desk.begun[-2:] == ["x", "y"], "both workers are free again"
    await desk.end_all()
    await asyncio.gather(*last)
