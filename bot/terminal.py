"""The terminal: where answers and notices are printed, and the progress of an ingestion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import TaskID

    from index.ingestion import Progress, Report

STEPS = {"reading": "Reading files", "embedding": "Embedding chunks", "publishing": "Writing the index"}


@lru_cache(maxsize=1)
def output() -> Console:
    """Standard output. Piped output is as wide as it needs to be: nothing in it is cut or wrapped."""
    return _console(stderr=False)


@lru_cache(maxsize=1)
def notices() -> Console:
    """Standard error: what is said about the work, never its result."""
    return _console(stderr=True)


def _console(stderr: bool) -> Console:
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=True)
    if console.is_terminal:
        return Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    return console


@contextmanager
def shown_progress() -> Iterator[Callable[[Progress], None]]:
    """A progress bar on standard error, gone when done; nothing where that is not a terminal."""
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
        TextColumn("{task.fields[counted]}"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(compact=True),
    )
    with Bars(*columns, console=notices(), transient=True, disable=not notices().is_terminal) as bars:
        tasks: dict[str, TaskID] = {}

        def show(now: Progress) -> None:
            if now.step not in tasks:
                tasks[now.step] = bars.add_task(STEPS[now.step], total=now.total or None, counted="", rate="")
            task = next(one for one in bars.tasks if one.id == tasks[now.step])
            rate = f"{task.speed:,.0f}/s" if task.speed else ""
            counted = f"{now.documents:,} documents" + (f", {now.chunks:,} chunks" if now.chunks else "")
            bars.update(task.id, completed=now.done, total=now.total or None, counted=counted, rate=rate)

        yield show


def print_report(report: Report, folder: str) -> None:
    """The table that closes `footnote index`, with the reason for each file that could not be read."""
    from rich.table import Table

    counts = {
        "added": len(report.added),
        "changed": len(report.changed),
        "renamed": len(report.renamed),
        "removed": len(report.removed),
        "unchanged": report.unchanged,
        "unreadable": len(report.unreadable),
    }
    table = Table(box=None, pad_edge=False, show_header=True, header_style="bold")
    for name in counts:
        table.add_column(name, justify="right")
    table.add_row(*(f"{count:,}" for count in counts.values()))
    output().print(table)
    for unreadable in report.unreadable:
        output().print(f"  unreadable: {unreadable.path} {unreadable.reason}", style="yellow")
    rate = f" ({report.embedded / report.seconds:,.0f} a second)" if report.embedded and report.seconds else ""
    output().print(
        f"{report.chunks:,} chunks of {folder} in the index, {report.embedded:,} embedded now, "
        f"in {report.seconds:,.1f} s{rate}"
    )
