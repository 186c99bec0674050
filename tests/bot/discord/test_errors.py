"""Errors: one visible line with a reference that is also in the log."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import discord
import pytest

from bot.discord.access.scopes import folders_for
from bot.discord.errors import UserError, is_gone, report_error
from bot.errors import JournalError
from index.errors import QuestionError
from tests.bot.discord.support.answers import FOUNDED, UNKNOWN, answer, nobody_is_mentioned, reference_in, shown, spoken
from tests.bot.discord.support.at_once import begin_raw
from tests.bot.discord.support.pressing import told, turning
from tests.bot.discord.support.scenes import Scenes, button, text_of


def damage(folder: Path, statement: str) -> None:
    """Change the catalog so that reading it is an internal error."""
    with closing(sqlite3.connect(folder / ".footnote" / "catalog.sqlite")) as catalog:
        catalog.execute(statement)
        catalog.commit()


def tracebacks(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was logged with its traceback."""
    return [record.getMessage() for record in caplog.records if record.exc_info is not None]


async def test_an_internal_error_is_reported_with_a_reference_that_is_in_the_log(
    scene: Scenes, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene(THREADS="never") as it:
        good = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED))
        unanswered = shown(await it.bob.slash(it.channel, "ask", question=UNKNOWN))
        damage(folder, "UPDATE document SET places = '{}'")
        said: dict[str, str] = {}
        for private in (False, True):
            failed = await it.bob.slash(it.channel, "ask", question=FOUNDED, private=private)
            assert failed.ephemeral == private
            said[f"/ask {private}"] = text_of(shown(failed))
        await it.bob.send(it.channel, f"{it.mention} {FOUNDED}")
        said["mention"] = answer(it).content
        await it.bob.send(it.channel, f"{it.mention} {FOUNDED}", reply_to=good)
        said["reply"] = answer(it).content
        await it.bob.send_dm(FOUNDED)
        said["direct message"] = answer(it, it.bob.user.dm_channel).content
        said["wider"] = told(await it.bob.click(unanswered, custom_id=button(unanswered, "wider")))
        sources = await it.bob.click(good, custom_id=button(good, "sources"))
        assert sources.ephemeral
        said["sources"] = text_of(shown(sources))
        said["/documents"] = text_of(shown(await it.bob.slash(it.channel, "documents", document="talks.md")))
        lines = {name: line for name, line in said.items() if "\n" in line or "wrong on my side" not in line}
        assert lines == {}
        references = [reference_in(line) for line in said.values()]
        assert len(set(references)) == len(said)
        logged = tracebacks(caplog)
        assert all(any(reference in line for line in logged) for reference in references)
        assert "KeyError" in caplog.text
        assert nobody_is_mentioned(it.env)
        # Only errors of commands, which discord.py hands to their handler; the others are reported elsewhere.
        assert [type(error) for error in it.env.errors] == [discord.app_commands.CommandInvokeError]


async def test_an_error_of_turning_a_page_is_reported_next_to_the_list(
    scene: Scenes, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene() as it:
        with closing(sqlite3.connect(folder / ".footnote" / "catalog.sqlite")) as catalog:
            for number in range(20):
                catalog.execute(
                    "INSERT INTO document SELECT NULL, 'copy-' || ? || '.md', folder, title, title_is_telling, url, "
                    "format, language, text, places, size, modified_ns, content_hash FROM document WHERE id = 1",
                    (number,),
                )
            catalog.commit()
        listed = shown(await it.bob.slash(it.channel, "documents"))
        damage(folder, "DROP TABLE active")
        turned = await it.bob.click(listed, custom_id=turning(listed, "▶"))
        [line] = turned.followups
        assert line.ephemeral
        assert reference_in(text_of(line)) in caplog.text
        assert "page 1 of 3" in text_of(listed)
        assert it.env.errors == []


async def test_questions_are_answered_even_if_the_journal_is_unusable(
    scene: Scenes, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene() as it:
        good = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED))
        it.parts.journal.close()
        (folder / ".footnote" / "journal.sqlite").unlink()
        (folder / ".footnote" / "journal.sqlite").mkdir()
        assert "2017" in text_of(shown(await it.bob.slash(it.channel, "ask", question=FOUNDED)))
        await it.bob.send(it.channel, f"{it.mention} {FOUNDED}", reply_to=good)
        assert (
            "2017" in [*spoken(it), *[one for thread in it.channel.threads for one in spoken(it, thread)]][-1].content
        )
        sources = text_of(shown(await it.bob.click(good, custom_id=button(good, "sources"))))
        assert reference_in(sources) in caplog.text
        gaps = text_of(shown(await it.ada.slash(it.channel, "gaps")))
        assert reference_in(gaps) in caplog.text
        assert len(it.env.errors) == 1  # of /gaps


