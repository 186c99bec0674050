"""Conversations: what a reply or another direct message continues."""

from __future__ import annotations

import asyncio
import time

import discord
import pytest

from tests.bot.discord.support.answers import (
    AGENCY,
    BOLTON,
    FOUNDED,
    answer,
    entry_under,
    nobody_is_mentioned,
    replied,
    shown,
    spoken,
)
from tests.bot.discord.support.at_once import until
from tests.bot.discord.support.scenes import Scenes
from tests.bot.journal.support.entries import changed

TRUMP = "And what did Trump say?"
SEARCHED_TRUMP = "What did Trump say the talks were about?"


async def test_a_reply_is_completed_from_its_conversation(scene: Scenes) -> None:
    async with scene(THREADS="never", ANSWER_THRESHOLD="0.3") as it:
        await it.bob.send(it.channel, f"{it.mention} {BOLTON}")
        first = answer(it)
        assert "searched" not in first.content
        await it.bob.send(it.channel, TRUMP, reply_to=first)
        second = answer(it)
        assert second.content.startswith(f"-# searched: {SEARCHED_TRUMP}\n")
        assert "at a very high level" in second.content
        entry = entry_under(it, second)
        assert (entry.question.text, entry.question.surface) == (TRUMP, "reply")
        assert entry.question.previous == entry_under(it, first).reference
        await it.bob.send(it.channel, "And Maduro?", reply_to=second)
        assert entry_under(it, answer(it)).searched == "What did Maduro say the talks were about?"
        assert nobody_is_mentioned(it.env)


async def test_anybody_can_continue_from_an_answer(scene: Scenes) -> None:
    async with scene(THREADS="never") as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=BOLTON))
        await it.ada.send(it.channel, TRUMP, reply_to=told)
        entry = entry_under(it, answer(it))
        assert (entry.question.asker, entry.searched) == (it.ada.id, SEARCHED_TRUMP)


async def test_a_reply_without_a_ping_is_ignored(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=BOLTON))
        await replied(it, it.ada, told, "I told you so.", ping=False)
        assert [message.id for message in spoken(it)] == [told.id]
        await replied(it, it.ada, told, TRUMP, ping=True)
        assert len(it.channel.threads) == 1


async def test_thanks_for_an_answer_are_not_searched(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=BOLTON))
        await it.bob.send(it.channel, "Thank you very much! 🙏", reply_to=told)
        await it.bob.send_dm(BOLTON)
        await it.bob.send_dm("ok thanks")
        assert len(spoken(it)) == len(spoken(it, it.bob.user.dm_channel)) == 1
        assert it.channel.threads == []
        await it.bob.send_dm("Thanks! And what did Trump say?")
        assert entry_under(it, answer(it, it.bob.user.dm_channel)).searched == SEARCHED_TRUMP


async def test_parallel_conversations_do_not_mix(scene: Scenes) -> None:
    async with scene(THREADS="never") as it:
        await it.bob.send(it.channel, f"{it.mention} {BOLTON}")
        bobs = answer(it)
        await it.ada.send(it.channel, f"{it.mention} {FOUNDED}")
        adas = answer(it)
        await it.bob.send(it.channel, "And why?", reply_to=bobs)
        assert "Bolton" in entry_under(it, answer(it)).searched
        await it.ada.send(it.channel, "And why?", reply_to=adas)
        assert "Constituent Assembly" in entry_under(it, answer(it)).searched
        await it.ada.send(it.channel, f"{it.mention} And why?")  # a mention starts a new conversation
        assert entry_under(it, answer(it)).searched == "And why?"


async def test_a_reply_to_an_expired_answer_stands_alone(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=BOLTON))
        await asyncio.to_thread(it.parts.journal.forget, it.bob.id)
        await it.bob.send(it.channel, f"And also: {FOUNDED}", reply_to=told)
        assert "searched" not in answer(it).content
        assert it.channel.threads == []
        assert entry_under(it, answer(it)).question.previous is None


async def test_a_reply_stands_alone_if_the_journal_cannot_be_read(
    scene: Scenes, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=BOLTON))
        await asyncio.to_thread(it.parts.journal.close)
        (it.parts.settings.data_dir / "journal.sqlite").write_bytes(b"no database" * 1000)
        await it.bob.send(it.channel, FOUNDED, reply_to=told)
        assert "2017" in answer(it).content
        assert "a follow-up is answered without its conversation: " in caplog.text
        assert it.env.errors == []


async def test_direct_messages_are_one_conversation_until_a_pause_of_an_hour(scene: Scenes) -> None:
    async with scene() as it:
        place = it.bob.user.dm_channel
        await it.bob.send_dm(BOLTON)
        first = entry_under(it, answer(it, place))
        await it.ada.send_dm(AGENCY)
        await it.bob.send_dm(TRUMP)
        second = entry_under(it, answer(it, place))
        assert (second.searched, second.question.previous) == (SEARCHED_TRUMP, first.reference)
        for entry in (first, second):
            it.parts.journal.keep(changed(entry, asked_at=time.time() - 3700))
        await until(lambda: it.parts.journal.last_in(place.id, time.time() - 3600) is None)  # wait until it is written
        await it.bob.send_dm(TRUMP)
        assert entry_under(it, answer(it, place)).question.previous is None
        assert "searched" not in answer(it, place).content
        await it.bob.send_dm(
            TRUMP, reference={"message_id": str(spoken(it, place)[0].id)}
        )  # a reply names the message that it continues
        assert entry_under(it, answer(it, place)).searched == SEARCHED_TRUMP


async def test_a_conversation_does_not_carry_over_what_is_out_of_scope(scene: Scenes) -> None:
    async with scene(THREADS="never") as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=BOLTON))
        await it.set_scope(["profiles"])
        await it.bob.send(it.channel, TRUMP, reply_to=told)
        entry = entry_under(it, answer(it))
        assert entry.searched == TRUMP
        assert {source.citation.document.split("/")[0] for source in entry.sources} == {"profiles"}


async def test_a_reply_to_somebody_elses_message_has_no_conversation(scene: Scenes) -> None:
    async with scene() as it:
        chat = await it.ada.send(it.channel, "Bolton said something.")
        assert chat.type is discord.MessageType.default
        await it.bob.send(it.channel, f"{it.mention} {TRUMP}", reply_to=chat)
        assert entry_under(it, answer(it)).searched == TRUMP
