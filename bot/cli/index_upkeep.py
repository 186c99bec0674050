"""What `footnote index` does besides indexing: say what it would do, check the index, go back to the build before."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cli.inspect import ago
from bot.cli.terminal import print_report, show, shown_progress, waiting
from bot.config.settings import Settings
from bot.errors import FootnoteError
from bot.runtime.wiring import check_data_folder, ingest, ingestion_of, server_of
from bot.wording import plain
from index.errors import DamagedCatalog
from index.ingestion.checking import Checking
from index.ingestion.options import IngestOptions
from index.storage import rollback as keeping

MOST_PATHS = 50  # of each kind that are named


def bring_up_to_date(settings: Settings, options: IngestOptions) -> None:
    """Index the documents and print what was done."""
    with shown_progress() as progress:
        report = ingest(settings, options, progress=progress)
    print_report(report, str(settings.seeds_dir))


def print_preview(settings: Settings, *, full: bool) -> None:
    """What `footnote index` would do now, file by file."""
    with shown_progress() as tell:
        report = ingestion_of(settings, tell).preview(full=full)
    show("Nothing is written; this is what `footnote index` would do:", "dim")
    for name, paths in (
        ("add", report.added),
        ("change", report.changed),
        ("rename", report.renamed),
        ("remove", report.removed),
    ):
        _show_paths(name, paths)
    print_report(report, str(settings.seeds_dir), would=True)
    if report.loses_most:
        show("So many documents are forgotten only with --prune.", "yellow")


def _show_paths(name: str, paths: Sequence[str]) -> None:
    for path in paths[:MOST_PATHS]:
        show(f"  {name} {plain(path)}", indentation=4)
    if len(paths) > MOST_PATHS:
        show(f"  {name} {len(paths) - MOST_PATHS:,} more")


def check(settings: Settings, *, wait_seconds: float) -> None:
    """Compare all parts of the index and say what was found. Raises `FootnoteError` unless all is well in the end."""
    check_data_folder(settings)
    with waiting("Checking the index …") as tell:
        checking = Checking(
            settings.data_dir,
            settings.seeds_dir,
            tell=lambda part: tell(f"Checking {part} …"),
            server=server_of(settings),
        )
        try:
            found = checking.run(wait_seconds=wait_seconds)
        except DamagedCatalog as error:
            raise FootnoteError(f"{error}; `footnote index` builds it anew from the documents") from error
    for line in found.mended:
        show(f"mended: {plain(line)}", "green")
    for line in found.wrong:
        show(f"wrong: {plain(line)}", "yellow")
    if found.behind:
        show(f"{found.behind:,} files have changed since they were indexed: `footnote index` reads them.")
    if not found.is_well:
        raise FootnoteError("the index is not whole; see above")
    show(f"All is well: {found.documents:,} documents, {found.chunks:,} chunks.")


def roll_back(settings: Settings, *, wait_seconds: float) -> None:
    """Go back to the build before, and say what answers now."""
    check_data_folder(settings)
    now = keeping.roll_back(settings.data_dir, wait_seconds=wait_seconds, server=server_of(settings))
    show(
        f"Generation {now.number} answers again: {now.documents:,} documents, {now.chunks:,} chunks, embedded with "
        f"{now.embedder}, from {ago(now.published)}. The other build is kept: repeat to undo."
    )
    if now.embedder != settings.embed_model:
        show(
            f"EMBED_MODEL asks for {settings.embed_model}: set it to {now.embedder}, or the next `footnote index` "
            "builds with that one again.",
            "yellow",
        )