async def test_a_refused_question_is_reported_without_a_reference(
    scene: Scenes, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene() as it:
        for typed in ("???", "🦤"):
            said = text_of(shown(await it.bob.slash(it.channel, "ask", question=typed)))
            assert said.startswith("I can't search for that: ")
            assert "Reference" not in said
        await it.bob.send(it.channel, f"{it.mention} ???")
        assert answer(it).content.startswith("I can't search for that: ")
        assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


NO_LONGER = (
    ("POST", "/interactions/*/callback", 404, 10062),
    ("POST", "/interactions/*/callback", 400, 40060),
    ("PATCH", "/webhooks/*", 404, 10008),
    ("PATCH", "/webhooks/*", 401, 50027),
    ("PATCH", "/webhooks/*", 404, 10015),
    ("POST", "/channels/*/messages", 403, 50013),
    ("POST", "/channels/*/messages", 403, 50001),
)


async def test_nothing_left_to_answer_to_is_not_logged_as_an_error(
    scene: Scenes, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene() as it:
        good = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED))
        for method, path, status, code in NO_LONGER:
            it.env.backend.faults.clear()
            it.env.inject_error(method, path, status=status, code=code, times=None)
            for name, options in (("ask", {"question": FOUNDED}), ("documents", {}), ("help", {})):
                await it.bob.slash(it.channel, name, **options)
            await it.ada.slash(it.channel, "scope", channel=it.channel)
            await it.bob.click(good, custom_id=button(good, "sources"))
            await it.bob.send(it.channel, f"{it.mention} {FOUNDED}")
            failures = [record for record in caplog.records if record.levelno >= logging.ERROR or record.exc_info]
            assert failures == [], (path, code)
        # discord.py hands errors of commands to their handler, which has logged this one as harmless.
        assert all(is_gone(getattr(error, "original", error)) for error in it.env.errors)


async def test_an_answer_that_discord_refuses_is_reported_and_if_that_fails_too_logged(
    scene: Scenes, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene() as it:
        it.env.inject_error("PATCH", "/webhooks/*", status=500, times=1)
        said = text_of(shown(await it.bob.slash(it.channel, "ask", question=FOUNDED)))
        assert any(reference_in(said) in line for line in tracebacks(caplog))
        it.env.inject_error("*", "/*", status=500, times=None)
        caplog.clear()
        await it.bob.send(it.channel, f"{it.mention} {FOUNDED}")
        assert "could not be reported to the person either" in caplog.text
        assert it.env.errors == []


async def test_a_channel_must_be_known_before_it_is_answered(scene: Scenes) -> None:
    async with scene() as it:
        unknown = it.bot.get_partial_messageable(it.channel.id, guild_id=it.guild.id)
        with pytest.raises(LookupError):
            folders_for(it.parts, unknown)
        with pytest.raises(LookupError):
            folders_for(it.parts, None)


async def test_every_error_is_reported_in_its_words(caplog: pytest.LogCaptureFixture) -> None:
    said: list[str] = []

    async def say(text: str) -> None:
        said.append(text)

    await report_error("a test", UserError("Repair it."), say)
    await report_error("a test", QuestionError("the question is empty"), say)
    assert said == ["Repair it.", "I can't search for that: the question is empty."]
    assert caplog.records == []
    await report_error("a test", JournalError("the file /srv/journal is locked"), say)
    assert reference_in(said[-1]) in caplog.text
    assert "/srv/journal is locked" in caplog.text
    assert "/srv" not in said[-1]
    assert tracebacks(caplog) == []  # an expected error needs no traceback
    await report_error("a test", ZeroDivisionError("division"), say)
    assert reference_in(said[-1]) in tracebacks(caplog)[-1]

    async def fail(text: str) -> None:
        raise ValueError(text)

    await report_error("a test", UserError("Repair it."), fail)
    assert "could not be reported to the person either (Repair it.)" in caplog.text


async def test_a_changed_command_is_reported(scene: Scenes, caplog: pytest.LogCaptureFixture) -> None:
    async with scene() as it:
        for name in ("vanished", "ask"):  # the second lacks its question
            outdated = begin_raw(it, it.bob, it.channel, {"id": "1", "name": name, "type": 1, "options": []})
            await it.env.settle()
            assert shown(outdated).content.startswith("That command has changed.")
            assert outdated.ephemeral
        assert tracebacks(caplog) == []
        assert len(it.env.errors) == 2


async def test_suggestions_are_empty_if_the_catalog_is_unreadable(
    scene: Scenes, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene() as it:
        damage(folder, "DROP TABLE active")
        damage(folder, "DROP TABLE document")
        assert await it.bob.autocomplete(it.channel, "documents", "document", "t") == []
        assert await it.ada.autocomplete(it.channel, "scope", "folders", "p", channel=it.channel) == []
        assert tracebacks(caplog) == []
        assert it.env.errors == []


async def test_no_request_mentions_anybody(scene: Scenes) -> None:
    async with scene() as it:
        await it.bob.slash(it.channel, "ask", question="Who is @everyone and @here?")
        await it.bob.slash(it.channel, "documents", document=f"@everyone {it.ada.mention}")
        await it.bob.send(it.channel, f"{it.mention} Who is {it.ada.mention}, @everyone?")
        await it.ada.slash(it.channel, "scope", channel=it.channel, folders="@here")
        for name in ("help", "status", "documents"):
            await it.bob.slash(it.channel, name)
        for name in ("gaps", "reindex"):
            await it.ada.slash(it.channel, name)
        assert nobody_is_mentioned(it.env)
