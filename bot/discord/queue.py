"""Whose turn it is: questions wait in a bounded line, servers and the people of a server take turns."""

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

Moved = Callable[[int], Awaitable[None]]

MINUTE = 60.0  # seconds
MOST_WAITING = 3  # questions of one person

log = logging.getLogger(__name__)


class TooManyQuestions(FootnoteError):
    """A person has asked as much as is allowed within a minute; `retry_after` is in seconds, above 0."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"too many questions within a minute; ask again in {math.ceil(retry_after)} seconds")
        self.retry_after = retry_after


class TooManyWaiting(FootnoteError):
    """As many questions of a person wait as may; `most` is how many that are."""

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} of your questions are waiting already; ask again when one is answered")
        self.most = most


class QueueFull(FootnoteError):
    """As many questions of a server wait as may; `size` is how many that are."""

    def __init__(self, size: int) -> None:
        super().__init__(f"{size} questions are waiting already; ask again in a few minutes")
        self.size = size


class Closing(FootnoteError):
    """Footnote is stopping: what waits is no longer answered."""

    def __init__(self) -> None:
        super().__init__("Footnote is being restarted; ask again in a minute")


class QuestionQueue:
    """Lets `workers` questions run at once; the others wait for their turn. To be used on one event loop.

    Turns go round: from server to server (direct messages together count as one), within a server from person to
    person, and a person's own questions in order. So whoever has k questions waiting, among P people of a server and S
    servers, sees all k answered within k * P * S turns, whatever others ask meanwhile.

    At most `size` questions of a server wait (in direct messages, of a person), and one person may ask `per_minute`
    within any 60 seconds of `clock`. discord.py's own cooldown counts from minute to minute, and lets twice as many
    through where two meet.
    """

    def __init__(self, workers: int, size: int, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._workers = workers
        self._size = size
        self._cooldown = _Cooldown(per_minute, clock)
        self._line = _Line()
        self._running = 0
        self._recounting: asyncio.Handle | None = None
        self._is_closed = False

    async def run(
        self, server: int | None, person: int, work: Callable[[], Awaitable[T]], moved: Moved | None = None
    ) -> T:
        """What `work` returns or raises, once it is its turn. `server` is None for direct messages.

        Where it has to wait, `moved` is told how many questions come before this one (those that are being answered
        included, so at least 1): on joining and whenever that changes, one call at a time, only the newest number. A
        call still going on when the turn comes is cancelled; one that fails is logged.

        Whoever is cancelled leaves the line. Raises `TooManyQuestions`, `TooManyWaiting`, `QueueFull`, `Closing`; a
        question that is refused does not count towards the minute.
        """
        if self._is_closed:
            raise Closing
        self._cooldown.check(person)
        if self._running < self._workers:  # nobody waits then: a place that becomes free is given on at once
            self._cooldown.count(person)
            self._running += 1
        else:
            self._check_room(server, person)
            self._cooldown.count(person)
            await self._turn(_Place(server, person, moved))
        try:
            return await work()
        finally:
            self._give_on()

    def waiting(self, server: int | None) -> int:
        """How many questions of a server wait; of all direct messages for None."""
        return self._line.of_server[server]

    def close(self) -> None:
        """Refuse what waits and what comes; what runs goes on."""
        self._is_closed = True
        while (place := self._line.take_next()) is not None:
            place.stop_telling()
            if not place.turn.done():
                place.turn.set_exception(Closing())

    def _check_room(self, server: int | None, person: int) -> None:
        of_person = self._line.of_person[person]
        if of_person >= MOST_WAITING:
            raise TooManyWaiting(MOST_WAITING)
        if (of_person if server is None else self._line.of_server[server]) >= self._size:
            raise QueueFull(self._size)

    async def _turn(self, place: _Place) -> None:
        """Wait for it. Whoever comes back from here is one of those that run."""
        self._line.join(place)
        self._recount_soon()
        try:
            await place.turn
        except asyncio.CancelledError:
            if not place.turn.done() or place.turn.cancelled():
                self._line.leave(place)
                self._recount_soon()
            elif place.turn.exception() is None:  # the turn had come in the same moment: it is for the next one
                self._give_on()
            raise
        finally:
            place.stop_telling()

    def _give_on(self) -> None:
        """One has ended: it is the next one's turn."""
        self._recount_soon()
        while (place := self._line.take_next()) is not None:
            if not place.turn.done():  # else cancelled, and about to find out
                place.turn.set_result(None)
                return
        self._running -= 1

    def _recount_soon(self) -> None:
        """Once for all that happens in one go: of fifty who ask at the same moment, each is told once."""
        if self._recounting is None:
            self._recounting = asyncio.get_running_loop().call_soon(self._recount)

    def _recount(self) -> None:
        self._recounting = None
        for before, place in enumerate(self._line, self._running):
            place.tell(before)


