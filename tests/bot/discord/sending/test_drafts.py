"""Drafts: the newest text wins, edits neither overlap nor crowd, and the last one always comes."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.discord.sending.drafts import Draft

LONG = 3600.0  # seconds: an interval that no test waits for


class Screen:
    """Where edits arrive: when each began and ended, on the loop's clock; `gate` can hold them up."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.times: list[tuple[float, float]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.failing = False
        self._busy = False

    async def send(self, text: str) -> str:
        assert not self._busy, "one edit at a time"
        self._busy = True
        began = asyncio.get_running_loop().time()
        try:
            await self.gate.wait()
            if self.failing:
                raise OSError("Discord is out")
            self.shown.append(text)
        finally:
            self._busy = False
            self.times.append((began, asyncio.get_running_loop().time()))
        return text


async def settle() -> None:
    """Let everything happen that is about to."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_the_first_text_is_shown_at_once_and_the_next_ones_wait() -> None:
    screen = Screen()
    draft = Draft(screen.send, LONG)
    for text in ("one", "two"):
        draft.update(text)
        await settle()
    assert screen.shown == ["one"]
    await draft.cancel()


async def test_of_what_arrives_meanwhile_only_the_newest_is_shown() -> None:
    screen = Screen()
    draft = Draft(screen.send, 0.05)
    screen.gate.clear()
    for text in ("one", "two", "three"):
        draft.update(text)
        await settle()
    screen.gate.set()
    while len(screen.shown) < 2:
        await asyncio.sleep(0.01)
    draft.update("four")
    while len(screen.shown) < 3:
        await asyncio.sleep(0.01)
    assert screen.shown == ["one", "three", "four"]
    for (_, ended), (began, _) in zip(screen.times, screen.times[1:], strict=False):
        assert began - ended >= 0.049
    await draft.cancel()


async def test_updates_of_one_moment_are_one_edit() -> None:
    screen = Screen()
    draft = Draft(screen.send, 0)
    for number in range(10):
        draft.update(str(number))
    await settle()
    assert screen.shown == ["9"]
    await draft.cancel()


async def test_the_last_text_does_not_wait_for_the_interval_but_for_the_edit_in_flight() -> None:
    screen = Screen()
    draft = Draft(screen.send, LONG)
    screen.gate.clear()
    draft.update("one")
    await settle()
    draft.update("overtaken")
    finishing = asyncio.create_task(draft.finish("last"))
    await settle()
    assert not finishing.done()
    screen.gate.set()
    await finishing
    assert screen.shown == ["one", "last"]
    draft.update("too late")
    await settle()
    assert screen.shown == ["one", "last"]


async def test_the_last_text_alone() -> None:
    screen = Screen()
    await Draft(screen.send, LONG).finish("last")
    assert screen.shown == ["last"]


async def test_an_edit_that_fails_is_logged_and_the_later_ones_come(caplog: pytest.LogCaptureFixture) -> None:
    screen = Screen()
    screen.failing = True
    draft = Draft(screen.send, 0)
    draft.update("one")
    await settle()
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert "Discord is out" in record.message
    screen.failing = False
    draft.update("two")
    await settle()
    await draft.finish("last")
    assert screen.shown == ["two", "last"]


async def test_where_the_last_one_fails_its_caller_knows_and_may_try_another() -> None:
    screen = Screen()
    screen.failing = True
    draft = Draft(screen.send, LONG)
    with pytest.raises(OSError, match="out"):
        await draft.finish("long")
    screen.failing = False
    await draft.finish("short")
    assert screen.shown == ["short"]


async def test_after_cancelling_nothing_more_is_shown_and_nothing_is_half_sent() -> None:
    screen = Screen()
    draft = Draft(screen.send, LONG)
    screen.gate.clear()
    draft.update("one")
    await settle()
    draft.update("two")
    cancelling = asyncio.create_task(draft.cancel())
    await settle()
    assert not cancelling.done(), "the edit in flight is waited for"
    screen.gate.set()
    await cancelling
    await settle()
    assert screen.shown == ["one"]
    await draft.cancel()


async def test_whoever_is_cancelled_while_finishing_does_not_tear_the_edit_in_flight() -> None:
    screen = Screen()
    draft = Draft(screen.send, LONG)
    screen.gate.clear()
    draft.update("one")
    await settle()
    finishing = asyncio.create_task(draft.finish("last"))
    await settle()
    finishing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await finishing
    screen.gate.set()
    await settle()
    assert screen.shown == ["one"]
    await draft.finish("last")
    assert screen.shown == ["one", "last"]
