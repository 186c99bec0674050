"""The terminal: where answers and notices are printed, and how far a long piece of work is."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.text import Text

from bot.cli.rendering import json_text
from bot.wording import plain
from index.parsing.reasons import grouped

if TYPE_CHECKING:
    from rich.progress import TaskID

    from index.ingestion.report import Progress, Report

STEPS = {
    "fetching": "Fetching the index",
    "reading": "Reading files",
    "embedding": "Embedding chunks",
    "publishing": "Writing the index",
}
SPLITTING = "Splitting into chunks"  # what comes between the first two, without a count of its own
PIPED_WIDTH = 1_000_000  # columns of what is no terminal: nothing is wrapped there
PIPED_REPORT_WIDTH = 120
LEAST_WIDTH_TO_INDENT = 24

# What a line begins with, under which the rest of it stands when it is wrapped: "[1] ", " 2. ", "  · ", or spaces.
# The bar of a quote is repeated.
_OPENING = re.compile(r" *(?:(?:\[\d+\]|\d+\.|[·│•*-]) )?")


class _Console(Console):
    """A console that says when nobody reads any more, instead of ending the program by itself."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        raise BrokenPipeError


@lru_cache(maxsize=1)
def output() -> Console:
    """Return standard output. Piped output is as wide as it needs to be: nothing in it is cut or wrapped."""
    return _console(stderr=False)


@lru_cache(maxsize=1)
def notices() -> Console:
    """Return standard error: for messages about the work, never its result."""
    return _console(stderr=True)


def _console(stderr: bool) -> Console:
    console = _Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if console.is_terminal:
        # With NO_COLOR there is no bold either: nothing but the text.
        return (
            _Console(stderr=stderr, highlight=False, markup=False, emoji=False, color_system=None)
            if (console.no_color)
            else console
        )
    return _Console(
        stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=True, width=PIPED_WIDTH, height=25
    )


def is_plain() -> bool:
    """True if standard output shows neither colours nor bold, so that signs have to stand in for them."""
    return output().color_system is None


def text_width() -> int | None:
    """The columns of standard output; None if it is no terminal, where nothing is wrapped."""
    return output().width if output().is_terminal else None


def report_width() -> int:
    """Return the columns that a boxed report may take."""
    return output().width if output().is_terminal else PIPED_REPORT_WIDTH


def show(text: Text | str, style: str = "", indentation: int | None = None, console: Console | None = None) -> None:
    """Print lines; a terminal wraps each at its words, `indentation` columns in (by default under its own opening)."""
    console = console or output()
    text = Text(text, style) if isinstance(text, str) else text
    if not console.is_terminal:
        console.print(text)
        return
    for line in text.split("\n", allow_blank=True):
        for row in _wrapped(console, line, indentation):
            console.print(row, soft_wrap=True)


def print_json(value: object) -> None:
    """Print a value as JSON, in ASCII where standard output is not Unicode."""
    is_unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    click.echo(json_text(value, ascii_only=not is_unicode))


def _wrapped(console: Console, line: Text, indentation: int | None) -> list[Text]:
    opening = _OPENING.match(line.plain)
    place = opening.end() if opening and indentation is None else indentation or 0
    if console.width - place < LEAST_WIDTH_TO_INDENT:
        place = 0
    first, rest = line[:place], line[place:]
    rows = list(rest.wrap(console, console.width - place)) or [Text()]
    for row in rows:
        row.rstrip()
    below = first if "│" in first.plain else Text(" " * place)
    return [first + rows[0], *(below + row for row in rows[1:])]


@contextmanager
def waiting(doing: str) -> Iterator[Callable[[str], None]]:
    """Show on standard error what is being done, as long as it takes; nothing where that is not a terminal.

    What is yielded changes the words.
    """
    if not notices().is_terminal:
        yield lambda _: None
        return
    with notices().status(doing, spinner="line") as status:
        yield status.update


@contextmanager
def shown_progress() -> Iterator[Callable[[Progress], None]]:
    """Show a progress bar on standard error, gone when done; nothing if that is not a terminal."""
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[done]}"),
        TextColumn("{task.fields[counted]}"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(compact=True),
    )
    with Bars(*columns, console=notices(), transient=True, disable=not notices().is_terminal) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(now: Progress) -> None:
            if now.step not in tasks:
                for earlier in tasks.values():
                    bars.remove_task(earlier)
                tasks.clear()
                tasks[now.step] = bars.add_task(STEPS[now.step], total=now.total or None, done="", counted="", rate="")
            task = next(one for one in bars.tasks if one.id == tasks[now.step])
            is_read = now.step == "reading" and now.done == now.total
            bars.update(
                task.id,
                description=SPLITTING if is_read else STEPS[now.step],
                completed=now.done,
                total=now.total or None,
                done=f"{now.done:,}/{now.total:,}" if now.total and not is_read else "",
                counted=f"{now.documents:,} documents" + (f", {now.chunks:,} chunks" if now.chunks else ""),
                rate=f"{task.speed:,.0f}/s" if task.speed and not is_read else "",
            )
            if is_read:
                task.total = None  # the bar pulses

        yield tell


class TerminalNotices:
    """Reports to the person at the terminal, on standard error; see `bot.runtime.notices.Notices`."""

    def note(self, text: str) -> None:
        show(text, "dim", console=notices())

    def warn(self, text: str) -> None:
        show(text, "yellow", console=notices())

    def busy(self, doing: str) -> AbstractContextManager[object]:
        return waiting(doing)

    def progress(self) -> AbstractContextManager[Callable[[Progress], None]]:
        return shown_progress()


def print_report(report: Report, folder: str, would: bool = False) -> None:
    """Print the table that closes `footnote index`, with the reason for each file that could not be read.

    `would`: it is what would be done.
    """
    from rich.table import Table

    counts = {
        "added": len(report.added),
        "changed": len(report.changed),
        "renamed": len(report.renamed),
        "removed": len(report.removed),
        "unchanged": report.unchanged,
        "unreadable": len(report.unreadable),
    }
    if output().width >= sum(map(len, counts)) + 2 * len(counts):
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in counts:
            table.add_column(name, justify="right")
        table.add_row(*(f"{count:,}" for count in counts.values()))
        output().print(table)
    else:
        for name, count in counts.items():
            show(f"{name:<12}{count:>8,}")
    for one in grouped(report.newly_unreadable):
        show(f"  unreadable: {plain(one.path)} {plain(one.reason)}", style="yellow", indentation=4)
    if reported_before := len(report.unreadable) - len(report.newly_unreadable):
        show(f"  unreadable as before: {reported_before:,}; `footnote status --unread` lists all", style="yellow")
    took = "" if would else f", in {report.seconds:,.1f} s"
    embedded = "of them to be embedded" if would else "embedded now"
    in_index = "would be in the index" if would else "in the index"
    show(f"{report.chunks:,} chunks of {plain(folder)} {in_index}, {report.embedded:,} {embedded}{took}")
