"""A bounded queue of questions, in which servers, and the people of a server, take turns."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import TypeVar

from bot.errors import FootnoteError

T = TypeVar("T")

OnMove = Callable[[int], Awaitable[None]]  # called with the number of questions that come first

MINUTE = 60.0  # seconds
MOST_WAITING = 3  # waiting questions of one person

log = logging.getLogger(__name__)


class TooManyQuestions(FootnoteError):
    """A person has asked as many questions as they may within a minute. `retry_after` is in seconds, above 0."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"too many questions within a minute; ask again in {math.ceil(retry_after)} seconds")
        self.retry_after = retry_after


class TooManyWaiting(FootnoteError):
    """A person has `most` questions waiting already, which is the limit."""

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} of your questions are waiting already; ask again when one is answered")
        self.most = most


class QueueFull(FootnoteError):
    """A server has `size` questions waiting already, which is the limit."""

    def __init__(self, size: int) -> None:
        super().__init__(f"{size} questions are waiting already; ask again in a few minutes")
        self.size = size


class Closing(FootnoteError):
    """Footnote is stopping: waiting questions are not answered any more."""

    def __init__(self) -> None:
        super().__init__("Footnote is being restarted; ask again in a minute")


class QuestionQueue:
    """Runs `workers` questions at once; the others wait for their turn. To be used on one event loop.

    Turns go from server to server (all direct messages count as one server), within a server from person to person, and
    through a person's own questions in order. So if a person has k questions waiting, among P people of a server and S
    servers, all k are answered within k * P * S turns, whatever others ask meanwhile.

    At most `size` questions of a server may wait (in direct messages, of a person), and a person may ask `per_minute`
    questions within any 60 seconds of `clock`. discord.py's own cooldown counts fixed minutes, so it would allow twice
    as many around the end of one.
    """

    def __init__(
        self, workers: int, size: int, per_minute: int, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._workers = workers
        self._size = size
        self._cooldown = _Cooldown(per_minute, clock)
        self._line = _Line()
        self._running = 0
        self._recounting: asyncio.Handle | None = None
        self._is_closed = False

    async def run(
        self,
        server: int | None,
        person: int,
        work: Callable[[], Awaitable[T]],
        *,
        on_move: OnMove | None = None,
    ) -> T:
        """Return what `work` returns, or raise what it raises, when its turn comes.

        `server` is None for direct messages. If the question has to wait, `on_move` is called with the number of
        questions that come first (including those that are being answered, so at least 1): when it joins the queue and
        whenever that changes, one call at a time and with the newest number only. A call that is still running when the
        turn comes is cancelled; one that fails is logged.

        Cancelling this removes the question from the queue. Raises `TooManyQuestions`, `TooManyWaiting`, `QueueFull` or
        `Closing`; a refused question does not count for the limit per minute.
        """
        if self._is_closed:
            raise Closing
        self._cooldown.check(person)
        if self._running < self._workers:  # then nobody is waiting: a free worker is passed on at once
            self._cooldown.count(person)
            self._running += 1
        else:
            self._check_room(server, person)
            self._cooldown.count(person)
            await self._wait_for_turn(_Waiter(server, person, on_move))
        try:
            return await work()
        finally:
            self._pass_on()

    def waiting(self, server: int | None) -> int:
        """Return the number of waiting questions of a server; of all direct messages for None."""
        return self._line.of_server[server]

    def close(self) -> None:
        """Refuse waiting and new questions. Those that are running go on."""
        self._is_closed = True
        while (waiter := self._line.take_next()) is not None:
            waiter.stop_reporting()
            if not waiter.turn.done():
                waiter.turn.set_exception(Closing())

    def _check_room(self, server: int | None, person: int) -> None:
        of_person = self._line.of_person[person]
        if of_person >= MOST_WAITING:
            raise TooManyWaiting(MOST_WAITING)
        if (of_person if server is None else self._line.of_server[server]) >= self._size:
            raise QueueFull(self._size)

    async def _wait_for_turn(self, waiter: _Waiter) -> None:
        """Wait for a turn. After this, the question counts as running."""
        self._line.join(waiter)
        self._recount_soon()
        try:
            await waiter.turn
        except asyncio.CancelledError:
            if not waiter.turn.done() or waiter.turn.cancelled():
                self._line.leave(waiter)
                self._recount_soon()
            elif waiter.turn.exception() is None:  # its turn came at the same moment: pass it on
                self._pass_on()
            raise
        finally:
            waiter.stop_reporting()

    def _pass_on(self) -> None:
        """Give the turn of a question that has ended to the next one."""
        self._recount_soon()
        while (waiter := self._line.take_next()) is not None:
            if not waiter.turn.done():  # otherwise it is cancelled, and will notice in a moment
                waiter.turn.set_result(None)
                return
        self._running -= 1

    def _recount_soon(self) -> None:
        """Recount once for everything that happens now: if fifty people ask at once, each gets one number."""
        if self._recounting is None:
            self._recounting = asyncio.get_running_loop().call_soon(self._recount)

    def _recount(self) -> None:
        self._recounting = None
        for before, waiter in enumerate(self._line, self._running):
            waiter.report(before)


class _Waiter:
    """A question that waits for its turn."""

    def __init__(self, server: int | None, person: int, on_move: OnMove | None) -> None:
        self.server = server
        self.person = person
        self.turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._on_move = on_move
        self._before = 0
        self._reporting: asyncio.Task[None] | None = None

    def report(self, before: int) -> None:
        """Report how many questions come first, if that has changed."""
        if self._on_move is None or self.turn.done() or before == self._before:
            return
        self._before = before
        if self._reporting is None or self._reporting.done():
            self._reporting = asyncio.create_task(self._report(self._on_move))

    def stop_reporting(self) -> None:
        """Cancel the report that is under way."""
        if self._reporting is not None:
            self._reporting.cancel()

    async def _report(self, on_move: OnMove) -> None:
        reported = 0
        while reported != self._before:
            reported = self._before
            try:
                await on_move(reported)
            except Exception:
                log.exception("the position in the queue could not be shown")


class _Line:
    """The waiting questions in the order of their turns. Servers and people without waiting questions are dropped."""

    def __init__(self) -> None:
        self._servers: OrderedDict[int | None, OrderedDict[int, deque[_Waiter]]] = OrderedDict()
        self.of_server: Counter[int | None] = Counter()
        self.of_person: Counter[int] = Counter()

    def __iter__(self) -> Iterator[_Waiter]:
        """Yield them in the order of `take_next`: the first of each server, then the second of each, and so on."""
        return _by_turns(_by_turns(people.values()) for people in self._servers.values())

    def __len__(self) -> int:
        """The number of servers and people that are kept in memory."""
        return len(self._servers) + len(self.of_server) + len(self.of_person)

    def join(self, waiter: _Waiter) -> None:
        """Add a question at the end: a new server after the other servers, a new person after those of the server."""
        self._servers.setdefault(waiter.server, OrderedDict()).setdefault(waiter.person, deque()).append(waiter)
        self.of_server[waiter.server] += 1
        self.of_person[waiter.person] += 1

    def take_next(self) -> _Waiter | None:
        """Remove and return the next question; its server and person move to the end. None if nobody waits."""
        if not self._servers:
            return None
        server, people = next(iter(self._servers.items()))
        person, waiters = next(iter(people.items()))
        self._servers.move_to_end(server)
        people.move_to_end(person)
        waiter = waiters[0]
        self.leave(waiter)
        return waiter

    def leave(self, waiter: _Waiter) -> None:
        """Remove a question, if it is still there. The others keep their order."""
        people = self._servers.get(waiter.server, OrderedDict())
        waiters = people.get(waiter.person, deque())
        if waiter not in waiters:
            return
        waiters.remove(waiter)
        if not waiters:
            del people[waiter.person]
        if not people:
            del self._servers[waiter.server]
        self.of_server -= Counter([waiter.server])  # subtracting a Counter, not 1, removes keys with count 0
        self.of_person -= Counter([waiter.person])


class _Cooldown:
    """Limits a person's questions within any minute. A person who has not asked for a minute is dropped."""

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._asked: OrderedDict[int, deque[float]] = OrderedDict()  # the person who asked last comes last

    def check(self, person: int) -> None:
        """Raise `TooManyQuestions` if the person has to wait."""
        now = self._clock()
        while self._asked and next(iter(self._asked.values()))[-1] <= now - MINUTE:
            self._asked.popitem(last=False)
        times = self._asked.get(person)
        if times is not None and len(times) == self._per_minute and times[0] > now - MINUTE:
            raise TooManyQuestions(times[0] + MINUTE - now)

    def count(self, person: int) -> None:
        """Remember that the person has asked now."""
        self._asked.setdefault(person, deque(maxlen=self._per_minute)).append(self._clock())
        self._asked.move_to_end(person)


def _by_turns(lines: Iterable[Iterable[T]]) -> Iterator[T]:
    """Yield the first item of each line, then the second of each, and so on."""
    unfinished = deque(map(iter, lines))
    while unfinished:
        line = unfinished.popleft()
        for item in line:
            yield item
            unfinished.append(line)
            break
