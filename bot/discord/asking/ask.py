"""One question from its asker to its answer: in line, answered, kept, shown. The same for every way of asking."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
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
from bot.journal.entries import Asked, after_waiting, answered, is_within
from bot.runtime.wiring import Parts
from bot.types import JournalEntry, Surface

TYPING_AFTER = 1.0  # seconds without an answer, after which it is shown that one is on its way
POSITION_AFTER = 1.0  # seconds of waiting, after which the place in the queue is shown: most waits are shorter

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """A question that waits for its turn; see `Asked`. Of a `tentative` one the asker expects no answer.

    `scope` and `earlier` are looked up when its turn comes: an admin may have narrowed the scope until then, and the
    question before it may have been answered. `earlier` may read the journal, and is called in another thread.
    """

    text: str
    asker: int
    server: int | None
    channel: int
    surface: Surface
    scope: Callable[[], tuple[str, ...] | None]
    earlier: Callable[[], Earlier] = tuple
    private: bool = False
    tentative: bool = False
    repeats: str | None = None
    asked_at: float = field(default_factory=time.time)
    reference: str = field(default_factory=partial(secrets.token_urlsafe, 9))  # of what is kept of it

    def asked(self) -> Asked:
        """The question as it is asked now."""
        return Asked(
            question=self.text,
            asker=self.asker,
            server=self.server,
            channel=self.channel,
            surface=self.surface,
            folders=self.scope(),
            private=self.private,
            earlier=self.earlier(),
            repeats=self.repeats,
            asked_at=self.asked_at,
        )

    def is_within_scope(self, entry: JournalEntry) -> bool:
        """Whether all that was searched for an answer may be shown now."""
        return is_within(entry.folders, self.scope())


async def ask(parts: ServingParts, question: Question, reply: Reply) -> list[discord.Message]:
    """Answer a question in its turn; the messages that carry the answer, none where there was nothing to show.

    A tentative one is neither kept nor heard of again where nothing answers it or anything hinders that. Never raises:
    whatever goes wrong is logged, and told in one line.
    """
    shown: list[discord.Message] = []
    with parts.finished_before_closing():
        try:
            work = partial(_kept, parts, question)
            turn = await in_turn(parts, question.server, question.asker, reply, work, question.tentative)
            if turn is None or (entry := turn[0]) is None:
                return []
            channel = await reply.move(entry) or entry.channel
            while not question.is_within_scope(entry):  # it has been narrowed since
                if (entry := await parts.live.run(work)) is None:
                    return []
            entry = replace(after_waiting(entry, turn[1]), channel=channel)
            parts.journal.keep(entry)
            try:
                await reply.show(answer_pages(entry, parts.prompts, reply.embeds), answer_buttons(entry), shown)
            finally:
                if shown:
                    parts.journal.set_messages(entry.reference, [message.id for message in shown])
        except Exception as error:  # noqa: BLE001 (it is told and logged)
            await report_error(f"a question in {question.channel}", error, None if question.tentative else reply.say)
    return shown


def _kept(parts: ServingParts, question: Question, live: Parts) -> JournalEntry | None:
    """The answer in the scope as it is now, in the place of an earlier one; None for a tentative question without one.

    It is kept before the next question is answered, which may follow on it; a tentative one only when it is shown.
    """
    entry = replace(answered(question.asked(), live.engine, live.index), reference=question.reference)
    if question.tentative:
        return None if entry.abstained else entry
    parts.journal.keep(entry)
    return entry


async def in_turn(
    parts: ServingParts,
    server: int | None,
    person: int,
    reply: Reply,
    work: Callable[[Parts], T],
    tentative: bool = False,
) -> tuple[T, float] | None:
    """What `work` comes to with the newest index, once it is this person's turn; and the seconds until then.

    None where they can't have a turn now, which has been said; unless it is `tentative`: then nothing is ever said.
    """
    joined = time.monotonic()

    is_answering = False

    async def its_turn() -> tuple[T, float]:
        nonlocal is_answering
        is_answering = True
        waited = time.monotonic() - joined
        return await parts.live.run(work), waited

    draft = Draft(reply.say)

    async def moved(position: int) -> None:
        await asyncio.sleep(max(0.0, joined + POSITION_AFTER - time.monotonic()))
        draft.update(lines.waiting(position))

    running = asyncio.ensure_future(parts.queue.run(server, person, its_turn, None if tentative else moved))
    try:
        done, _ = await asyncio.wait({running}, timeout=TYPING_AFTER)
        if not done and is_answering and not tentative:  # who waits in line is told that instead
            with suppress(*UNREACHABLE):
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
    if tentative:
        log.info("a question in a forum or thread had no turn: %s", said)
    else:
        await reply.say(said)
    return None
