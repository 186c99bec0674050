"""Update the index while the bot runs."""

from __future__ import annotations

import asyncio
import threading

import pytest

from bot.config.settings import Settings, load_settings
from bot.runtime.reindexing import Reindexing, Stopped
from index.errors import SeedsError, WriterBusy
from index.ingestion.report import Progress
from index.storage.writer_lock import writer_lock
from tests.support.library import Library


def settings_of(library: Library) -> Settings:
    """Return settings for a library's folders."""
    return load_settings(
        environment={"SEEDS_DIR": str(library.seeds), "DATA_DIR": str(library.data)}, folder=library.seeds
    )


async def test_a_run_reports_its_progress_and_its_result(library: Library) -> None:
    library.write({f"{number}.md": f"# Number {number}\n\nThis is the number {number}.\n" for number in range(5)})
    reindexing = Reindexing(settings_of(library))
    reported: list[Progress] = []
    threads: set[threading.Thread] = set()

    def report_progress(progress: Progress) -> None:
        reported.append(progress)
        threads.add(threading.current_thread())

    running = asyncio.create_task(reindexing.run(report_progress))
    await asyncio.sleep(0)
    was_running = reindexing.is_running
    report = await running
    assert (was_running, reindexing.is_running) == (True, False)
    assert len(report.added) == 5
    assert [one.done for one in reported if one.step == "reading"][-1] == 5
    assert list(dict.fromkeys(one.step for one in reported)) == ["reading", "embedding", "publishing"]
    assert threads == {threading.main_thread()}


async def test_a_stopped_run_raises_stopped_and_changes_nothing(library: Library) -> None:
    library.write({"one.md": "# One\n\nThis is one.\n", "two.md": "# Two\n\nThis is two.\n"})
    reindexing = Reindexing(settings_of(library))
    reindexing.stop()
    with pytest.raises(Stopped, match="closing"):
        await reindexing.run(lambda _: None)
    assert not reindexing.is_running
    report = await Reindexing(settings_of(library)).run(lambda _: None)
    assert len(report.added) == 2


async def test_errors_of_a_run_are_raised(library: Library) -> None:
    reindexing = Reindexing(settings_of(library))
    with pytest.raises(SeedsError, match="no readable document"):
        await reindexing.run(lambda _: None)
    library.write({"one.md": "# One\n\nThis is one.\n"})
    with writer_lock(library.data), pytest.raises(WriterBusy):
        await reindexing.run(lambda _: None)
    assert not reindexing.is_running
    assert (await reindexing.run(lambda _: None)).chunks == 1


async def test_a_cancelled_run_finishes_without_its_caller(library: Library) -> None:
    library.write({"one.md": "# One\n\nThis is one.\n"})
    reindexing = Reindexing(settings_of(library))
    running = asyncio.create_task(reindexing.run(lambda _: None))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    for thread in threading.enumerate():
        if thread.name == "reindexing":
            await asyncio.to_thread(thread.join)
    assert not reindexing.is_running
