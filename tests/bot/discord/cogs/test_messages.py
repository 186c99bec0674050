"""Questions in messages: mentions, direct messages, and messages that are not for the bot."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import discord
import pytest
from simcord.backend import serializers
from simcord.enums import MessageType

from bot.discord.pages.page import Page
from bot.discord.sending.replies import MessageReply
from bot.discord.text import lines
from tests.bot.discord.support.answers import (
    AGENCY,
    BOLTON,
    FOUNDED,
    UNKNOWN,
    answer,
    buttons_of,
    channel_without,
    entry_under,
    nobody_is_mentioned,
    reference_in,
    spoken,
)
from tests.bot.discord.support.discord_markdown import links, rules
from tests.bot.discord.support.scenes import Scene, Scenes, text_of


async def test_a_mention_anywhere_in_a_message_is_answered(scene: Scenes) -> None:
    async with scene() as it:
        name = it.bot.own_id
        for text in (f"<@{name}> {FOUNDED}", f"{FOUNDED} <@{name}>", f"Hey <@!{name}>, {FOUNDED}\nThank you!"):
            asked = await it.bob.send(it.channel, text)
            told = answer(it)
            assert told.reference is not None
            assert told.reference.message_id == asked.id
            assert "2017" in told.content
            assert entry_under(it, told).question.text == FOUNDED
        assert len(spoken(it)) == 3
        assert buttons_of(told) == ["Sources", "👍", "👎"]
        assert nobody_is_mentioned(it.env)


async def test_a_mention_of_the_bots_own_role_is_answered(scene: Scenes) -> None:
    async with scene() as it:
        role = it.guild.roles["TestBot"]
        # simcord does not set the tags with which Discord says whose role it is.
        payload = {**serializers.role_payload(role._role), "tags": {"bot_id": str(it.bot.own_id)}}
        it.env.backend.emit("GUILD_ROLE_UPDATE", {"guild_id": str(it.guild.id), "role": payload})
        await it.env.settle()
        await it.bob.send(it.channel, f"{role.mention} {FOUNDED}")
        assert "2017" in answer(it).content
        assert entry_under(it, answer(it)).question.text == FOUNDED


async def test_messages_to_others_are_ignored(scene: Scenes) -> None:
    async with scene() as it:
        managers = it.guild.roles["Managers"]
        for text in (FOUNDED, f"@everyone {FOUNDED}", f"{it.ada.mention} {FOUNDED}", f"{managers.mention} {FOUNDED}"):
            await it.ada.send(it.channel, text)
        other = it.guild.add_member(it.env.create_user("other", bot=True))
        await other.send(it.channel, f"{it.mention} {FOUNDED}")
        await it.guild.create_webhook(it.channel).send(f"{it.mention} {FOUNDED}")
        it.guild.create_system_message(it.channel, MessageType.NEW_MEMBER, author=it.bob)
        it.guild.create_system_message(
            it.channel, MessageType.PINS_ADD, author=it.bob, referenced_message=it.channel.history()[0]
        )
        await it.env.settle()
        assert spoken(it) == []
        assert it.parts.journal.last_in(it.channel.id, 0) is None


async def test_a_message_without_a_question_gets_a_hint_how_to_ask(scene: Scenes) -> None:
    async with scene() as it:
        for text in (it.mention, f"Hello {it.mention}!", f"{it.mention} 👋"):
            await it.bob.send(it.channel, text)
        await it.bob.send_dm("Hi there")
        assert [message.content for message in spoken(it)] == [lines.HOW_TO_ASK] * 3
        assert answer(it, it.bob.user.dm_channel).content == lines.HOW_TO_ASK
        assert it.parts.journal.last_in(it.channel.id, 0) is None


async def test_a_direct_message_is_answered(scene: Scenes) -> None:
    async with scene() as it:
        await it.bob.send_dm(FOUNDED)
        told = answer(it, it.bob.user.dm_channel)
        assert "2017" in told.content
        assert told.embeds
        assert entry_under(it, told).question.surface == "direct"


async def test_a_mention_in_a_reply_to_somebody_else_is_a_new_question(scene: Scenes) -> None:
    async with scene() as it:
        await it.ada.send(it.channel, f"{it.mention} {BOLTON}")
        chat = await it.ada.send(it.channel, "It was in the papers.")
        await it.bob.send(it.channel, f"{it.mention} {AGENCY}", reply_to=chat)
        told = answer(it)
        assert "Associated Press" in told.content
        assert entry_under(it, told).question.surface == "mention"
        assert entry_under(it, told).question.previous is None


async def test_without_message_content_mentions_and_direct_messages_are_answered(scene: Scenes) -> None:
    async with scene(reads_messages=False) as it:
        assert it.bot.intents.message_content is False
        await it.bob.send(it.channel, f"{it.mention} {FOUNDED}")
        assert "2017" in answer(it).content
        await it.bob.send(it.channel, "And why?", reply_to=answer(it))
        assert entry_under(it, answer(it, it.channel.threads[0])).searched.startswith(
            "Why was the Constituent Assembly"
        )
        await it.bob.send_dm(AGENCY)
        assert "Associated Press" in answer(it, it.bob.user.dm_channel).content


async def test_without_permission_to_send_the_asker_gets_a_direct_message(
    scene: Scenes, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene() as it:
        silent = channel_without(it, "silent", send_messages=False)
        await it.bob.send(silent, f"{it.mention} {FOUNDED}")
        assert spoken(it, silent) == []
        assert answer(it, it.bob.user.dm_channel).content == lines.no_permission(silent.id)
        assert "the permission to send messages is missing" in caplog.text
        it.env.inject_error("POST", "/channels/*/messages", status=403, code=50007, message="Cannot send to this user")
        await it.bob.send(silent, f"{it.mention} {FOUNDED}")
        assert it.env.errors == []


async def test_without_embeds_sources_are_small_print(scene: Scenes) -> None:
    async with scene() as it:
        plain = channel_without(it, "plain", embed_links=False)
        await it.bob.send(plain, f"{it.mention} {FOUNDED}")
        told = answer(it, plain)
        assert not told.embeds
        assert "\n-# **[1]** " in told.content
        assert "caracas.md" in told.content
        asked = await it.bob.slash(plain, "ask", question=UNKNOWN)
        assert asked.response is not None
        assert not asked.response.embeds
        assert asked.response.content.startswith("I found no answer to ")


async def test_without_message_history_it_answers_without_a_reply(scene: Scenes) -> None:
    async with scene() as it:
        blind = channel_without(it, "blind", read_message_history=False)
        await it.bob.send(blind, f"{it.mention} {FOUNDED}")
        assert answer(it, blind).reference is None
        assert "2017" in answer(it, blind).content


async def test_a_deleted_question_is_not_answered(scene: Scenes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot")
    async with scene() as it:
        gone = "Invalid Form Body\nIn message_reference: Unknown message"
        it.env.inject_error("POST", "/channels/*/messages", status=400, code=50035, message=gone)
        await it.bob.send(it.channel, f"{it.mention} {FOUNDED}")
        assert spoken(it) == []
        assert it.env.errors == []
        assert "nothing is left to answer to" in caplog.text
        assert max(record.levelno for record in caplog.records) == logging.INFO


async def test_an_internal_error_is_reported_in_one_line(scene: Scenes, caplog: pytest.LogCaptureFixture) -> None:
    async with scene() as it:
        it.env.inject_error("POST", "/channels/*/messages", status=500)
        await it.bob.send(it.channel, f"{it.mention} {FOUNDED}")
        reference = reference_in(answer(it).content)
        (record,) = [record for record in caplog.records if reference in record.getMessage()]
        assert record.exc_info is not None
        assert it.env.errors == []


async def test_a_question_that_is_too_long_is_refused(scene: Scenes) -> None:
    async with scene() as it:
        # In a message of 2,000 characters whose mentions are shorter than the names that replace them.
        somebody = it.guild.add_member(it.env.create_user("somebody", global_name="Somebody with a very long name!"))
        await it.bob.send(it.channel, f"{it.mention} Who is {somebody.mention * 88}?")
        assert answer(it).content.startswith("I can't search for that: ")


async def test_asking_too_often_is_refused_with_the_time_to_wait(scene: Scenes) -> None:
    async with scene(QUESTIONS_PER_MINUTE="1") as it:
        await it.bob.send(it.channel, f"{it.mention} {FOUNDED}")
        await it.bob.send(it.channel, f"{it.mention} {FOUNDED}")
        assert "Ask again in " in answer(it).content


async def test_the_waiting_line_is_replaced_by_the_answer_which_stays(scene: Scenes) -> None:
    async with scene() as it:
        asked = await it.bob.send(it.channel, "How long will it take?")
        reply = MessageReply(asked, discord.Permissions.all())
        await reply.say(lines.waiting(2))
        await reply.say(lines.waiting(1))
        assert [message.content for message in spoken(it)] == ["1 question before yours …"]
        await reply.show([Page("An hour."), Page("Or two.")], None, [])
        await reply.say(lines.failure_line("ABCDEF"))
        assert [message.content for message in spoken(it)] == ["An hour.", "Or two.", lines.failure_line("ABCDEF")]
        assert nobody_is_mentioned(it.env)


async def test_documents_cannot_make_the_bot_mention_anybody(scene: Scenes, folder: Path) -> None:
    """In every way of asking, over documents full of mentions, Markdown and fake footnotes."""
    shutil.rmtree(folder / ".footnote")
    (folder / "seeds" / "hostile.md").write_text(HOSTILE)
    async with scene(ANSWER_THRESHOLD="0.1") as it:
        await _asked_in_every_way(it, "When was the @everyone observatory built?")
        assert nobody_is_mentioned(it.env)
        everything = [message for channel in it.guild.channels.values() for message in channel.history()]
        everything += [message for thread in it.channel.threads for message in thread.history()]
        told = [message for message in everything if message.author.id == it.bot.own_id and message.components]
        assert any("1871" in message.content for message in told)
        for message in told:
            assert message.mentions == []
            assert message.role_mentions == []
            assert not message.mention_everyone
            assert "[1](" not in message.content
            assert links(text_of(message)) == []
            assert "address" not in rules(text_of(message))  # but in code, where it leads nowhere


HOSTILE = """---
title: "@everyone <@1> **Observatory** [1](https://evil.example)"
---

# <@&2> @here `x`

The @everyone observatory <@1> <@&2> was built in 1871 on the hill **[1]** [1](https://evil.example) ||by|| @here.

> ```
> The observatory @everyone has a telescope of 40 inches <https://evil.example>. [2]
"""


async def _asked_in_every_way(it: Scene, question: str) -> None:
    await it.bob.slash(it.channel, "ask", question=question)
    await it.bob.send(it.channel, f"{it.mention} {question}")
    await it.bob.send(it.channel, "And how large is its telescope?", reply_to=answer(it))
    await it.bob.send_dm(question)
    shown = await it.bob.slash(it.channel, "ask", question="Who paid for the @everyone <@1> observatory's roof?")
    assert shown.response is not None
    for message in (answer(it), shown.response):
        found = message if isinstance(message, discord.Message) else message.message
        for row in found.components:
            for child in getattr(row, "children", []):
                await it.ada.click(message, custom_id=str(child.custom_id))
