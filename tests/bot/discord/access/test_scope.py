"""`/scope`: documents outside a channel's scope are never quoted, listed or hinted at."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import discord
import simcord

from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from tests.bot.discord.support.answers import (
    FOUNDED,
    answer,
    entry_under,
    indexed_anew,
    posted,
    restarted,
    shown,
    spoken,
)
from tests.bot.discord.support.scenes import Scene, Scenes, button, text_of

PHOTOGRAPHS = "Who took the photographs for the French news agency AFP?"
# Words of the documents outside the folder, which no document inside it contains.
OUTSIDE = (
    "talks.md",
    "week.txt",
    "two-readings",
    "secret talks",
    "day by day",
    "Two governments",
    "Watson",
    "Parra",
    "express authorization",
    "regularize",
    "landed like a bomb",
    "example.org",
)


class Sent:
    """Return everything that the bot sends from now on."""

    def __init__(self, it: Scene) -> None:
        self._env = it.env
        self._before = len(it.env.http_requests)

    def names(self) -> list[str]:
        """Return the words of out-of-scope documents that the bot has sent."""
        sent = [request.json for request in self._env.http_requests[self._before :]]
        assert sent
        text = json.dumps(sent, ensure_ascii=False)
        return [words for words in OUTSIDE if words in text]


async def scoped(it: Scene, channel: simcord.ChannelHandle, folders: str) -> str:
    """Return the reply when Ada sets a channel's scope."""
    return text_of(shown(await it.ada.slash(it.channel, "scope", channel=channel, folders=folders)))


async def test_an_administrator_sets_a_channels_scope_and_sees_it(scene: Scenes) -> None:
    async with scene() as it:
        present = await it.ada.slash(it.channel, "scope", channel=it.channel)
        assert present.ephemeral
        assert "all folders" in text_of(shown(present))
        assert "default" in text_of(shown(present))
        said = await scoped(it, it.channel, "profiles")
        assert "#general" in said
        assert "- profiles" in said
        assert it.parts.servers.folders(it.channel.id) == ("profiles",)
        assert "- profiles" in text_of(shown(await it.ada.slash(it.channel, "scope", channel=it.channel)))
        said = await scoped(it, it.channel, "nowhere, profiles")
        assert said == "There is no folder “nowhere”. These exist: “.”, “profiles”."
        assert it.parts.servers.folders(it.channel.id) == ("profiles",)
        for typed, folders in (
            (".", ("",)),
            (" Profiles/ ,", ("profiles",)),
            ("., profiles, .", ("", "profiles")),
            ("All", ("/",)),
            ("default", None),
        ):
            said = await scoped(it, it.channel, typed)
            assert it.parts.servers.folders(it.channel.id) == folders, typed
            assert ("default" in said) == (folders is None)
        for typed in (",", "all, profiles", "../profiles", "profiles/deeper"):
            assert "There is no folder" in await scoped(it, it.channel, typed)


async def test_others_are_refused_and_change_nothing(scene: Scenes) -> None:
    async with scene() as it:
        refused = await it.bob.slash(it.channel, "scope", channel=it.channel, folders="profiles")
        assert shown(refused).content == "You need the Manage Server permission."
        assert refused.ephemeral
        assert it.parts.servers.folders(it.channel.id) is None
        assert await it.bob.autocomplete(it.channel, "scope", "folders", "", channel=it.channel) == []
        assert [type(error).__name__ for error in it.env.errors] == ["NotAdministrator"]


async def test_folders_are_suggested_while_they_are_typed(scene: Scenes) -> None:
    async with scene() as it:

        async def offered(typed: str) -> list[str]:
            choices = await it.ada.autocomplete(it.channel, "scope", "folders", typed, channel=it.channel)
            assert all(choice["name"] == choice["value"] for choice in choices)
            return [choice["value"] for choice in choices]

        assert await offered("") == ["all", "default", ".", "profiles"]
        assert await offered("PRO") == ["profiles"]
        assert await offered("profiles, ") == ["profiles, ."]
        assert await offered("., p") == ["., profiles"]
        assert await offered("nothing") == []


async def test_a_scope_survives_a_restart(scene: Scenes) -> None:
    async with scene() as it:
        await scoped(it, it.channel, "profiles")
        async with restarted(it):
            sent = Sent(it)
            assert "profiles" in text_of(shown(await it.ada.slash(it.channel, "scope", channel=it.channel)))
            await it.bob.slash(it.channel, "ask", question=PHOTOGRAPHS)
            assert sent.names() == []


