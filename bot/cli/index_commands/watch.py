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
    """Update the index whenever the folder changes, and print what was done, until Ctrl-C."""
    display: Callable[[Progress], None] | None = None

    def show_progress(progress: Progress) -> None:
        if display is not None:
            display(progress)

    ingestion = ingestion_of(settings, show_progress)  # one for all runs, so that its model is loaded once

    def run() -> Report:
        nonlocal display
        with shown_progress() as display:
            return ingestion.run(options)

    def print_run(report: Report) -> None:
        show(f"{datetime.now().astimezone():%H:%M:%S} the folder has changed", "dim")
        print_report(report, str(settings.seeds_dir))

    show(f"Watching {plain(str(settings.seeds_dir))}; press Ctrl-C to stop.", "dim", console=notices())
    Watching(settings.data_dir, settings.seeds_dir, run=run, on_report=print_run, on_error=report_failure).follow()
