"""`/forget me`: erase what is stored about a person."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.bot.discord.support.answers import FOUNDED, entry_under, restarted, shown
from tests.bot.discord.support.pressing import told
from tests.bot.discord.support.scenes import Scenes, button, text_of

MINE = "Who paid for the zeppelin?"
THEIRS = "Who paid for the submarine?"


def words_on_disk(folder: Path, words: str) -> list[str]:
    """Return the files in the data folder that contain these words."""
    return [path.name for path in (folder / ".footnote").glob("journal*") if words.encode() in path.read_bytes()]


async def test_questions_answers_and_ratings_of_one_person_are_erased(scene: Scenes, folder: Path) -> None:
    async with scene() as it:
        mine = shown(await it.bob.slash(it.channel, "ask", question=MINE))
        theirs = shown(await it.ada.slash(it.channel, "ask", question=THEIRS))
        await it.bob.slash(it.channel, "ask", question=FOUNDED, private=True)
        await it.bob.user.slash("ask", question=FOUNDED)
        await it.bob.click(theirs, custom_id=button(theirs, "helpful"))
        form = await it.bob.click(theirs, custom_id=button(theirs, "unhelpful"))
        await it.bob.submit_modal(form, {"wrong": "It was a dirigible", "right": ""})
        reference = entry_under(it, theirs).reference
        async with restarted(it):
            assert words_on_disk(folder, "zeppelin")
            assert words_on_disk(folder, "dirigible")
            forgotten = await it.bob.slash(it.channel, "forget me")
            assert forgotten.ephemeral
            assert text_of(shown(forgotten)) == (
                "I have erased 3 questions of yours with the answers, and all your ratings."
            )
            for words in ("zeppelin", "dirigible", str(it.bob.id)):
                assert words_on_disk(folder, words) == []
            assert words_on_disk(folder, "submarine")
            assert it.parts.journal.ratings(reference) == []
            for pressed in ("sources", "helpful", "wider"):
                said = told(await it.ada.click(mine, custom_id=button(mine, pressed)))
                assert "I no longer have that answer" in said, pressed
            assert "Passage 1 of" in text_of(shown(await it.bob.click(theirs, custom_id=button(theirs, "sources"))))
            assert "zeppelin" not in text_of(shown(await it.ada.slash(it.channel, "gaps")))


async def test_it_is_limited_to_two_uses_in_five_minutes(scene: Scenes) -> None:
    async with scene() as it:
        for _ in range(2):
            said = text_of(shown(await it.bob.slash(it.channel, "forget me")))
            assert said == "I had no question of yours. Your ratings are erased too."
        refused = await it.bob.slash(it.channel, "forget me")
        assert refused.ephemeral
        assert text_of(shown(refused)).startswith("You have just done that. You can do it again in ")
        assert "I had no question" in text_of(shown(await it.ada.slash(it.channel, "forget me")))


async def test_settings_of_a_forgotten_person_stay(scene: Scenes, folder: Path) -> None:
    async with scene() as it:
        await it.ada.slash(it.channel, "scope", channel=it.channel, folders="profiles")
        await it.ada.slash(it.channel, "forget me")
        assert it.parts.servers.folders(it.channel.id) == ("profiles",)
        with sqlite3.connect(folder / ".footnote" / "servers.sqlite") as connection:
            assert connection.execute("SELECT set_by FROM scope").fetchall() == [(None,)]
        connection.close()


async def test_an_incomplete_erasure_is_reported(scene: Scenes, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with scene() as it:
        await it.bob.slash(it.channel, "ask", question=MINE)
        async with restarted(it):
            (folder / ".footnote" / "servers.sqlite").unlink()
            said = text_of(shown(await it.bob.slash(it.channel, "forget me")))
            assert said.startswith("I could not erase everything: try again in a minute. Reference: ")
            assert said[-7:-1] in caplog.text
            assert str(folder) not in said
