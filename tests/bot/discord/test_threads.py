"""Threads: when a conversation moves to one, and what is answered in it."""

from __future__ import annotations

import asyncio

import pytest
import simcord

from tests.bot.discord.answers import (
    AGENCY,
    BOLTON,
    FOUNDED,
    answer,
    channel_without,
    entry_under,
    shown,
    spoken,
)
from tests.bot.discord.scenes import Scene, Scenes, button

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
        assert entry_under(it, answer(it, thread)).channel == thread.id


async def test_what_is_written_in_its_thread_is_a_follow_up(scene: Scenes) -> None:
    async with scene() as it:
        thread = await _opened_thread(it)
        await it.ada.send(thread, "And Maduro?")
        assert entry_under(it, answer(it, thread)).searched == "What did Maduro say the talks were about?"
        assert entry_under(it, answer(it, thread)).surface == "thread"
        first = spoken(it, thread)[0]
        await it.ada.send(thread, "And why?", reply_to=first)  # goes on from there, not from the last one
        assert "Trump" in entry_under(it, answer(it, thread)).searched
        told = shown(await it.bob.slash(thread, "ask", question="And Bolton?"))
        assert entry_under(it, told).searched == "What did Bolton say the talks were about, and why?"
        assert len(spoken(it, thread)) == 4


async def test_what_people_say_to_each_other_in_its_thread_is_left_alone(scene: Scenes) -> None:
    async with scene() as it:
        thread = await _opened_thread(it)
        said = await it.ada.send(thread, f"{it.bob.mention} what do you think?")
        for text in ("Thanks a lot!", "👍", "<:yes:123456789012345678>", "ok", "@everyone look at this"):
            await it.bob.send(thread, text)
        await it.bob.send(thread, "I doubt it.", reply_to=said)
        assert len(spoken(it, thread)) == 1


async def test_other_threads_are_left_alone(scene: Scenes) -> None:
    async with scene() as it:
        theirs = it.env.backend.create_thread(it.channel.id, "plans", it.ada.id)
        thread = next(thread for thread in it.channel.threads if thread.id == theirs.id)
        await it.ada.send(thread, FOUNDED)
        assert spoken(it, thread) == []
        await it.ada.send(thread, f"{it.mention} {FOUNDED}")
        assert "2017" in answer(it, thread).content
        assert len(it.channel.threads) == 1


@pytest.mark.parametrize("command", [True, False])
async def test_with_always_every_answer_has_its_thread(scene: Scenes, command: bool) -> None:
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
async def test_where_it_may_not_use_threads_a_conversation_stays(scene: Scenes, threads: str) -> None:
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


async def test_where_no_thread_can_be_opened_a_conversation_stays(scene: Scenes) -> None:
    async with scene() as it:
        await it.bob.slash(it.channel, "ask", question=BOLTON)
        it.env.inject_error("POST", "/channels/*/threads", status=400, code=160006, message="Maximum number of threads")
        await it.bob.send(it.channel, TRUMP, reply_to=answer(it))
        assert entry_under(it, answer(it)).searched == SEARCHED_TRUMP


async def test_a_thread_has_the_scope_of_its_channel(scene: Scenes) -> None:
    async with scene(THREADS="always") as it:
        await asyncio.to_thread(it.parts.servers.set_folders, it.guild.id, it.channel.id, ["profiles"], it.ada.id)
        await it.bob.slash(it.channel, "ask", question=FOUNDED)
        (thread,) = it.channel.threads
        await it.bob.send(thread, AGENCY)
        told = answer(it, thread)
        assert entry_under(it, told).folders == ("profiles",)
        assert all(source.citation.document.startswith("profiles/") for source in entry_under(it, told).sources)
        await asyncio.to_thread(it.parts.servers.set_folders, it.guild.id, it.channel.id, [""], it.ada.id)
        sources = shown(await it.bob.click(told, custom_id=button(told, "sources")))
        assert sources.content == "There is nothing that I could show of that answer in this channel."


async def test_without_message_content_a_mention_in_its_thread_is_a_follow_up(scene: Scenes) -> None:
    async with scene(reads_messages=False) as it:
        thread = await _opened_thread(it, mention=it.mention)
        await it.bob.send(thread, "And Maduro?")
        assert len(spoken(it, thread)) == 1
        await it.bob.send(thread, f"{it.mention} And Maduro?")
        assert entry_under(it, answer(it, thread)).searched == "What did Maduro say the talks were about?"


async def _opened_thread(it: Scene, mention: str = "") -> simcord.ChannelHandle:
    """A thread in which the bot has been asked about Bolton and Trump."""
    await it.bob.send(it.channel, f"{it.mention} {BOLTON}")
    await it.bob.send(it.channel, f"{mention} {TRUMP}", reply_to=answer(it))
    (thread,) = it.channel.threads
    return thread