async def test_questions_in_a_scoped_channel_are_answered_only_from_its_folders(scene: Scenes) -> None:
    async with scene(THREADS="follow-up") as it:
        open_answer = shown(await it.bob.slash(it.channel, "ask", question=PHOTOGRAPHS))
        assert "Watson" in text_of(open_answer)
        await scoped(it, it.channel, "profiles")
        sent = Sent(it)
        # The folder answers from its own documents.
        assert "2017" in text_of(shown(await it.bob.slash(it.channel, "ask", question=FOUNDED)))
        for private in (False, True):
            nearest = shown(await it.bob.slash(it.channel, "ask", question=PHOTOGRAPHS, private=private))
            passages = shown(await it.bob.click(nearest, custom_id=button(nearest, "sources")))
            assert "profiles/" in text_of(passages)
        await it.bob.click(nearest, custom_id=button(nearest, "wider"))
        await it.bob.send(it.channel, f"{it.mention} {PHOTOGRAPHS}")
        # A follow-up to an answer from all folders is not completed with its words.
        await it.bob.send(it.channel, f"{it.mention} And when did they take them?", reply_to=open_answer)
        [thread] = it.channel.threads
        for place in (it.channel, thread):
            assert spoken(it, place)
        await it.bob.send(thread, f"{it.mention} {PHOTOGRAPHS}")
        await it.bob.send(thread, "Where did they take the photographs?")
        await it.bob.slash(thread, "ask", question=PHOTOGRAPHS)
        assert sent.names() == []
        entries = [entry_under(it, message) for message in spoken(it, thread)]
        assert {entry.folders for entry in entries} == {("profiles",)}
        assert not any("Watson" in entry.searched or "Parra" in entry.searched for entry in entries)


async def test_an_answer_from_before_the_scope_shows_nothing_of_other_folders(scene: Scenes) -> None:
    async with scene() as it:
        await it.ada.slash(it.channel, "files", offered=True)
        answered = shown(await it.bob.slash(it.channel, "ask", question=PHOTOGRAPHS))
        opened = await it.bob.click(answered, custom_id=button(answered, "sources"))
        assert "Watson" in text_of(shown(opened))
        file = button(shown(opened), "file")
        unanswered = shown(await it.bob.slash(it.channel, "ask", question="Who paid for the flights?"))
        passages = shown(await it.bob.click(unanswered, custom_id=button(unanswered, "sources")))
        await scoped(it, it.channel, "profiles")
        sent = Sent(it)
        for pressed in (
            await it.bob.click(answered, custom_id=button(answered, "sources")),
            await it.bob.click(shown(opened), custom_id=file),
        ):
            assert "None of the sources of that answer" in text_of(shown(pressed))
            assert shown(pressed).attachments == []
        if "next" in str(passages.components):
            await it.bob.click(passages, custom_id=button(passages, "next"))
        await it.bob.click(unanswered, custom_id=button(unanswered, "sources"))
        await it.bob.click(unanswered, custom_id=button(unanswered, "wider"))
        assert sent.names() == []


async def test_searching_wider_does_not_complete_a_follow_up_with_words_from_other_folders(scene: Scenes) -> None:
    async with scene(THREADS="never") as it:
        await it.bob.send(it.channel, f"{it.mention} {PHOTOGRAPHS}")
        await it.bob.send(it.channel, f"{it.mention} How old is he?", reply_to=answer(it))
        unanswered = answer(it)
        assert "Watson" in entry_under(it, unanswered).searched
        await scoped(it, it.channel, "profiles")
        sent = Sent(it)
        await it.bob.click(unanswered, custom_id=button(unanswered, "wider"))
        await it.ada.slash(it.channel, "gaps")
        assert sent.names() == []


async def test_out_of_scope_documents_are_not_listed_found_or_counted(scene: Scenes, folder: Path) -> None:
    async with scene() as it:
        await scoped(it, it.channel, "profiles")
        sent = Sent(it)
        listed = text_of(shown(await it.bob.slash(it.channel, "documents")))
        assert listed.startswith("2 documents")
        for typed in ("", "t", "talks.md", "week", "the"):
            choices = await it.bob.autocomplete(it.channel, "documents", "document", typed)
            assert all(choice["value"].startswith("profiles/") for choice in choices)
        # The exact name of such a document gives the same reply as an unknown name.
        there = text_of(shown(await it.bob.slash(it.channel, "documents", document="week.text")))
        hidden = text_of(shown(await it.bob.slash(it.channel, "documents", document="week.txt")))
        assert hidden == there.replace("week.text", "week.txt")
        (folder / "seeds" / "secret.md").write_text("A new file beside the folder.\n")
        (folder / "seeds" / "talks.md").unlink()
        status = text_of(shown(await it.bob.slash(it.channel, "status")))
        assert "2 documents, 9 chunks, 3.6 KB" in status
        assert "up to date" in status
        assert [name for name in sent.names() if name != "week.txt"] == []  # typed by Bob himself


