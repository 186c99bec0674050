"""`/forum` and `/files`: settings of administrators."""

from __future__ import annotations

from pathlib import Path

import discord
import pytest
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from tests.bot.discord.support.answers import BOLTON, buttons_of, reference_in, restarted, shown
from tests.bot.discord.support.scenes import Scenes, button, text_of


async def test_administrators_choose_which_posts_of_a_forum_are_answered(scene: Scenes) -> None:
    async with scene() as it:
        forum = it.guild.create_forum_channel("questions")
        for answers, said in (
            ("found", "From now on, new posts in #questions are answered if the documents have an answer."),
            (
                "always",
                (
                    "From now on, new posts in #questions are always answered, "
                    "even if only to say that the documents have no answer."
                ),
            ),
            ("off", "From now on, new posts in #questions are not answered."),
            ("found", "From now on, new posts in #questions are answered if the documents have an answer."),
        ):
            done = await it.ada.slash(it.channel, "forum", channel=forum, answers=answers)
            assert done.ephemeral
            assert shown(done).content == said
            assert it.parts.servers.forum(forum.id) == answers
        refused = await it.bob.slash(it.channel, "forum", channel=forum, answers="off")
        assert shown(refused).content == "You need the Manage Server permission."
        async with restarted(it):
            assert it.parts.servers.forum(forum.id) == "found"
        assert len(it.env.errors) == 1


async def test_missing_permissions_for_a_forum_are_reported_when_it_is_chosen(scene: Scenes) -> None:
    async with scene(reads_messages=False) as it:
        forum = it.guild.create_forum_channel("questions")
        denied = discord.Permissions(send_messages_in_threads=True, embed_links=True)
        it.env.backend.set_overwrite(forum.id, Overwrite(it.bot.own_id, OverwriteType.MEMBER, deny=denied.value))
        await it.env.settle()
        said = shown(await it.ada.slash(it.channel, "forum", channel=forum, answers="always")).content
        assert "Message Content Intent" in said
        assert "I still need these permissions there: Embed Links, Send Messages In Threads." in said
        off = shown(await it.ada.slash(it.channel, "forum", channel=forum, answers="off")).content
        assert off == "From now on, new posts in #questions are not answered."


async def test_files_are_offered_if_an_administrator_allows_it(scene: Scenes) -> None:
    async with scene() as it:
        answered = shown(await it.bob.slash(it.channel, "ask", question=BOLTON))
        refused = await it.bob.slash(it.channel, "files", offered=True)
        assert shown(refused).content == "You need the Manage Server permission."
        sources = button(answered, "sources")
        assert "File" not in buttons_of(shown(await it.bob.click(answered, custom_id=sources)))
        allowed = await it.ada.slash(it.channel, "files", offered=True)
        assert allowed.ephemeral
        assert shown(allowed).content == "From now on, Sources offers the files of documents."
        async with restarted(it):
            opened = shown(await it.bob.click(answered, custom_id=sources))
            assert "File" in buttons_of(opened)
            sent = shown(await it.bob.click(opened, custom_id=button(opened, "file")))
            assert [one.filename for one in sent.attachments] == ["talks.md"]
            said = shown(await it.ada.slash(it.channel, "files", offered=False)).content
            assert said == "From now on, Sources does not offer files."
            assert "can't send that file" in text_of(
                shown(await it.bob.click(opened, custom_id=button(opened, "file")))
            )
        assert len(it.env.errors) == 1


async def test_a_setting_that_cannot_be_stored_changes_nothing_and_is_reported(
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
