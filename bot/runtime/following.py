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

PATIENCE = 20.0  # seconds that closing waits for a run, which stops at its next step

log = logging.getLogger(__name__)


@contextmanager
def following(settings: Settings) -> Iterator[None]:
    """Update the index in a thread whenever documents change, until the end of the context, if `WATCH_SEEDS` is on."""
    if settings.watch_seeds != "on":
        yield
        return
    stopping = threading.Event()

    def stop_if_closing(_: Progress) -> None:
        if stopping.is_set():
            raise Stopped("indexing was stopped because Footnote is closing; it continues at the next start")

    def log_report(report: Report) -> None:
        log.info(
            "documents have changed: %s added, %s changed, %s renamed, %s removed; generation %s",
            *map(len, (report.added, report.changed, report.renamed, report.removed)),
            report.generation,
        )

    watching = Watching(
        settings.data_dir,
        settings.seeds_dir,
        run=lambda: ingest(settings, progress=stop_if_closing),
        on_report=log_report,
        on_error=lambda error: None if stopping.is_set() else report_failure(error),
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
    """Log that an update of the index failed; with the traceback if it is an internal error."""
    is_internal = not isinstance(error, FootnoteError | OSError)
    log.error("the index could not be updated: %s; retrying", error, exc_info=error if is_internal else None)
