"""Drafts: the newest text wins, edits neither overlap nor follow too closely, and the last one is always sent."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.discord.sending.drafts import Draft

LONG = 3600.0  # seconds: an interval that no test waits for


class Screen:
    """Records when edits begin and end, on the loop's clock. `gate` can delay them."""

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
    """Let everything that is due happen."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_the_first_text_is_shown_at_once_and_the_next_ones_wait() -> None:
    screen = Screen()
    draft = Draft(screen.send, interval=LONG)
    for text in ("one", "two"):
        draft.update(text)
        await settle()
    assert screen.shown == ["one"]
    await draft.cancel()


async def test_only_the_newest_text_is_shown_after_a_pause() -> None:
    screen = Screen()
    draft = Draft(screen.send, interval=0.05)
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


async def test_simultaneous_updates_are_one_edit() -> None:
    screen = Screen()
    draft = Draft(screen.send, interval=0)
    for number in range(10):
        draft.update(str(number))
    await settle()
    assert screen.shown == ["9"]
    await draft.cancel()


async def test_the_last_text_waits_for_the_current_edit_but_not_for_the_interval() -> None:
    screen = Screen()
    draft = Draft(screen.send, interval=LONG)
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


async def test_only_a_last_text() -> None:
    screen = Screen()
    await Draft(screen.send, interval=LONG).finish("last")
    assert screen.shown == ["last"]


async def test_an_edit_that_fails_is_logged_and_later_ones_are_sent(caplog: pytest.LogCaptureFixture) -> None:
    screen = Screen()
    screen.failing = True
    draft = Draft(screen.send, interval=0)
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


async def test_an_error_of_the_last_edit_is_raised_and_it_can_be_repeated() -> None:
    screen = Screen()
    screen.failing = True
    draft = Draft(screen.send, interval=LONG)
    with pytest.raises(OSError, match="out"):
        await draft.finish("long")
    screen.failing = False
    await draft.finish("short")
    assert screen.shown == ["short"]


async def test_after_cancelling_nothing_more_is_shown_and_the_current_edit_is_completed() -> None:
    screen = Screen()
    draft = Draft(screen.send, interval=LONG)
    screen.gate.clear()
    draft.update("one")
    await settle()
    draft.update("two")
    cancelling = asyncio.create_task(draft.cancel())
    await settle()
    assert not cancelling.done(), "it waits for the current edit"
    screen.gate.set()
    await cancelling
    await settle()
    assert screen.shown == ["one"]
    await draft.cancel()


async def test_cancelling_finish_does_not_cancel_the_current_edit() -> None:
    screen = Screen()
    draft = Draft(screen.send, interval=LONG)
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