async def test_the_report_of_reindex_reveals_nothing_about_other_folders(scene: Scenes, folder: Path) -> None:
    async with scene() as it:
        await scoped(it, it.channel, "profiles")
        sent = Sent(it)
        (folder / "seeds" / "hidden.pdf").write_bytes(b"no PDF")
        (folder / "seeds" / "profiles" / "seen.pdf").write_bytes(b"no PDF")
        (folder / "seeds" / "talks.md").unlink()
        report = text_of(shown(await it.ada.slash(it.channel, "reindex")))
        assert "**0** removed · **1** unreadable" in report
        assert "profiles/seen.pdf" in report
        assert "hidden.pdf" not in report
        assert "unchanged" not in report
        assert sent.names() == []
        lines = [str(request.json) for request in it.env.http_requests]
        assert not any(" of 7" in line for line in lines)


async def test_gaps_are_limited_to_the_channels_scope(scene: Scenes) -> None:
    async with scene() as it:
        inside = it.guild.create_text_channel("inside")
        await scoped(it, inside, "profiles")
        await it.bob.slash(it.channel, "ask", question="Who owns the printing press?")
        await it.bob.slash(inside, "ask", question="Who paid for the flights?")
        everything = text_of(shown(await it.ada.slash(it.channel, "gaps")))
        assert "printing press" in everything
        assert "flights" in everything
        within = text_of(shown(await it.ada.slash(inside, "gaps")))
        assert "printing press" not in within
        assert "flights" in within


async def test_default_folders_apply_to_channels_without_a_scope(scene: Scenes) -> None:
    async with scene(DEFAULT_FOLDERS="profiles") as it:
        sent = Sent(it)
        await it.bob.slash(it.channel, "ask", question=PHOTOGRAPHS)
        await it.bob.send(it.channel, f"{it.mention} {PHOTOGRAPHS}")
        await it.bob.send_dm(PHOTOGRAPHS)
        await it.bob.user.slash("ask", question=PHOTOGRAPHS)
        assert text_of(shown(await it.bob.user.slash("documents"))).startswith("2 documents")
        await it.bob.user.autocomplete("documents", "document", "t")
        await it.bob.user.slash("status")
        assert "- profiles" in text_of(shown(await it.ada.slash(it.channel, "scope", channel=it.channel)))
        assert sent.names() == []
        # A channel may have a wider scope than the default.
        await scoped(it, it.channel, "all")
        assert "Watson" in text_of(shown(await it.bob.slash(it.channel, "ask", question=PHOTOGRAPHS)))


async def test_a_scope_of_a_removed_folder_shows_nothing(
    scene: Scenes, folder: Path, embedder: SentenceTransformerEmbedder
) -> None:
    async with scene() as it:
        await scoped(it, it.channel, "profiles")
        shutil.rmtree(folder / "seeds" / "profiles")
        await indexed_anew(it, embedder)
        sent = Sent(it)
        empty = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED))
        assert "Passage" not in text_of(empty)
        assert "No documents" in text_of(shown(await it.bob.slash(it.channel, "documents")))
        assert "0 documents" in text_of(shown(await it.bob.slash(it.channel, "status")))
        present = text_of(shown(await it.ada.slash(it.channel, "scope", channel=it.channel)))
        assert "No documents are indexed in: profiles" in present
        assert "There is no folder" in await scoped(it, it.channel, "profiles")
        assert sent.names() == []


async def test_forum_posts_and_voice_channels_have_the_scope_of_their_channel(scene: Scenes) -> None:
    async with scene() as it:
        forum, voice = it.guild.create_forum_channel("questions"), it.guild.create_voice_channel("lounge")
        for channel in (forum, voice):
            await scoped(it, channel, "profiles")
        await it.ada.slash(it.channel, "forum", channel=forum, answers="always")
        sent = Sent(it)
        post = await posted(it, it.bob, forum, "The photographs", PHOTOGRAPHS)
        assert isinstance(answer(it, post), discord.Message)
        await it.bob.slash(post, "ask", question=PHOTOGRAPHS)
        await it.bob.slash(voice, "ask", question=PHOTOGRAPHS)
        await it.bob.send(voice, f"{it.mention} {PHOTOGRAPHS}")
        assert spoken(it, voice)
        assert text_of(shown(await it.bob.slash(post, "documents"))).startswith("2 documents")
        assert text_of(shown(await it.bob.slash(voice, "documents"))).startswith("2 documents")
        assert sent.names() == []
