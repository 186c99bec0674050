"""Search wider: more passages are read where nothing answered, and what is less sure is shown."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import simcord

from bot.discord.text import lines
from tests.bot.discord.support.answers import (
    BOLTON,
    FOUNDED,
    UNKNOWN,
    answer,
    buttons_of,
    entry_under,
    nobody_is_mentioned,
    reference_in,
    shown,
    spoken,
)
from tests.bot.discord.support.scenes import Scenes, button, text_of

# What is certain is not certain enough then, but for "Search wider".
STRICT = "0.95"


def followed(pressed: simcord.InteractionResult) -> simcord.ResponseMessage:
    """The message after the one whose button was pressed."""
    return pressed.followups[-1]


async def test_what_is_less_sure_is_found_and_said_to_be_so(scene: Scenes) -> None:
    async with scene(ANSWER_THRESHOLD=STRICT) as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED))
        assert "This is the closest I found" in told.content
        assert buttons_of(told) == ["Sources", "Search wider", "👍", "👎"]
        wider = followed(await it.ada.click(told, custom_id=button(told, "wider")))
        assert not wider.ephemeral
        assert wider.content.startswith(f"-# asked: {FOUNDED}\nFound by searching wider, so take it with care: ")
        assert "elected in 2017" in wider.content
        assert buttons_of(wider) == ["Sources", "👍", "👎"]
        entry = entry_under(it, wider)
        assert (entry.question.asker, entry.question.surface) == (it.ada.id, "wider")
        assert entry.question.previous == entry_under(it, told).reference
        sources = shown(await it.bob.click(wider, custom_id=button(wider, "sources")))
        assert "was elected in 2017" in text_of(sources)
        assert nobody_is_mentioned(it.env)


async def test_where_nothing_is_found_wider_either_it_is_not_offered_again(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=UNKNOWN))
        wider = followed(await it.bob.click(told, custom_id=button(told, "wider")))
        assert UNKNOWN in wider.content
        assert wider.content != told.content  # else it would look as if nothing had been done
        assert buttons_of(wider) == ["Nearest passages", "👍", "👎"]


async def test_a_private_question_is_searched_wider_in_private(scene: Scenes) -> None:
    async with scene(ANSWER_THRESHOLD=STRICT) as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED, private=True))
        wider = followed(await it.bob.click(told, custom_id=button(told, "wider")))
        assert wider.ephemeral
        assert "elected in 2017" in wider.content
        assert spoken(it) == []
        assert entry_under(it, wider).question.private


async def test_a_follow_up_is_searched_wider_as_it_was_searched(scene: Scenes) -> None:
    async with scene(ANSWER_THRESHOLD=STRICT) as it:
        await it.bob.slash(it.channel, "ask", question=BOLTON)
        await it.bob.send(it.channel, "And what did Trump say?", reply_to=answer(it))
        (thread,) = it.channel.threads
        told = answer(it, thread)
        await it.bob.click(told, custom_id=button(told, "wider"))
        assert entry_under(it, answer(it, thread)).searched == "What did Trump say the talks were about?"
        await it.bob.send(thread, "And Maduro?")  # the conversation goes on from there
        assert entry_under(it, answer(it, thread)).searched == "What did Maduro say the talks were about?"


async def test_it_is_rewritten_from_nothing_that_is_out_of_scope_by_now(scene: Scenes) -> None:
    async with scene(ANSWER_THRESHOLD=STRICT, THREADS="never") as it:
        await it.bob.slash(it.channel, "ask", question=BOLTON)
        await it.bob.send(it.channel, "And what did Trump say?", reply_to=answer(it))
        told = answer(it)
        assert "talks" in entry_under(it, told).searched
        await it.set_scope(["profiles"])
        wider = followed(await it.bob.click(told, custom_id=button(told, "wider")))
        assert entry_under(it, wider).searched == "And what did Trump say?"
        assert "Bolton" not in wider.content
        assert "talks" not in wider.content


async def test_it_is_pressed_once_and_answered_below(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=UNKNOWN))
        assert "Search wider" in buttons_of(told)
        wider = followed(await it.ada.click(told, custom_id=button(told, "wider")))
        assert [message.id for message in spoken(it)] == [told.id, wider.id]
        assert [buttons_of(message) for message in spoken(it)] == [["Nearest passages", "👍", "👎"]] * 2


async def test_where_it_comes_to_nothing_it_can_be_pressed_again(scene: Scenes, folder: Path) -> None:
    async with scene(QUESTIONS_PER_MINUTE="1") as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=UNKNOWN))
        refused = followed(await it.bob.click(told, custom_id=button(told, "wider")))
        assert "Ask again in " in refused.content  # it counts as a question
        assert "Search wider" in buttons_of(spoken(it)[0])
        with closing(sqlite3.connect(folder / ".footnote" / "catalog.sqlite")) as catalog:
            kept = catalog.execute("SELECT id, places FROM document").fetchall()
            catalog.execute("UPDATE document SET places = '{}'")
            catalog.commit()
            failed = followed(await it.ada.click(told, custom_id=button(told, "wider")))
            assert reference_in(failed.content)
            assert "Search wider" in buttons_of(spoken(it)[0])
            catalog.executemany("UPDATE document SET places = ?2 WHERE id = ?1", kept)
            catalog.commit()
        carol = it.guild.add_member(it.env.create_user("carol"))
        assert UNKNOWN in followed(await carol.click(told, custom_id=button(told, "wider"))).content
        assert "Search wider" not in buttons_of(spoken(it)[0])


async def test_it_searches_what_the_channel_may_be_answered_from_now(scene: Scenes) -> None:
    async with scene(ANSWER_THRESHOLD=STRICT) as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED))
        await it.set_scope([""])
        wider = followed(await it.bob.click(told, custom_id=button(told, "wider")))
        assert "2017" not in wider.content
        assert "caracas.md" not in text_of(wider)


async def test_what_is_forgotten_can_not_be_searched_wider(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=UNKNOWN))
        await asyncio.to_thread(it.parts.journal.forget, it.bob.id)
        gone = followed(await it.ada.click(told, custom_id=button(told, "wider")))
        assert (gone.content, gone.ephemeral) == (lines.GONE, True)
