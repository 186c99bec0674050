"""New posts in forums, which are answered if an administrator has chosen so."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import discord
import pytest
import simcord
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from bot.journal.server_settings import ForumAnswers
from tests.bot.discord.support.answers import (
    AGENCY,
    BOLTON,
    FOUNDED,
    UNKNOWN,
    answer,
    entry_under,
    nobody_is_mentioned,
    posted,
    shown,
    spoken,
)
from tests.bot.discord.support.scenes import Scene, Scenes, text_of

THREAD_MESSAGES = discord.Permissions(send_messages_in_threads=True).value


async def _forum(it: Scene, answers: ForumAnswers) -> simcord.ChannelHandle:
    forum = it.guild.create_forum_channel("questions")
    await it.env.settle()
    await asyncio.to_thread(it.parts.servers.set_forum, it.guild.id, forum.id, answers, person=it.ada.id)
    return forum


async def test_a_new_post_is_answered_from_its_title_and_text(scene: Scenes) -> None:
    async with scene() as it:
        forum = await _forum(it, "found")
        post = await posted(it, it.bob, forum, "The Constituent Assembly", f"Hi all! {FOUNDED}")
        assert "2017" in answer(it, post).content
        entry = entry_under(it, answer(it, post))
        assert (entry.question.surface, entry.question.text) == ("forum", f"The Constituent Assembly\n{FOUNDED}")
        picture = await posted(it, it.bob, forum, FOUNDED, "")
        assert "2017" in answer(it, picture).content
        assert nobody_is_mentioned(it.env)


async def test_with_found_nothing_is_said_without_an_answer(scene: Scenes) -> None:
    async with scene(QUESTIONS_PER_MINUTE="3") as it:
        forum = await _forum(it, "found")
        for title, text in (("Flights", UNKNOWN), ("???", "!!!"), (FOUNDED, FOUNDED), (FOUNDED, "Too often.")):
            post = await posted(it, it.bob, forum, title, text)
            assert bool(spoken(it, post)) == (text == FOUNDED)
        assert it.env.errors == []


async def test_with_found_an_unanswered_post_is_not_stored(scene: Scenes) -> None:
    async with scene() as it:
        post = await posted(it, it.bob, await _forum(it, "found"), "Flights", UNKNOWN)
        assert it.parts.journal.last_in(post.id, 0) is None
        assert "None in the last 30 days" in text_of(shown(await it.ada.slash(it.channel, "gaps")))


async def test_with_found_errors_are_not_reported(
    scene: Scenes, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene() as it:
        forum = await _forum(it, "found")
        with closing(sqlite3.connect(folder / ".footnote" / "catalog.sqlite")) as catalog:
            catalog.execute("UPDATE document SET places = '{}'")
            catalog.commit()
        post = await posted(it, it.bob, forum, FOUNDED, FOUNDED)
        assert spoken(it, post) == []
        assert f"a question in {post.id}, reference " in caplog.text
        assert "KeyError" in caplog.text


async def test_with_always_a_missing_answer_is_reported(scene: Scenes) -> None:
    async with scene() as it:
        post = await posted(it, it.bob, await _forum(it, "always"), "Flights", UNKNOWN)
        assert answer(it, post).content.startswith("I found no answer to “Flights ")


async def test_with_off_only_posts_that_mention_the_bot_are_answered(scene: Scenes) -> None:
    async with scene() as it:
        forum = await _forum(it, "off")
        assert spoken(it, await posted(it, it.bob, forum, FOUNDED, FOUNDED)) == []
        post = await posted(it, it.bob, forum, "An election", f"{it.mention} {FOUNDED}")
        assert "2017" in answer(it, post).content
        assert entry_under(it, answer(it, post)).question.surface == "mention"


async def test_with_found_a_post_that_mentions_the_bot_gets_an_abstention(scene: Scenes) -> None:
    async with scene() as it:
        post = await posted(it, it.bob, await _forum(it, "found"), "Flights", f"{it.mention} {UNKNOWN}")
        assert answer(it, post).content.startswith("I found no answer to ")


async def test_only_the_beginning_of_a_long_post_is_searched(scene: Scenes) -> None:
    async with scene() as it:
        post = await posted(it, it.bob, await _forum(it, "always"), "A very long story", "The talks went on. " * 105)
        entry = entry_under(it, answer(it, post))
        assert entry.question.text.startswith("A very long story\nThe talks went on.")
        assert 1900 < len(entry.question.text) <= 2000


async def test_without_permission_to_send_the_author_gets_no_direct_message(
    scene: Scenes, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene() as it:
        forum = await _forum(it, "always")
        it.env.backend.set_overwrite(forum.id, Overwrite(it.bot.own_id, OverwriteType.MEMBER, deny=THREAD_MESSAGES))
        await it.env.settle()
        assert spoken(it, await posted(it, it.bob, forum, FOUNDED, FOUNDED)) == []
        assert spoken(it, it.bob.user.dm_channel) == []
        assert "the permission to send messages is missing" in caplog.text


async def test_only_the_first_message_of_a_post_is_answered(scene: Scenes) -> None:
    async with scene() as it:
        post = await posted(it, it.bob, await _forum(it, "found"), BOLTON, "")
        before = len(spoken(it, post))
        await it.ada.send(post, AGENCY)
        assert len(spoken(it, post)) == before
        await it.ada.send(post, f"{it.mention} And what did Trump say?")  # the conversation of the post continues
        assert entry_under(it, answer(it, post)).searched == "What did Trump say the talks were about?"
        await it.ada.send(post, "And Maduro?")
        assert len(spoken(it, post)) == before + 1


async def test_a_post_is_answered_from_the_scope_of_its_forum(scene: Scenes) -> None:
    async with scene() as it:
        forum = await _forum(it, "always")
        await it.set_scope(["profiles"], channel=forum)
        post = await posted(it, it.bob, forum, "News", AGENCY)
        entry = entry_under(it, answer(it, post))
        assert entry.folders == ("profiles",)
        assert all(source.citation.document.startswith("profiles/") for source in entry.sources)


async def test_without_message_content_posts_are_ignored(scene: Scenes) -> None:
    async with scene(reads_messages=False) as it:
        forum = await _forum(it, "always")
        assert spoken(it, await posted(it, it.bob, forum, FOUNDED, FOUNDED)) == []
        post = await posted(it, it.bob, forum, "An election", f"{it.mention} {FOUNDED}")
        assert "2017" in answer(it, post).content
