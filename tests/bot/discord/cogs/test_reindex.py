"""`/reindex`, for administrators and for people who ask meanwhile."""

from __future__ import annotations

import asyncio
import logging
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.bot.discord.support.answers import FOUNDED, messages_sent, nobody_is_mentioned, reference_in, shown
from tests.bot.discord.support.at_once import begin, engine_busy, until
from tests.bot.discord.support.scenes import Scenes, text_of

NEST = "Who builds the heron's nest?"
HERONS = "# Herons\n\nThe heron's nest is built by both parents.\n"
HOLD_THE_LOCK = """
import sys
from pathlib import Path
from index.storage.writer_lock import writer_lock
with writer_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


async def test_the_message_shows_the_progress_and_then_the_report(scene: Scenes, folder: Path) -> None:
    async with scene() as it:
        seeds = folder / "seeds"
        (seeds / "herons.md").write_text(HERONS)
        (seeds / "week.txt").write_text("Another week.\n")
        (seeds / "talks.md").unlink()
        (seeds / "broken.pdf").write_bytes(b"no PDF")
        with closing(sqlite3.connect(folder / ".footnote" / "catalog.sqlite", isolation_level=None)) as catalog:
            catalog.execute("BEGIN IMMEDIATE")  # so that it takes long enough for the others to ask
            reading = begin(it, it.ada, it.channel, "reindex")
            await until(lambda: reading.acknowledged)
            second = begin(it, it.ada, it.channel, "reindex")
            meanwhile = begin(it, it.bob, it.channel, "ask", question=FOUNDED)
            await until(lambda: second.response is not None and meanwhile.response is not None)
            await until(lambda: shown(meanwhile).content)
            assert shown(reading).embeds == []
            catalog.execute("ROLLBACK")
        await it.env.settle()
        assert not reading.ephemeral
        report = text_of(shown(reading))
        assert (
            "**1** added · **1** changed · **0** renamed · **1** removed · **3** unchanged · **1** unreadable" in report
        )
        assert "chunks in the index" in report
        assert "broken.pdf: is not a PDF" in report
        assert any("Reading the documents" in body["content"] for body in messages_sent(it.env))
        assert nobody_is_mentioned(it.env)
        assert second.ephemeral
        assert "Re-indexing is already running" in text_of(shown(second))
        assert "2017" in text_of(shown(meanwhile))
        # From here on the new index answers.
        assert "both parents" in text_of(shown(await it.bob.slash(it.channel, "ask", question=NEST)))
        assert "**0** added" in text_of(shown(await it.ada.slash(it.channel, "reindex")))


async def test_a_running_question_does_not_delay_it(scene: Scenes, folder: Path) -> None:
    async with scene() as it:
        (folder / "seeds" / "herons.md").write_text(HERONS)
        async with engine_busy(it):
            reading = begin(it, it.ada, it.channel, "reindex")
            asked = begin(it, it.bob, it.channel, "ask", question=NEST)
            await until(lambda: reading.response is not None and reading.response.embeds)
        await it.env.settle()
        assert "**1** added" in text_of(shown(reading))
        assert "both parents" in text_of(shown(asked))


async def test_only_administrators_of_servers_can_use_it(scene: Scenes) -> None:
    async with scene() as it:
        refused = await it.bob.slash(it.channel, "reindex")
        assert shown(refused).content == "You need the Manage Server permission."
        assert refused.ephemeral
        assert "reindex" not in it.ada.user.available_commands()
        assert len(it.env.errors) == 1  # the refusal


async def test_errors_are_reported_in_one_line_without_paths(
    scene: Scenes, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene() as it:
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLD_THE_LOCK, str(folder / ".footnote")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[4],
        )
        assert holder.stdin is not None
        assert holder.stdout is not None
        try:
            await asyncio.to_thread(holder.stdout.readline)
            said = text_of(shown(await it.ada.slash(it.channel, "reindex")))
        finally:
            holder.stdin.close()
            await asyncio.to_thread(holder.wait)
            holder.stdout.close()
        assert "another process is indexing" in said
        shutil.rmtree(folder / "seeds")
        missing = text_of(shown(await it.ada.slash(it.channel, "reindex")))
        assert "folder of documents is missing" in missing
        (folder / "seeds").mkdir()
        assert "nothing in it can be read" in text_of(shown(await it.ada.slash(it.channel, "reindex")))
        for line in (said, missing):
            assert line.startswith("Re-indexing failed: ")
            assert line.endswith("I still answer from the previous index.")
            assert str(folder) not in line
        assert str(folder / "seeds") in caplog.text
        assert "2017" in text_of(shown(await it.bob.slash(it.channel, "ask", question=FOUNDED)))


async def test_an_internal_error_is_reported_with_its_reference(
    scene: Scenes, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene(EMBED_MODEL="./missing-model") as it:
        said = text_of(shown(await it.ada.slash(it.channel, "reindex")))
        assert reference_in(said) in caplog.text
        assert "missing-model" in caplog.text
        assert "missing-model" not in said


async def test_the_report_is_a_new_message_if_the_response_has_expired(scene: Scenes, folder: Path) -> None:
    async with scene() as it:
        (folder / "seeds" / "herons.md").write_text(HERONS)
        reading = begin(it, it.ada, it.channel, "reindex")
        await until(lambda: reading.acknowledged)
        it.env.backend.advance_clock(16 * 60)
        await it.env.settle()
        assert "**1** added" in text_of(it.said())
        assert it.said().id != shown(reading).id
        assert nobody_is_mentioned(it.env)


async def test_it_stops_with_the_bot_and_says_so(scene: Scenes, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with scene() as it:
        caplog.set_level(logging.WARNING)
        for number in range(50):
            (folder / "seeds" / f"{number}.md").write_text(f"# Number {number}\n\nThis is the number {number}.\n")
        it.parts.wind_down()
        said = text_of(shown(await it.ada.slash(it.channel, "reindex")))
        assert "I am being restarted" in said
        assert not it.parts.unfinished
