"""The work of `footnote index` and its subcommands, and what they print."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cli.inspection import ago
from bot.cli.terminal import print_report, show, shown_progress, waiting
from bot.config.settings import Settings
from bot.errors import FootnoteError
from bot.runtime.wiring import check_data_folder, ingest, ingestion_of, server_of
from bot.wording import plain
from index.errors import DamagedCatalog
from index.ingestion.checking import IndexCheck
from index.ingestion.options import IngestOptions
from index.storage import rollback

MAX_PATHS = 50  # listed for each kind of change


def bring_up_to_date(settings: Settings, options: IngestOptions) -> None:
    """Index the documents and print what was done."""
    with shown_progress() as progress:
        report = ingest(settings, options, progress=progress)
    print_report(report, str(settings.seeds_dir))


def print_preview(settings: Settings, *, full: bool) -> None:
    """Print what `footnote index` would do now, file by file."""
    with shown_progress() as progress:
        report = ingestion_of(settings, progress).preview(full=full)
    show("Nothing is written. `footnote index` would do this:", "dim")
    for name, paths in (
        ("add", report.added),
        ("change", report.changed),
        ("rename", report.renamed),
        ("remove", report.removed),
    ):
        _show_paths(name, paths)
    print_report(report, str(settings.seeds_dir), would=True)
    if report.loses_most:
        show("More than half of the documents are gone: `footnote index` removes them only with --prune.", "yellow")


def _show_paths(name: str, paths: Sequence[str]) -> None:
    for path in paths[:MAX_PATHS]:
        show(f"  {name} {plain(path)}", indentation=4)
    if len(paths) > MAX_PATHS:
        show(f"  {name} {len(paths) - MAX_PATHS:,} more")


def check(settings: Settings, *, wait_seconds: float) -> None:
    """Check the index, and print what was found. Raises `FootnoteError` if a fault remains."""
    check_data_folder(settings)
    with waiting("Checking the index …") as show_step:
        index_check = IndexCheck(
            settings.data_dir,
            settings.seeds_dir,
            on_step=lambda step: show_step(f"Checking {step} …"),
            server=server_of(settings),
        )
        try:
            report = index_check.run(wait_seconds=wait_seconds)
        except DamagedCatalog as error:
            raise FootnoteError(f"{error}; run `footnote index` to rebuild it from the documents") from error
    for line in report.repaired:
        show(f"repaired: {plain(line)}", "green")
    for line in report.faults:
        show(f"fault: {plain(line)}", "yellow")
    if report.behind:
        show(f"{report.behind:,} files have changed since they were indexed: `footnote index` reads them.")
    if not report.is_sound:
        raise FootnoteError("the index has faults; see above")
    show(f"The index is sound: {report.documents:,} documents, {report.chunks:,} chunks.")


def roll_back(settings: Settings, *, wait_seconds: float) -> None:
    """Return to the previous build, and print what is active now."""
    check_data_folder(settings)
    active = rollback.roll_back(settings.data_dir, wait_seconds=wait_seconds, server=server_of(settings))
    show(
        f"Generation {active.number} is active again: {active.documents:,} documents, {active.chunks:,} chunks, "
        f"embedded with {active.embedder} {ago(active.published)}. The other build is kept: repeat to undo."
    )
    if active.embedder != settings.embed_model:
        show(
            f"EMBED_MODEL is {settings.embed_model}: set it to {active.embedder}, or the next `footnote index` builds "
            "a new index again.",
            "yellow",
        )