class _Place:
    """A question that waits."""

    def __init__(self, server: int | None, person: int, moved: Moved | None) -> None:
        self.server = server
        self.person = person
        self.turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._moved = moved
        self._before = 0
        self._telling: asyncio.Task[None] | None = None

    def tell(self, before: int) -> None:
        """Say how many come before it, where that is news."""
        if self._moved is None or self.turn.done() or before == self._before:
            return
        self._before = before
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell(self._moved))

    def stop_telling(self) -> None:
        """Where it stands is no longer of interest."""
        if self._telling is not None:
            self._telling.cancel()

    async def _tell(self, moved: Moved) -> None:
        told = 0
        while told != self._before:
            told = self._before
            try:
                await moved(told)
            except Exception:
                log.exception("a place in the queue could not be shown")


class _Line:
    """All that wait, in the order of their turns. Servers and people of whom nothing waits are forgotten."""

    def __init__(self) -> None:
        self._servers: OrderedDict[int | None, OrderedDict[int, deque[_Place]]] = OrderedDict()
        self.of_server: Counter[int | None] = Counter()
        self.of_person: Counter[int] = Counter()

    def __iter__(self) -> Iterator[_Place]:
        """As `take_next` would give them: the first of each server, then the second of each, and so on."""
        return _by_turns(_by_turns(people.values()) for people in self._servers.values())

    def join(self, place: _Place) -> None:
        """Behind the others: a new server behind the servers, a new person behind those of the server."""
        self._servers.setdefault(place.server, OrderedDict()).setdefault(place.person, deque()).append(place)
        self.of_server[place.server] += 1
        self.of_person[place.person] += 1

    def take_next(self) -> _Place | None:
        """Whose turn it is; that server and that person go behind the others. None where nobody waits."""
        if not self._servers:
            return None
        server, people = next(iter(self._servers.items()))
        person, places = next(iter(people.items()))
        self._servers.move_to_end(server)
        people.move_to_end(person)
        place = places[0]
        self.leave(place)
        return place

    def leave(self, place: _Place) -> None:
        """Take a question out of the line, if it is still there; the others keep their order."""
        people = self._servers.get(place.server, OrderedDict())
        places = people.get(place.person, deque())
        if place not in places:
            return
        places.remove(place)
        if not places:
            del people[place.person]
        if not people:
            del self._servers[place.server]
        self.of_server -= Counter([place.server])  # unlike "-= 1" on one of them, this forgets what comes to nothing
        self.of_person -= Counter([place.person])


class _Cooldown:
    """So many questions of a person within any minute. Who has not asked for a minute is forgotten."""

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._asked: OrderedDict[int, deque[float]] = OrderedDict()  # who asked last comes last

    def check(self, person: int) -> None:
        """Raise `TooManyQuestions` where the person has to wait."""
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
    """The first of each line, then the second of each, and so on."""
    going = deque(map(iter, lines))
    while going:
        line = going.popleft()
        for one in line:
            yield one
            going.append(line)
            break
