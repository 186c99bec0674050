"""What can happen between a question and its answer: a narrower scope, another question, a broken connection."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest
from discord.http import Route

from bot.discord.access.scopes import folders_for
from bot.discord.asking.ask import ask
from bot.discord.pages.page import Page
from bot.discord.sending.replies import FollowUpReply, InteractionReply, MessageReply, Reply
from bot.discord.text import lines
from bot.types import JournalEntry, Question
from tests.bot.discord.cogs.test_ask import LONG, NEST
from tests.bot.discord.support.answers import (
    AGENCY,
    BOLTON,
    FOUNDED,
    UNKNOWN,
    answer,
    entry_under,
    reference_in,
    shown,
    spoken,
)
from tests.bot.discord.support.at_once import begin, begin_waiting, engine_busy, hear, queue_busy, until, write
from tests.bot.discord.support.memory import alive
from tests.bot.discord.support.scenes import Scene, Scenes, text_of

TRUMP = "And what did Trump say?"
SEARCHED_TRUMP = "What did Trump say the talks were about?"


class Place:
    """A reply that records what is said and shown. `on_the_way` runs before the answer is shown."""

    embeds = True

    def __init__(self, it: Scene, on_the_way: Callable[[], Awaitable[None]] | None = None) -> None:
        self._it = it
        self._on_the_way = on_the_way
        self.said: list[str] = []
        self.pages: list[Page] = []
        self.was_under_way = False

    async def say(self, text: str) -> None:
        self.said.append(text)

    async def type(self) -> None:
        self.said.append("(typing)")

    async def move(self, entry: JournalEntry) -> int | None:  # noqa: ARG002
        if self._on_the_way is not None:
            await self._on_the_way()
        return None

    async def show(self, pages: Sequence[Page], buttons: discord.ui.View | None, shown: list[discord.Message]) -> None:  # noqa: ARG002
        self.pages += pages
        self.was_under_way = asyncio.current_task() in self._it.parts.unfinished


async def _narrowed(it: Scene) -> None:
    await it.set_scope(["profiles"])


def _question(it: Scene, **changes: Any) -> Question:
    """Return a question that has another answer, or none, in the narrow scope."""
    values: dict[str, Any] = {
        "text": BOLTON,
        "asker": it.bob.id,
        "server": it.guild.id,
        "channel": it.channel.id,
        "surface": "command",
    }
    return Question(**(values | changes))


def _scope(it: Scene) -> Callable[[], tuple[str, ...] | None]:
    return partial(folders_for, it.parts, _channel(it))


def _channel(it: Scene) -> discord.TextChannel:
    found = it.bot.get_channel(it.channel.id)
    assert isinstance(found, discord.TextChannel)
    return found


async def test_a_scope_that_is_narrowed_while_a_question_waits_applies(scene: Scenes) -> None:
    async with scene() as it:
        async with queue_busy(it):
            asked = begin(it, it.bob, it.channel, "ask", question=BOLTON)
            await until(lambda: it.parts.queue.waiting(it.guild.id) == 1)
            await _narrowed(it)
        await it.env.settle()
        _is_within_profiles(entry_under(it, shown(asked)))
        assert "talks.md" not in text_of(shown(asked))


async def test_a_scope_that_is_narrowed_while_a_question_is_answered_applies(scene: Scenes) -> None:
    async with scene() as it:
        scopes = chain([None], repeat(("profiles",)))
        place = Place(it)
        await ask(it.parts, _question(it), place, scope=lambda: next(scopes))
        assert place.pages
        assert "talks.md" not in str(place.pages)
        _is_within_profiles(it.parts.journal.last_in(it.channel.id, 0))


async def test_a_scope_that_is_narrowed_before_an_answer_is_shown_applies(scene: Scenes) -> None:
    async with scene() as it:
        place = Place(it, partial(_narrowed, it))
        await ask(it.parts, _question(it), place, scope=_scope(it))
        assert place.pages
        assert "talks.md" not in str(place.pages)
        _is_within_profiles(it.parts.journal.last_in(it.channel.id, 0))


async def test_a_post_whose_answer_goes_out_of_scope_is_ignored(scene: Scenes) -> None:
    async with scene() as it:
        place = Place(it, partial(_narrowed, it))
        await ask(it.parts, _question(it, text=AGENCY), place, scope=_scope(it), tentative=True)
        assert (place.pages, place.said) == ([], [])
        assert it.parts.journal.last_in(it.channel.id, 0) is None


async def test_nothing_is_visible_of_a_post_while_it_is_answered(scene: Scenes) -> None:
    async with scene() as it:
        post, next_one = Place(it), Place(it)
        async with engine_busy(it):
            asked = [
                asyncio.create_task(ask(it.parts, _question(it), reply, scope=_scope(it), tentative=reply is post))
                for reply in (post, next_one)
            ]
            await until(lambda: next_one.said)
        await asyncio.gather(*asked)
        assert next_one.said == [lines.waiting(1)]
        assert post.said == []
        assert post.pages


def _is_within_profiles(entry: JournalEntry | None) -> None:
    assert entry is not None
    assert entry.folders == ("profiles",)
    assert {source.citation.document.split("/")[0] for source in entry.sources} <= {"profiles"}


async def test_a_question_can_follow_up_one_that_is_still_waiting(scene: Scenes) -> None:
    async with scene(THREADS="always") as it:
        await it.bob.slash(it.channel, "ask", question=AGENCY)
        (thread,) = it.channel.threads
        for server, place in ((it.guild.id, thread), (None, it.bob.user.dm_channel)):
            async with queue_busy(it):
                for number, text in enumerate((BOLTON, TRUMP), 1):
                    write(it, it.bob, place, text)
                    await until(lambda: it.parts.queue.waiting(server) == number)  # noqa: B023
            await it.env.settle()
            first, second = (entry_under(it, message) for message in spoken(it, place)[-2:])
            assert (second.searched, second.question.previous) == (SEARCHED_TRUMP, first.reference)


@contextmanager
def _hanging_up(it: Scene, method: str, ending: str, error: Exception) -> Iterator[list[str]]:
    """Break the connection for some requests; yield their paths."""
    request, met = it.bot.http.request, []

    async def hung_up(route: Route, **arguments: Any) -> Any:
        if route.method == method and route.path.endswith(ending):
            met.append(route.path)
            raise error
        return await request(route, **arguments)

    it.bot.http.request = hung_up  # type: ignore[method-assign]
    try:
        yield met
    finally:
        it.bot.http.request = request  # type: ignore[method-assign]


@pytest.mark.parametrize("error", [aiohttp.ServerDisconnectedError(), ConnectionResetError("reset")])
@pytest.mark.parametrize(
    ("method", "ending", "in_channel"),
    [("POST", "/threads", True), ("DELETE", "/messages/{message_id}", False)],
)
async def test_a_connection_that_breaks_during_an_answer_does_not_lose_it(
    scene: Scenes, method: str, ending: str, in_channel: bool, error: Exception
) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=BOLTON))
        with _hanging_up(it, method, ending, error) as met:
            async with queue_busy(it):
                asked = await hear(it, it.bob, it.channel, TRUMP, reply_to=told)
                await until(lambda: answer(it).content == lines.waiting(1))
            await asked
        assert len(met) == 1
        place = it.channel if in_channel else it.channel.threads[0]
        assert entry_under(it, answer(it, place)).searched == SEARCHED_TRUMP
        assert it.env.errors == []


async def test_a_connection_that_breaks_while_typing_does_not_lose_the_answer(scene: Scenes) -> None:
    async with scene() as it:
        with _hanging_up(it, "POST", "/typing", aiohttp.ServerDisconnectedError()) as met:
            async with engine_busy(it):
                asked = await hear(it, it.bob, it.channel, f"{it.mention} {FOUNDED}")
                await until(lambda: met)
            await asked
        assert "2017" in answer(it).content


async def test_if_the_link_to_the_thread_cannot_be_sent_the_answer_is_there_all_the_same(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=BOLTON))
        await it.bob.send(it.channel, TRUMP, reply_to=told)
        it.env.inject_error("POST", f"/channels/{it.channel.id}/messages", status=500)
        await it.ada.send(it.channel, "And Maduro?", reply_to=told)
        (thread,) = it.channel.threads
        assert entry_under(it, answer(it, thread)).question.asker == it.ada.id


async def test_a_private_answer_is_not_posted_publicly_after_its_interaction_has_expired(
    scene: Scenes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    async with scene() as it:
        it.env.inject_error("PATCH", "/webhooks/*", status=404, code=10015, message="Unknown Webhook")
        await it.bob.slash(it.channel, "ask", question=FOUNDED, private=True)
        assert "nothing is left to answer to" in caplog.text
        assert spoken(it) == []
        assert it.env.errors == []


async def test_a_wider_answer_becomes_a_new_message_after_its_interaction_has_expired(scene: Scenes) -> None:
    async with scene() as it:
        pressing = asyncio.create_task(it.bot.wait_for("interaction"))
        await it.bob.slash(it.channel, "ask", question=UNKNOWN)
        interaction = await pressing
        replies = [FollowUpReply(interaction, private=private) for private in (False, True)]
        for reply in replies:
            await reply.say(lines.waiting(1))
        it.env.inject_error("PATCH", "/webhooks/*", status=401, code=50027, times=None)
        shown: list[discord.Message] = []
        await replies[0].show([Page("An hour.")], None, shown)
        assert answer(it).content == "An hour."
        assert [message.id for message in shown] == [answer(it).id]
        with pytest.raises(discord.HTTPException):
            await replies[1].show([Page("For you alone.")], None, shown)
        assert answer(it).content == "An hour."


async def test_if_the_second_page_fails_the_first_stays_and_can_be_replied_to(scene: Scenes, folder: Path) -> None:
    shutil.rmtree(folder / ".footnote")
    (folder / "seeds" / "heron.md").write_text(f"# The grey heron\n\n{LONG}")
    async with scene(ANSWER_THRESHOLD="0.01", THREADS="never") as it:
        async with queue_busy(it):
            asked = await hear(it, it.bob, it.channel, f"{it.mention} {NEST}")
            await until(lambda: spoken(it) and answer(it).content == lines.waiting(1))
            it.env.inject_error("POST", "/channels/*/messages", status=500)
        await asked
        first, failure = spoken(it)
        assert "grey heron" in first.content
        assert reference_in(failure.content)
        await it.ada.send(it.channel, "Why?", reply_to=first)
        entry = it.parts.journal.last_in(it.channel.id, 0)
        assert entry is not None
        assert entry.searched.startswith("Why does the grey heron build its nest")


async def test_a_question_is_unfinished_until_its_answer_is_shown(scene: Scenes) -> None:
    async with scene() as it:
        message = await it.ada.send(it.channel, "The Constituent Assembly was elected in 2017.")
        async with queue_busy(it):
            asked = await begin_waiting(it, it.bob)
            checking = asyncio.create_task(it.ada.context_menu(it.channel, "Check against the documents", message))
            await until(lambda: it.parts.queue.waiting(it.guild.id) == 2)
            assert len(it.parts.unfinished) == 2
        checked = await checking
        await it.env.settle()
        assert "2017" in text_of(shown(asked))
        assert "1 supported" in text_of(shown(checked))
        place = Place(it)
        await ask(it.parts, _question(it), place, scope=_scope(it))
        assert place.was_under_way
        assert it.parts.unfinished == set()


async def test_memory_does_not_grow_with_the_number_of_questions(scene: Scenes) -> None:
    async with scene(QUEUE_SIZE="300") as it:
        await it.set_scope(["empty"])
        pressing = asyncio.create_task(it.bot.wait_for("interaction"))
        await it.bob.slash(it.channel, "ask", question=FOUNDED)
        interaction = await pressing
        message = await it.bob.send(it.channel, "What they all ask")
        before = _held(it)
        replies: list[Reply] = [
            MessageReply(message, discord.Permissions.all())
            if number % 2
            else InteractionReply(interaction, private=False)
            for number in range(300)
        ]
        shown = await asyncio.gather(
            *(
                ask(it.parts, _question(it, asker=number), reply, scope=_scope(it))
                for number, reply in enumerate(replies)
            )
        )
        assert all(len(messages) == 1 for messages in shown)
        await until(lambda: it.parts.journal.unwritten == 0)
        assert _held(it) == before


def _held(it: Scene) -> dict[str, int]:
    return {
        "waiting": it.parts.queue.waiting(it.guild.id),
        "answering": len(it.parts.unfinished),
        "views": alive(discord.ui.View, discord.ui.Modal),
        "tasks": len(asyncio.all_tasks()),
        "messages": len(it.bot.cached_messages),
    }
