"""Search wider: after an abstention, read more passages and show less certain answers."""

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

# With this threshold only "Search wider" shows an answer.
STRICT = "0.95"


def followed(pressed: simcord.InteractionResult) -> simcord.ResponseMessage:
    """Return the message after the one whose button was pressed."""
    return pressed.followups[-1]


async def test_a_less_certain_answer_is_shown_with_its_confidence(scene: Scenes) -> None:
    async with scene(ANSWER_THRESHOLD=STRICT) as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED))
        assert "This is the closest I found" in told.content
        assert buttons_of(told) == ["Sources", "Search wider", "👍", "👎"]
        wider = followed(await it.ada.click(told, custom_id=button(told, "wider")))
        assert not wider.ephemeral
        assert wider.content.startswith(f"-# asked: {FOUNDED}\nFound by searching wider. I am ")
        assert "elected in 2017" in wider.content
        assert buttons_of(wider) == ["Sources", "👍", "👎"]
        entry = entry_under(it, wider)
        assert (entry.question.asker, entry.question.surface) == (it.ada.id, "wider")
        assert entry.question.previous == entry_under(it, told).reference
        sources = shown(await it.bob.click(wider, custom_id=button(wider, "sources")))
        assert "was elected in 2017" in text_of(sources)
        assert nobody_is_mentioned(it.env)


async def test_if_nothing_is_found_wider_the_button_is_not_offered_again(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=UNKNOWN))
        wider = followed(await it.bob.click(told, custom_id=button(told, "wider")))
        assert UNKNOWN in wider.content
        assert wider.content != told.content  # otherwise it would look as if nothing had happened
        assert buttons_of(wider) == ["Nearest passages", "👍", "👎"]


async def test_a_private_question_is_searched_wider_privately(scene: Scenes) -> None:
    async with scene(ANSWER_THRESHOLD=STRICT) as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED, private=True))
        wider = followed(await it.bob.click(told, custom_id=button(told, "wider")))
        assert wider.ephemeral
        assert "elected in 2017" in wider.content
        assert spoken(it) == []
        assert entry_under(it, wider).question.private


async def test_a_follow_up_is_searched_wider_with_its_conversation(scene: Scenes) -> None:
    async with scene(ANSWER_THRESHOLD=STRICT) as it:
        await it.bob.slash(it.channel, "ask", question=BOLTON)
        await it.bob.send(it.channel, "And what did Trump say?", reply_to=answer(it))
        (thread,) = it.channel.threads
        told = answer(it, thread)
        await it.bob.click(told, custom_id=button(told, "wider"))
        assert entry_under(it, answer(it, thread)).searched == "What did Trump say the talks were about?"
        await it.bob.send(thread, "And Maduro?")  # the conversation continues from there
        assert entry_under(it, answer(it, thread)).searched == "What did Maduro say the talks were about?"


async def test_words_that_are_out_of_scope_by_now_do_not_complete_the_question(scene: Scenes) -> None:
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


async def test_the_button_disappears_once_pressed(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=UNKNOWN))
        assert "Search wider" in buttons_of(told)
        wider = followed(await it.ada.click(told, custom_id=button(told, "wider")))
        assert [message.id for message in spoken(it)] == [told.id, wider.id]
        assert [buttons_of(message) for message in spoken(it)] == [["Nearest passages", "👍", "👎"]] * 2


async def test_the_button_returns_if_the_search_was_refused(scene: Scenes, folder: Path) -> None:
    async with scene(QUESTIONS_PER_MINUTE="1") as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=UNKNOWN))
        refused = followed(await it.bob.click(told, custom_id=button(told, "wider")))
        assert "Ask again in " in refused.content  # it counts as a question
        assert "Search wider" in buttons_of(spoken(it)[0])
        with closing(sqlite3.connect(folder / ".footnote" / "catalog.sqlite")) as catalog:
            kept = catalog.execute("SELECT places, id FROM document").fetchall()
            catalog.execute("UPDATE document SET places = '{}'")
            catalog.commit()
            failed = followed(await it.ada.click(told, custom_id=button(told, "wider")))
            assert reference_in(failed.content)
            assert "Search wider" in buttons_of(spoken(it)[0])
            catalog.executemany("UPDATE document SET places = ? WHERE id = ?", kept)
            catalog.commit()
        carol = it.guild.add_member(it.env.create_user("carol"))
        assert UNKNOWN in followed(await carol.click(told, custom_id=button(told, "wider"))).content
        assert "Search wider" not in buttons_of(spoken(it)[0])


async def test_it_searches_the_current_scope_of_the_channel(scene: Scenes) -> None:
    async with scene(ANSWER_THRESHOLD=STRICT) as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED))
        await it.set_scope([""])
        wider = followed(await it.bob.click(told, custom_id=button(told, "wider")))
        assert "2017" not in wider.content
        assert "caracas.md" not in text_of(wider)


async def test_a_question_that_is_no_longer_stored_cannot_be_searched_wider(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=UNKNOWN))
        await asyncio.to_thread(it.parts.journal.forget, it.bob.id)
        gone = followed(await it.ada.click(told, custom_id=button(told, "wider")))
        assert (gone.content, gone.ephemeral) == (lines.GONE, True)
