"""Conversations, buttons and settings continue to work after a restart."""

from __future__ import annotations

import asyncio

from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from tests.bot.discord.support.answers import (
    BOLTON,
    FOUNDED,
    TWO,
    UNKNOWN,
    answer,
    buttons_of,
    entry_under,
    indexed_anew,
    restarted,
    shown,
)
from tests.bot.discord.support.scenes import Scenes, button, text_of


async def test_conversations_continue_after_a_restart(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=BOLTON))
        await it.ada.send(it.channel, f"{it.mention} {FOUNDED}")
        await it.ada.send(it.channel, "And why?", reply_to=answer(it))
        await it.bob.send_dm(BOLTON)
        async with restarted(it):
            await it.bob.send(it.channel, "And what did Trump say?", reply_to=told)
            adas, bobs = it.channel.threads
            assert entry_under(it, answer(it, bobs)).searched == "What did Trump say the talks were about?"
            await it.ada.send(adas, "And when?")
            assert entry_under(it, answer(it, adas)).searched.startswith("When was the Constituent Assembly elected")
            await it.bob.send_dm("And Maduro?")
            followed = entry_under(it, answer(it, it.bob.user.dm_channel))
            assert followed.searched == "What did Maduro say the talks were about?"


async def test_buttons_work_after_a_restart_and_a_new_index(
    scene: Scenes, embedder: SentenceTransformerEmbedder
) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=TWO))
        unknown = shown(await it.bob.slash(it.channel, "ask", question=UNKNOWN))
        private = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED, private=True))
        seen = shown(await it.ada.click(told, custom_id=button(told, "sources")))
        async with restarted(it):
            (it.parts.settings.seeds_dir / "new.md").write_text("# Herons\n\nThe grey heron eats fish.\n")
            await indexed_anew(it, embedder)
            await it.ada.click(seen, custom_id=button(seen, "next"))
            assert "2 of 2" in text_of(seen)
            again = shown(await it.bob.click(told, custom_id=button(told, "sources")))
            assert "1 of 2" in text_of(again)
            assert "⚠️" not in text_of(again)
            assert "2017" in text_of(shown(await it.bob.click(private, custom_id=button(private, "sources"))))
            await it.ada.click(told, custom_id=button(told, "helpful"))
            ratings = await asyncio.to_thread(it.parts.journal.ratings, entry_under(it, told).reference)
            assert [one.person for one in ratings] == [it.ada.id]
            wider = shown(await it.bob.click(unknown, custom_id=button(unknown, "wider")))
            assert UNKNOWN in wider.content
            assert buttons_of(wider) == ["Nearest passages", "👍", "👎"]


async def test_settings_of_administrators_apply_after_a_restart(scene: Scenes) -> None:
    async with scene() as it:
        await it.set_scope([""])
        async with restarted(it):
            told = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED))
            assert "2017" not in told.content
            assert entry_under(it, told).folders == ("",)
