"""`footnote index watch`: update the index whenever the documents change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cli.terminal import notices, print_report, show, shown_progress
from bot.config.settings import Settings
from bot.runtime.following import report_failure
from bot.runtime.wiring import ingestion_of
from bot.wording import plain
from index.ingestion.options import IngestOptions
from index.ingestion.watching import Watching

if TYPE_CHECKING:
    from index.ingestion.report import Progress, Report


def follow(settings: Settings, options: IngestOptions) -> None:
    """Bring the index up to date whenever the folder changes, saying so, until Ctrl-C."""
    shown: list[Callable[[Progress], None]] = []

    def told(progress: Progress) -> None:
        shown[-1](progress)

    ingestion = ingestion_of(settings, told)  # one for all runs: its model is loaded once

    def run() -> Report:
        with shown_progress() as tell:
            shown[:] = [tell]
            return ingestion.run(options)

    def ended(report: Report) -> None:
        show(f"{datetime.now().astimezone():%H:%M:%S} the folder has changed", "dim")
        print_report(report, str(settings.seeds_dir))

    show(f"Watching {plain(str(settings.seeds_dir))}; Ctrl-C ends it.", "dim", console=notices())
    Watching(settings.data_dir, settings.seeds_dir, run, ended, report_failure).follow()
