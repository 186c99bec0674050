"""The question in a message."""

from __future__ import annotations

import pytest

from bot.discord.text.incoming import is_pleasantry, question_in, without_courtesies
from tests.bot.discord.support.scenes import Scenes

THANKS = " thanks" + "\n" * 200


async def test_names_replace_ids(scene: Scenes) -> None:
    async with scene() as it:
        me, ada, channel = it.bot.own_id, it.ada.mention, it.channel
        managers = it.guild.roles["Managers"].mention
        for text, question in (
            (f"<@{me}>", ""),
            (f"<@!{me}>, why?", "why?"),
            (f"Say <@{me}>, who paid?", "Say, who paid?"),
            (f"Who paid, <@{me}> ?", "Who paid,?"),
            (f"<@{me}> what did {ada} say in {channel.mention}?", "what did ada say in #general?"),
            (f"<@{me}> are {managers} paid?", "are Managers paid?"),
            (f"<@{me}> who <:shrug:123456789012345678> paid?", "who paid?"),
            (f"<@{me}> first line\n\nsecond   line", "first line\n\nsecond line"),
            (f"<@{me}> <@99> and <#99>", "<@99> and <#99>"),  # unknown people
        ):
            sent = await it.bob.send(channel, text)
            assert question_in(sent, me) == question


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Hey, what is it?", "what is it?"),
        ("hi what is it", "what is it"),
        ("Good morning everyone! Who paid?", "Who paid?"),
        ("Thanks! And what did Trump say?", "And what did Trump say?"),
        ("Hello\nWho paid?", "Who paid?"),
        ("Who paid? Thanks in advance!", "Who paid?"),
        ("OK, and Maduro?", "and Maduro?"),
        ("Hi-fi systems: which are best?", "Hi-fi systems: which are best?"),
        ("Hello world prints what?", "Hello world prints what?"),
        ("Thanksgiving is when?", "Thanksgiving is when?"),
        ("Who said please?", "Who said please?"),
        ("Please tell me what Bolton said", "tell me what Bolton said"),
        ("What is the exit status for non-OK", "What is the exit status for non-OK"),
        ("Cheers: when did it first air?", "Cheers: when did it first air?"),
        ("Please Please Me: who wrote it?", "Please Please Me: who wrote it?"),
        ("Good morning, Vietnam: who directed it?", "Good morning, Vietnam: who directed it?"),
        ("Thanks!", "Thanks!"),
        ("Who paid?\n Please. Thanks\n\n Cheers! ", "Who paid?"),
        (f"Who paid?{THANKS * 8}x", f"Who paid?{THANKS * 8}x"),  # no exponential backtracking
        ("", ""),
    ],
)
def test_greetings_and_thanks_around_a_question_are_removed(text: str, asked: str) -> None:
    assert without_courtesies(text) == asked


@pytest.mark.parametrize(
    "text", ["thanks!", "Thank you so much 🙏", "👍", "ok, got it", "Hello everybody", "Perfect.", ""]
)
def test_pleasantries_are_no_questions(text: str) -> None:
    assert is_pleasantry(text)


@pytest.mark.parametrize("text", ["Why?", "so?", "And Maduro", "ok?", "42", "thanks to whom was it built", "好的"])
def test_other_messages_may_be_questions(text: str) -> None:
    assert not is_pleasantry(text)
