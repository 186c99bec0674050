"""`/status` and `/help`."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.bot.discord.support.answers import FOUNDED, shown
from tests.bot.discord.support.scenes import Scenes, text_of


async def test_status_shows_the_index_and_the_bot(scene: Scenes, folder: Path) -> None:
    async with scene() as it:
        before = await it.bob.slash(it.channel, "status")
        assert before.ephemeral
        text = text_of(shown(before))
        assert "**here:** 5 documents, 21 chunks, 10.6 KB" in text
        assert re.search(r"\*\*index:\*\* generation 1, published <t:\d{10}:R>\n", text)
        assert "**folder:** The index is up to date with the folder." in text
        assert "**embedder:** all-MiniLM-L6-v2" in text
        assert re.search(r"\*\*up since:\*\* <t:\d{10}:R>\n", text)
        assert "**waiting here:** 0 questions" in text
        assert re.search(r"\*\*connection to Discord:\*\* \d+ ms", text)
        assert "answers take" not in text
        await it.bob.slash(it.channel, "ask", question=FOUNDED)
        (folder / "seeds" / "talks.md").unlink()
        (folder / "seeds" / "week.txt").write_text("Another week.\n")
        (folder / "seeds" / "profiles" / "new.md").write_text("# New\n\nThis is new.\n")
        after = text_of(shown(await it.bob.slash(it.channel, "status")))
        assert "**folder:** The index is behind the folder: 1 new, 1 changed, 1 gone." in after
        assert re.search(r"\*\*answers take:\*\* [\d.]+ s \(95 of 100 at most [\d.]+ s\)", after)
        assert "documents" in text_of(shown(await it.bob.user.slash("status")))


async def test_status_shows_what_it_can_if_files_are_unreadable(
    scene: Scenes, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene() as it:
        shutil.rmtree(folder / "seeds")
        (folder / ".footnote" / "journal.sqlite").unlink()
        with closing(sqlite3.connect(folder / ".footnote" / "catalog.sqlite")) as catalog:
            catalog.execute("DROP TABLE document")
            catalog.commit()
        text = text_of(shown(await it.bob.slash(it.channel, "status")))
        assert "**here:** the list of documents can't be read at the moment" in text
        assert "**embedder:** all-MiniLM-L6-v2" in text
        assert "/status" in caplog.text


async def test_help_shows_what_people_can_do(scene: Scenes) -> None:
    async with scene(JOURNAL_DAYS="7") as it:
        helped = await it.bob.slash(it.channel, "help")
        assert helped.ephemeral
        text = text_of(shown(helped))
        for command in it.ada.available_commands(it.channel):
            assert f"/{command}" in text or command == "help"
        assert "for 7 days" in text
        assert "Message Content" not in text
        assert "Check against the documents" in text
        assert "`/ask`" in text_of(shown(await it.bob.user.slash("help")))


async def test_help_mentions_missing_message_content(scene: Scenes) -> None:
    async with scene(reads_messages=False) as it:
        assert "Message Content Intent" in text_of(shown(await it.bob.slash(it.channel, "help")))
