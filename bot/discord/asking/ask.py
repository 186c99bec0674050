"""Answer one question: queue it, answer it, store the answer, show it. The same for every way of asking."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

import discord

from bot.discord.asking.conversations import Earlier
from bot.discord.errors import UNREACHABLE, report_error
from bot.discord.pages.answer import answer_pages
from bot.discord.parts import ServingParts
from bot.discord.queue import Closing, QueueFull, TooManyQuestions, TooManyWaiting
from bot.discord.sending.answer_buttons import answer_buttons
from bot.discord.sending.drafts import Draft
from bot.discord.sending.replies import Reply
from bot.discord.text import lines
from bot.journal.entries import answer_question, is_within
from bot.runtime.wiring import Parts
from bot.types import JournalEntry, Question

TYPING_AFTER = 1.0  # seconds without an answer, after which "… is typing" is shown
POSITION_AFTER = 1.0  # seconds of waiting, after which the position in the queue is shown; most waits are shorter

T = TypeVar("T")

log = logging.getLogger(__name__)


async def ask(
    parts: ServingParts,
    question: Question,
    reply: Reply,
    *,
    scope: Callable[[], tuple[str, ...] | None],
    earlier: Callable[[], Earlier] = tuple,
    tentative: bool = False,
) -> list[discord.Message]:
    """Answer a question when its turn comes. Return the messages that show the answer; none if nothing is shown.

    `scope` returns the folders that may be searched, `earlier` the conversation that the question follows up. Both are
    called when the turn comes: until then an administrator may narrow the scope, or the previous question be answered.
    `earlier` is called in another thread, so it may read the journal. A `tentative` question expects no answer: if it
    has none, or something fails, nothing is stored and nothing is said. Never raises: errors are logged, and reported
    to the asker in one line.
    """

    def answer_in_scope(live: Parts) -> JournalEntry | None:
        entry = answer_question(question, live.engine, live.index, folders=scope(), earlier=earlier())
        if tentative:
            return None if entry.abstained else entry
        parts.journal.keep(entry)  # before the next question is answered, which may be a follow-up
        return entry

    shown: list[discord.Message] = []
    with parts.finished_before_closing():
        try:
            turn = await in_turn(parts, question.server, question.asker, reply, answer_in_scope, tentative=tentative)
            if turn is None or (entry := turn[0]) is None:
                return []
            channel = await reply.move(entry) or question.channel
            while not is_within(entry.folders, scope()):  # an administrator has narrowed the scope since
                if (entry := await parts.live.run(answer_in_scope)) is None:
                    return []
            entry = replace(entry, waited=turn[1]).in_channel(channel)
            parts.journal.keep(entry)
            try:
                await reply.show(answer_pages(entry, parts.prompts, embeds=reply.embeds), answer_buttons(entry), shown)
            finally:
                if shown:
                    parts.journal.set_messages(entry.reference, [message.id for message in shown])
        except Exception as error:  # noqa: BLE001 (reported to the asker and logged)
            await report_error(f"a question in {question.channel}", error, None if tentative else reply.say)
    return shown


async def in_turn(
    parts: ServingParts,
    server: int | None,
    person: int,
    reply: Reply,
    work: Callable[[Parts], T],
    *,
    tentative: bool = False,
) -> tuple[T, float] | None:
    """Call `work` with the newest index when the person's turn comes. Return its result and the seconds until then.

    None if the person can't have a turn now, which the reply has been told, unless the question is `tentative`: then
    nothing is ever said.
    """
    joined = time.monotonic()
    is_answering = False

    async def run_work() -> tuple[T, float]:
        nonlocal is_answering
        is_answering = True
        waited = time.monotonic() - joined
        return await parts.live.run(work), waited

    draft = Draft(reply.say)

    async def show_position(before: int) -> None:
        await asyncio.sleep(max(0.0, joined + POSITION_AFTER - time.monotonic()))
        draft.update(lines.waiting(before))

    on_move = None if tentative else show_position
    running = asyncio.ensure_future(parts.queue.run(server, person, run_work, on_move=on_move))
    try:
        done, _ = await asyncio.wait({running}, timeout=TYPING_AFTER)
        if not done and is_answering and not tentative:  # while it waits, its position is shown instead
            with suppress(*UNREACHABLE):
                await reply.type()
        return await running
    except TooManyQuestions as error:
        refusal = lines.cooldown(error.retry_after)
    except TooManyWaiting:
        refusal = lines.TOO_MANY_WAITING
    except QueueFull as error:
        refusal = lines.queue_full(error.size)
    except Closing:
        refusal = lines.CLOSING
    finally:
        running.cancel()
        await draft.cancel()
    if tentative:
        log.info("a question in a forum or thread was refused: %s", refusal)
    else:
        await reply.say(refusal)
    return None
