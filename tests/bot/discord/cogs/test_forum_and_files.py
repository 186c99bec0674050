"""`/forum` and `/files`: what administrators choose for their server."""

from __future__ import annotations

from pathlib import Path

import discord
import pytest
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from tests.bot.discord.support.answers import BOLTON, buttons_of, reference_in, restarted, shown
from tests.bot.discord.support.scenes import Scenes, button, text_of


async def test_which_posts_of_a_forum_are_answered_is_chosen_by_administrators(scene: Scenes) -> None:
    async with scene() as it:
        forum = it.guild.create_forum_channel("questions")
        for answers, said in (
            ("found", "New posts in #questions are answered where the documents have an answer from now on."),
            (
                "always",
                "New posts in #questions are answered, and told where the documents have no answer from now on.",
            ),
            ("off", "New posts in #questions are left alone from now on."),
            ("found", "New posts in #questions are answered where the documents have an answer from now on."),
        ):
            done = await it.ada.slash(it.channel, "forum", channel=forum, answers=answers)
            assert done.ephemeral
            assert shown(done).content == said
            assert it.parts.servers.forum(forum.id) == answers
        refused = await it.bob.slash(it.channel, "forum", channel=forum, answers="off")
        assert shown(refused).content == "That takes the permission Manage Server."
        async with restarted(it):
            assert it.parts.servers.forum(forum.id) == "found"
        assert len(it.env.errors) == 1


async def test_what_the_bot_lacks_for_a_forum_is_said_when_it_is_chosen(scene: Scenes) -> None:
    async with scene(reads_messages=False) as it:
        forum = it.guild.create_forum_channel("questions")
        denied = discord.Permissions(send_messages_in_threads=True, embed_links=True)
        it.env.backend.set_overwrite(forum.id, Overwrite(it.bot.own_id, OverwriteType.MEMBER, deny=denied.value))
        await it.env.settle()
        said = shown(await it.ada.slash(it.channel, "forum", channel=forum, answers="always")).content
        assert "Message Content Intent" in said
        assert "There I still need the permissions: Embed Links, Send Messages In Threads." in said
        off = shown(await it.ada.slash(it.channel, "forum", channel=forum, answers="off")).content
        assert off == "New posts in #questions are left alone from now on."


async def test_files_are_offered_where_an_administrator_allows_them(scene: Scenes) -> None:
    async with scene() as it:
        answered = shown(await it.bob.slash(it.channel, "ask", question=BOLTON))
        refused = await it.bob.slash(it.channel, "files", offered=True)
        assert shown(refused).content == "That takes the permission Manage Server."
        sources = button(answered, "sources")
        assert "File" not in buttons_of(shown(await it.bob.click(answered, custom_id=sources)))
        allowed = await it.ada.slash(it.channel, "files", offered=True)
        assert allowed.ephemeral
        assert shown(allowed).content == "Sources offers the files of documents from now on."
        async with restarted(it):
            opened = shown(await it.bob.click(answered, custom_id=sources))
            assert "File" in buttons_of(opened)
            sent = shown(await it.bob.click(opened, custom_id=button(opened, "file")))
            assert [one.filename for one in sent.attachments] == ["talks.md"]
            said = shown(await it.ada.slash(it.channel, "files", offered=False)).content
            assert said == "Sources no longer offers files from now on."
            assert "can't offer" in text_of(shown(await it.bob.click(opened, custom_id=button(opened, "file"))))
        assert len(it.env.errors) == 1


async def test_what_can_not_be_kept_changes_nothing_and_is_said(
    scene: Scenes, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene() as it:
        (folder / ".footnote" / "servers.sqlite").write_bytes(b"damaged" * 100)
        forum = it.guild.create_forum_channel("questions")
        for name, options in (
            ("scope", {"channel": it.channel, "folders": "profiles"}),
            ("forum", {"channel": forum, "answers": "always"}),
            ("files", {"offered": True}),
        ):
            refused = await it.ada.slash(it.channel, name, **options)
            said = text_of(shown(refused))
            assert said.startswith("I could not save that, so nothing has changed.")
            assert reference_in(said) in caplog.text
            assert refused.ephemeral
        assert it.parts.servers.folders(it.channel.id) is None
        assert it.parts.servers.forum(forum.id) == "off"
        assert len(it.env.errors) == 3
