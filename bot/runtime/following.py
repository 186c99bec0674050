"""Keep the index of a running bot up to date with the seeds folder, where `WATCH_SEEDS` is on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.config.settings import Settings
from bot.runtime.reindexing import Stopped
from bot.runtime.wiring import ingest
from index.errors import FootnoteError
from index.ingestion.watching import Watching

if TYPE_CHECKING:
    from index.ingestion.report import Progress, Report

PATIENCE = 20.0  # seconds that a closing bot waits for the end of a run, which stops at its next step

log = logging.getLogger(__name__)


@contextmanager
def following(settings: Settings) -> Iterator[None]:
    """Where the settings say so, follow the folder in a thread until the end of the context, and log what happens."""
    if settings.watch_seeds != "on":
        yield
        return
    stopping = threading.Event()

    def told(_: Progress) -> None:
        if stopping.is_set():
            raise Stopped("indexing was stopped because Footnote is closing; it goes on at the next start")

    def ended(report: Report) -> None:
        log.info(
            "the folder has changed: %s added, %s changed, %s renamed, %s removed; generation %s",
            *map(len, (report.added, report.changed, report.renamed, report.removed)),
            report.generation,
        )

    watching = Watching(
        settings.data_dir,
        settings.seeds_dir,
        lambda: ingest(settings, progress=told),
        ended,
        lambda error: None if stopping.is_set() else report_failure(error),
    )
    thread = threading.Thread(target=watching.follow, name="watching", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        watching.stop()
        thread.join(PATIENCE)


def report_failure(error: Exception) -> None:
    """One line; of what should not have happened the traceback too."""
    is_ours = not isinstance(error, FootnoteError | OSError)
    log.error(
        "the index could not be brought up to date: %s; it is tried again", error, exc_info=error if is_ours else None
    )
