"""👍, 👎 and the form behind 👎."""

from __future__ import annotations

import asyncio

import simcord

from bot.discord.text import lines
from tests.bot.discord.support.answers import (
    FOUNDED,
    UNKNOWN,
    entry_under,
    nobody_is_mentioned,
    restarted,
    shown,
    spoken,
)
from tests.bot.discord.support.scenes import Scene, Scenes, button

Said = tuple[int, bool, str, str]


async def test_a_thumb_up_is_stored(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED))
        thanked = shown(await it.ada.click(told, custom_id=button(told, "helpful")))
        assert (thanked.content, thanked.ephemeral) == (lines.THANKS, True)
        assert await _ratings(it, told) == [(it.ada.id, True, "", "")]
        assert nobody_is_mentioned(it.env)


async def test_a_thumb_down_opens_a_form(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=UNKNOWN))
        form = await it.ada.click(told, custom_id=button(told, "unhelpful"))
        assert form.modal is not None
        assert form.modal["title"] == "What was wrong?"
        # The thumb counts even if the form is never sent.
        assert await _ratings(it, told) == [(it.ada.id, False, "", "")]
        thanked = shown(await it.ada.submit_modal(form, {"wrong": " All of it. ", "right": "Nobody paid."}))
        assert (thanked.content, thanked.ephemeral) == (lines.THANKS, True)
        assert await _ratings(it, told) == [(it.ada.id, False, "All of it.", "Nobody paid.")]
        assert [message.id for message in spoken(it)] == [told.id]


async def test_an_empty_form_is_accepted_and_the_last_rating_counts(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED))
        form = await it.ada.click(told, custom_id=button(told, "unhelpful"))
        assert shown(await it.ada.submit_modal(form, {})).content == lines.THANKS
        form = await it.bob.click(told, custom_id=button(told, "unhelpful"))
        await it.bob.submit_modal(form, {"right": "In 2017."})
        assert await _ratings(it, told) == [(it.ada.id, False, "", ""), (it.bob.id, False, "", "In 2017.")]
        await it.ada.click(told, custom_id=button(told, "helpful"))
        assert (await _ratings(it, told))[0] == (it.ada.id, True, "", "")


async def test_the_asker_can_rate_a_private_answer(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED, private=True))
        assert shown(await it.bob.click(told, custom_id=button(told, "helpful"))).content == lines.THANKS
        assert await _ratings(it, told) == [(it.bob.id, True, "", "")]


async def test_an_answer_in_direct_messages_can_be_rated(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.user.slash("ask", question=FOUNDED))
        form = await it.bob.user.click(told, custom_id=button(told, "unhelpful"))
        assert shown(await it.bob.user.submit_modal(form, {"wrong": "The year."})).content == lines.THANKS
        assert await _ratings(it, told) == [(it.bob.id, False, "The year.", "")]


async def test_a_form_that_was_opened_before_a_restart_is_stored(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED))
        form = await it.ada.click(told, custom_id=button(told, "unhelpful"))
        async with restarted(it):
            assert shown(await it.ada.submit_modal(form, {"wrong": "The year."})).content == lines.THANKS
            assert await _ratings(it, told) == [(it.ada.id, False, "The year.", "")]


async def test_an_answer_that_is_no_longer_stored_cannot_be_rated(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED))
        form = await it.ada.click(told, custom_id=button(told, "unhelpful"))
        await asyncio.to_thread(it.parts.journal.forget, it.bob.id)
        assert shown(await it.ada.submit_modal(form, {"wrong": "All."})).content == lines.GONE
        for action in ("helpful", "unhelpful"):  # no form opens, so nobody fills one in for nothing
            pressed = await it.ada.click(told, custom_id=button(told, action))
            assert (shown(pressed).content, shown(pressed).ephemeral) == (lines.GONE, True)


async def test_ratings_are_stored_even_if_the_journal_cannot_be_read(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED))
        reference = entry_under(it, told).reference
        async with restarted(it):
            file = it.parts.settings.data_dir / "journal.sqlite"
            file.rename(file.with_suffix(".away"))
            file.mkdir()
            form = await it.ada.click(told, custom_id=button(told, "unhelpful"))
            assert shown(await it.ada.submit_modal(form, {"wrong": "The year."})).content == lines.THANKS
            assert shown(await it.bob.click(told, custom_id=button(told, "helpful"))).content == lines.THANKS
            file.rmdir()
            file.with_suffix(".away").rename(file)
            ratings = await asyncio.to_thread(it.parts.journal.ratings, reference)
            assert [(one.person, one.wrong) for one in ratings] == [(it.ada.id, "The year."), (it.bob.id, "")]


async def _ratings(it: Scene, told: simcord.ResponseMessage) -> list[Said]:
    found = await asyncio.to_thread(it.parts.journal.ratings, entry_under(it, told).reference)
    return [(one.person, one.helpful, one.wrong, one.right) for one in found]
