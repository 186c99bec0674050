"""The message menu "Check against the documents"."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.bot.discord.access.test_scope import Sent, scoped
from tests.bot.discord.support.answers import FOUNDED, answer, nobody_is_mentioned, reference_in, shown
from tests.bot.discord.support.pressing import told
from tests.bot.discord.support.scenes import Scenes, text_of

MENU = "Check against the documents"
CLAIMS = (
    "The Constituent Assembly was elected in 2017. "
    "John Bolton became national security adviser in April 2016. "
    "My zeppelin is parked behind the opera house. "
    "What do you think?"
)


async def test_each_sentence_gets_a_verdict_that_only_the_person_who_asks_sees(scene: Scenes, folder: Path) -> None:
    async with scene() as it:
        message = await it.ada.send(it.channel, CLAIMS)
        checked = await it.bob.context_menu(it.channel, MENU, message)
        assert checked.ephemeral
        text = text_of(shown(checked))
        assert "1 supported, 1 contradicted, 1 not mentioned, 1 not checked" in text
        assert "✅ “The Constituent Assembly was elected in 2017" in text
        assert "> “The Constituent Assembly was elected in 2017" in text
        assert "profiles/caracas.md" in text
        assert "❌ “John Bolton became national security adviser in April 2016" in text
        assert "April 2018" in text
        assert "➖ “My zeppelin" in text
        assert "· “What do you think?”" in text
        assert nobody_is_mentioned(it.env)
        # Other people's messages are not stored.
        it.parts.journal.close()
        kept = b"".join(path.read_bytes() for path in (folder / ".footnote").glob("journal*"))
        assert b"zeppelin" not in kept


async def test_out_of_scope_documents_neither_support_nor_contradict(scene: Scenes) -> None:
    async with scene() as it:
        message = await it.ada.send(it.channel, "The photograph of Donald Trump dates from August 11, 2017.")
        before = text_of(shown(await it.bob.context_menu(it.channel, MENU, message)))
        assert "week.txt" in before
        await scoped(it, it.channel, "profiles")
        sent = Sent(it)
        await it.bob.context_menu(it.channel, MENU, message)
        assert sent.names() == []


async def test_which_messages_can_be_checked(scene: Scenes) -> None:
    async with scene(THREADS="never") as it:
        await it.bob.send(it.channel, f"{it.mention} {FOUNDED}")
        own = text_of(shown(await it.bob.context_menu(it.channel, MENU, answer(it))))
        assert "3 supported" in own  # all sentences of its answer
        for content in ("https://example.org/", "👍", "***"):
            message = await it.ada.send(it.channel, content)
            said = text_of(shown(await it.bob.context_menu(it.channel, MENU, message)))
            assert "supported" not in said
            assert "contradicted" not in said
        forwarded = await it.ada.forward(await it.ada.send(it.channel, CLAIMS), it.channel)
        assert "1 supported, 1 contradicted" in text_of(shown(await it.bob.context_menu(it.channel, MENU, forwarded)))
        picture = await it.ada.send(it.channel, "", attachments=[("heron.png", b"png")])
        said = text_of(shown(await it.bob.context_menu(it.channel, MENU, picture)))
        assert said == "There is no sentence in that message that I can check."
        hostile = await it.ada.send(
            it.channel, "# @everyone **Bolton** [was](https://evil.example) an ambassador. ||x||"
        )
        text = text_of(shown(await it.bob.context_menu(it.channel, MENU, hostile)))
        assert "](https://evil" not in text
        assert "@everyone" not in text
        assert nobody_is_mentioned(it.env)


async def test_a_long_message_is_checked_in_several_messages_visible_only_to_the_person_who_asks(scene: Scenes) -> None:
    async with scene() as it:
        many = " ".join(f"Somebody paid {number} dollars for the zeppelin." for number in range(40))
        checked = await it.bob.context_menu(it.channel, MENU, await it.ada.send(it.channel, many))
        assert checked.ephemeral
        assert checked.followups
        assert all(one.ephemeral for one in checked.followups)
        assert "page 1 of" in text_of(shown(checked))
        assert "Somebody paid 39 dollars" in told(checked)


async def test_a_check_counts_as_a_question_and_its_errors_are_reported(
    scene: Scenes, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene(QUESTIONS_PER_MINUTE="1") as it:
        message = await it.ada.send(it.channel, CLAIMS)
        with closing(sqlite3.connect(folder / ".footnote" / "catalog.sqlite")) as catalog:
            catalog.execute("UPDATE document SET places = '{}'")
            catalog.commit()
        failed = await it.bob.context_menu(it.channel, MENU, message)
        assert failed.ephemeral
        assert reference_in(text_of(shown(failed))) in caplog.text
        assert "You have asked as many questions" in text_of(
            shown(await it.bob.context_menu(it.channel, MENU, message))
        )
        assert it.env.errors == []
