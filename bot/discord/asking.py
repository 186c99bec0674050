"""One question from its asker to its answer: in line, answered, kept, shown. The same for every way of asking."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

import discord

from bot.discord import lines
from bot.discord.answer_pages import answer_pages
from bot.discord.buttons import answer_buttons
from bot.discord.drafts import Draft
from bot.discord.errors import explained, is_gone
from bot.discord.parts import ServingParts
from bot.discord.queue import Closing, QueueFull, TooManyQuestions, TooManyWaiting
from bot.discord.replies import Reply
from bot.journal_entries import Asked, after_waiting, answered
from bot.wiring import Parts
from index.errors import QuestionError

TYPING_AFTER = 1.0  # seconds without an answer, after which it is shown that one is on its way
POSITION_AFTER = 1.0  # seconds of waiting, after which the place in the queue is shown: most waits are shorter

T = TypeVar("T")

log = logging.getLogger(__name__)


async def ask(
    parts: ServingParts, asked: Asked, reply: Reply, silent_abstention: bool = False
) -> list[discord.Message]:
    """Answer a question in its turn; the messages that carry the answer, none where there was nothing to show.

    With `silent_abstention` nothing is said where nothing answers, or where it can't be asked. Never raises: whatever
    goes wrong is told in one line and logged.
    """
    task = asyncio.current_task()
    assert task is not None
    parts.answering.add(task)
    try:
        turn = await in_turn(
            parts,
            asked.server,
            asked.asker,
            reply,
            lambda live: answered(asked, live.engine, live.index),
            was_asked=not silent_abstention,
        )
        if turn is None:
            return []
        entry = after_waiting(*turn)
        parts.journal.keep(entry)
        if entry.abstained and silent_abstention:
            return []
        pages = answer_pages(entry, parts.prompts, reply.embeds)
        shown = await reply.show(pages, answer_buttons(entry))
        parts.journal.set_messages(entry.reference, [message.id for message in shown])
    except Exception as error:  # noqa: BLE001 (it is told and logged)
        if silent_abstention and isinstance(error, QuestionError):
            log.info("a post in %s is not answered: %s", asked.channel, error)
        else:
            await explained(f"a question in {asked.channel}", error, reply.say)
        return []
    finally:
        parts.answering.discard(task)
    return shown


async def in_turn(
    parts: ServingParts,
    server: int | None,
    person: int,
    reply: Reply,
    work: Callable[[Parts], T],
    was_asked: bool = True,
) -> tuple[T, float] | None:
    """What `work` comes to with the newest index, once it is this person's turn; and the seconds until then.

    None where they can't have a turn now, which has been said. Nothing is said to people who have not asked the bot.
    """
    joined = time.monotonic()

    async def its_turn() -> tuple[T, float]:
        waited = time.monotonic() - joined
        return await parts.live.run(work), waited

    draft = Draft(reply.say)

    async def moved(position: int) -> None:
        await asyncio.sleep(max(0.0, joined + POSITION_AFTER - time.monotonic()))
        draft.update(lines.waiting(position))

    running = asyncio.ensure_future(parts.queue.run(server, person, its_turn, moved if was_asked else None))
    try:
        done, _ = await asyncio.wait({running}, timeout=TYPING_AFTER)
        if not done:
            with suppress(discord.HTTPException):
                await reply.type()
        return await running
    except TooManyQuestions as error:
        said = lines.cooldown(error.retry_after)
    except TooManyWaiting:
        said = lines.TOO_MANY_WAITING
    except QueueFull as error:
        said = lines.queue_full(error.size)
    except Closing:
        said = lines.CLOSING
    finally:
        running.cancel()
        await draft.cancel()
    if was_asked:
        await reply.say(said)
    return None


def may_use_threads(allowed: discord.Permissions) -> bool:
    """Whether the bot may open threads in a channel, and write in them."""
    return allowed.view_channel and allowed.create_public_threads and allowed.send_messages_in_threads


async def open_thread(under: Sequence[discord.Message | discord.PartialMessage], question: str) -> None:
    """Open a thread under the last message of an answer, where that may be done: the conversation can go on there."""
    if not under:
        return
    try:
        await under[-1].create_thread(name=lines.thread_name(question), auto_archive_duration=1440)
    except discord.HTTPException as error:
        if not is_gone(error):
            log.warning("no thread could be opened: %s", error)
