"""Threads: when a conversation moves to a thread, and which messages in it are answered."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import discord
import pytest
import simcord
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from bot.discord.asking.threads import FollowUpThreads
from bot.discord.text import lines
from tests.bot.discord.cogs.test_ask import LONG, NEST
from tests.bot.discord.support.answers import (
    AGENCY,
    BOLTON,
    FOUNDED,
    answer,
    channel_without,
    entry_under,
    shown,
    spoken,
)
from tests.bot.discord.support.at_once import hear, queue_busy, until
from tests.bot.discord.support.scenes import Scene, Scenes, button
from tests.bot.journal.support.entries import changed

TRUMP = "And what did Trump say?"
SEARCHED_TRUMP = "What did Trump say the talks were about?"


async def test_a_follow_up_moves_to_a_thread(scene: Scenes) -> None:
    async with scene() as it:
        await it.bob.send(it.channel, f"Hey {it.mention}, {BOLTON}")
        assert it.channel.threads == []
        reply = await it.bob.send(it.channel, TRUMP, reply_to=answer(it))
        (thread,) = it.channel.threads
        assert (thread.id, thread.name) == (reply.id, BOLTON)
        assert len(spoken(it)) == 1
        assert entry_under(it, answer(it, thread)).searched == SEARCHED_TRUMP
        assert entry_under(it, answer(it, thread)).question.channel == thread.id


async def test_a_message_in_the_bots_thread_is_a_follow_up(scene: Scenes) -> None:
    async with scene() as it:
        thread = await _opened_thread(it)
        await it.ada.send(thread, "And Maduro?")
        assert entry_under(it, answer(it, thread)).searched == "What did Maduro say the talks were about?"
        assert entry_under(it, answer(it, thread)).question.surface == "thread"
        first = spoken(it, thread)[0]
        await it.ada.send(thread, "And why?", reply_to=first)  # continues that message
        assert "Trump" in entry_under(it, answer(it, thread)).searched
        told = shown(await it.bob.slash(thread, "ask", question="And Bolton?"))
        assert entry_under(it, told).searched == "What did Bolton say the talks were about, and why?"
        assert len(spoken(it, thread)) == 4


async def test_messages_between_people_in_the_bots_thread_are_ignored(scene: Scenes) -> None:
    async with scene() as it:
        thread = await _opened_thread(it)
        said = await it.ada.send(thread, f"{it.bob.mention} what do you think?")
        for text in ("Thanks a lot!", "👍", "<:yes:123456789012345678>", "ok", "@everyone look at this"):
            await it.bob.send(thread, text)
        await it.bob.send(thread, "I doubt it.", reply_to=said)
        assert len(spoken(it, thread)) == 1


async def test_a_statement_that_nothing_answers_gets_no_reaction(scene: Scenes) -> None:
    async with scene() as it:
        thread = await _opened_thread(it)
        (first,) = spoken(it, thread)
        for text in (
            "I'll bring this up in the meeting on Tuesday",
            "https://example.org/slides",
            "Great, I can send the slides around",
        ):
            await it.ada.send(thread, text)
        assert [message.id for message in spoken(it, thread)] == [first.id]
        last = it.parts.journal.last_in(thread.id, 0)
        assert last is not None
        assert last.question.text == TRUMP
        await it.ada.send(thread, "I wonder when the Constituent Assembly was elected")
        assert "2017" in answer(it, thread).content
        for text in ("The flights, then: paid by whom?", "and who paid for the flights"):
            await it.ada.send(thread, text)
            assert "I found no answer to" in answer(it, thread).content
            assert entry_under(it, answer(it, thread)).question.text == text


async def test_a_mention_in_a_thread_under_an_answer_is_a_follow_up(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=BOLTON))
        it.env.backend.create_thread(it.channel.id, "Bolton", it.ada.id, message_id=told.id)
        await it.env.settle()
        (thread,) = it.channel.threads
        await it.ada.send(thread, TRUMP)
        assert spoken(it, thread) == []
        await it.ada.send(thread, f"{it.mention} {TRUMP}")
        await it.ada.send(thread, f"{it.mention} And Maduro?")
        assert [entry_under(it, one).searched for one in spoken(it, thread)] == [
            SEARCHED_TRUMP,
            "What did Maduro say the talks were about?",
        ]
        await it.ada.send(thread, "And why?")
        assert len(spoken(it, thread)) == 2


async def test_other_threads_are_ignored(scene: Scenes) -> None:
    async with scene() as it:
        theirs = it.env.backend.create_thread(it.channel.id, "plans", it.ada.id)
        thread = next(thread for thread in it.channel.threads if thread.id == theirs.id)
        await it.ada.send(thread, FOUNDED)
        assert spoken(it, thread) == []
        await it.ada.send(thread, f"{it.mention} {FOUNDED}")
        assert "2017" in answer(it, thread).content
        assert len(it.channel.threads) == 1


@pytest.mark.parametrize("command", [True, False])
async def test_with_always_every_answer_gets_a_thread(scene: Scenes, command: bool) -> None:
    async with scene(THREADS="always") as it:
        if command:
            await it.bob.slash(it.channel, "ask", question=BOLTON)
            await it.bob.slash(it.channel, "ask", question=FOUNDED, private=True)
        else:
            await it.bob.send(it.channel, f"{it.mention} {BOLTON}")
        (thread,) = it.channel.threads
        assert (thread.id, thread.name) == (answer(it).id, BOLTON)
        await it.bob.send(thread, TRUMP)
        assert entry_under(it, answer(it, thread)).searched == SEARCHED_TRUMP
        assert len(it.channel.threads) == 1


async def test_with_never_a_conversation_stays_in_its_channel(scene: Scenes) -> None:
    async with scene(THREADS="never") as it:
        await it.bob.slash(it.channel, "ask", question=BOLTON)
        await it.bob.send(it.channel, TRUMP, reply_to=answer(it))
        assert entry_under(it, answer(it)).searched == SEARCHED_TRUMP
        assert it.channel.threads == []


@pytest.mark.parametrize("threads", ["always", "follow-up"])
async def test_without_permission_for_threads_a_conversation_stays_in_its_channel(scene: Scenes, threads: str) -> None:
    async with scene(THREADS=threads) as it:
        for channel in (
            channel_without(it, "none", create_public_threads=False),
            channel_without(it, "mute", send_messages_in_threads=False),
        ):
            await it.bob.slash(channel, "ask", question=AGENCY)
            await it.bob.send(channel, f"{it.mention} {BOLTON}")
            await it.bob.send(channel, TRUMP, reply_to=answer(it, channel))
            assert entry_under(it, answer(it, channel)).searched == SEARCHED_TRUMP
            assert channel.threads == []
        assert it.env.errors == []


async def test_if_no_thread_can_be_opened_a_conversation_stays_in_its_channel(scene: Scenes) -> None:
    async with scene() as it:
        await it.bob.slash(it.channel, "ask", question=BOLTON)
        it.env.inject_error("POST", "/channels/*/threads", status=400, code=160006, message="Maximum number of threads")
        await it.bob.send(it.channel, TRUMP, reply_to=answer(it))
        assert entry_under(it, answer(it)).searched == SEARCHED_TRUMP
        await it.bob.send(it.channel, "And Maduro?", reply_to=answer(it))
        assert [thread.name for thread in it.channel.threads] == [BOLTON]  # the first question of the conversation


async def test_a_refused_reply_opens_no_thread(scene: Scenes) -> None:
    async with scene(QUESTIONS_PER_MINUTE="1") as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=BOLTON))
        await it.bob.send(it.channel, TRUMP, reply_to=told)
        assert "Ask again in " in answer(it).content
        assert it.channel.threads == []


@pytest.mark.parametrize("threads", ["always", "follow-up"])
async def test_all_replies_to_an_answer_share_a_thread(scene: Scenes, threads: str) -> None:
    async with scene(THREADS=threads) as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=BOLTON))
        replies = [
            await who.send(it.channel, text, reply_to=told)
            for who, text in ((it.bob, TRUMP), (it.ada, "And Maduro?"), (it.bob, "And why?"))
        ]
        (thread,) = it.channel.threads
        assert thread.name == BOLTON
        assert thread.id == (told.id if threads == "always" else replies[0].id)
        pointing = replies if threads == "always" else replies[1:]  # the thread is under the first reply
        said = [(message.content, message.reference and message.reference.message_id) for message in spoken(it)[1:]]
        assert said == [(f"-# Answered in <#{thread.id}>.", one.id) for one in pointing]
        entries = [entry_under(it, one) for one in spoken(it, thread)]
        assert [entry.question.channel for entry in entries] == [thread.id] * 3
        assert entries[1].searched == "What did Maduro say the talks were about?"


async def test_a_reply_to_any_page_goes_to_the_thread_under_the_last_page(scene: Scenes, folder: Path) -> None:
    shutil.rmtree(folder / ".footnote")
    (folder / "seeds" / "heron.md").write_text(f"# The grey heron\n\n{LONG}")
    async with scene(ANSWER_THRESHOLD="0.01", THREADS="always") as it:
        asked = await it.bob.slash(it.channel, "ask", question=NEST)
        assert asked.followups
        await it.ada.send(it.channel, "And why?", reply_to=shown(asked))
        assert [thread.id for thread in it.channel.threads] == [asked.followups[-1].id]


async def test_simultaneous_replies_share_a_thread(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=BOLTON))
        messages = [await it.bob.send(it.channel, text) for text in ("One.", "Two.")]
        entry = entry_under(it, told)
        entries = [
            changed(entry, reference=f"follow-up{number:03}", surface="reply", previous=entry.reference)
            for number in range(2)
        ]
        threads = FollowUpThreads(it.parts)
        found = await asyncio.gather(*map(threads.thread_of, messages, entries))
        assert [one and one.id for one in found] == [messages[0].id] * 2
        assert len(it.channel.threads) == 1


async def test_a_conversation_does_not_continue_in_a_closed_thread(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=BOLTON))
        for number, closing in enumerate(("archived", "locked", ""), 1):
            await it.bob.send(it.channel, TRUMP, reply_to=told)
            assert len(it.channel.threads) == number
            thread = it.channel.threads[-1]
            assert entry_under(it, answer(it, thread)).searched == SEARCHED_TRUMP
            if closing:
                await _thread(it, thread).edit(archived=closing == "archived", locked=closing == "locked")
                await it.env.settle()


async def test_without_permission_to_send_in_threads_a_conversation_continues_in_the_channel(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=BOLTON))
        await it.bob.send(it.channel, TRUMP, reply_to=told)
        deny = discord.Permissions(send_messages_in_threads=True).value
        it.env.backend.set_overwrite(it.channel.id, Overwrite(it.bot.own_id, OverwriteType.MEMBER, deny=deny))
        await it.env.settle()
        await it.bob.send(it.channel, "And Maduro?", reply_to=told)
        assert entry_under(it, answer(it)).searched == "What did Maduro say the talks were about?"
        assert len(it.channel.threads) == 1


async def test_the_position_line_is_deleted_when_the_answer_is_in_a_thread(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=BOLTON))
        async with queue_busy(it):
            asked = await hear(it, it.bob, it.channel, TRUMP, reply_to=told)
            await until(lambda: answer(it).content == lines.waiting(1))
        await asked
        assert [message.id for message in spoken(it)] == [told.id]
        assert entry_under(it, answer(it, it.channel.threads[0])).searched == SEARCHED_TRUMP


async def test_a_thread_has_the_scope_of_its_channel(scene: Scenes) -> None:
    async with scene(THREADS="always") as it:
        await it.set_scope(["profiles"])
        await it.bob.slash(it.channel, "ask", question=FOUNDED)
        (thread,) = it.channel.threads
        await it.bob.send(thread, AGENCY)
        told = answer(it, thread)
        assert entry_under(it, told).folders == ("profiles",)
        assert all(source.citation.document.startswith("profiles/") for source in entry_under(it, told).sources)
        await it.set_scope([""])
        sources = shown(await it.bob.click(told, custom_id=button(told, "sources")))
        assert sources.content == "None of the sources of that answer may be shown in this channel."


async def test_without_message_content_a_mention_in_the_bots_thread_is_a_follow_up(scene: Scenes) -> None:
    async with scene(reads_messages=False) as it:
        thread = await _opened_thread(it, mention=it.mention)
        await it.bob.send(thread, "And Maduro?")
        assert len(spoken(it, thread)) == 1
        await it.bob.send(thread, f"{it.mention} And Maduro?")
        assert entry_under(it, answer(it, thread)).searched == "What did Maduro say the talks were about?"


async def _opened_thread(it: Scene, mention: str = "") -> simcord.ChannelHandle:
    """Return a thread in which the bot has been asked about Bolton and Trump."""
    await it.bob.send(it.channel, f"{it.mention} {BOLTON}")
    await it.bob.send(it.channel, f"{mention} {TRUMP}", reply_to=answer(it))
    (thread,) = it.channel.threads
    return thread


def _thread(it: Scene, thread: simcord.ChannelHandle) -> discord.Thread:
    """Return the thread as discord.py knows it."""
    found = it.bot.get_channel(thread.id)
    assert isinstance(found, discord.Thread)
    return found
