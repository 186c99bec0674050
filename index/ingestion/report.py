"""Progress and result of a run of indexing."""

from __future__ import annotations

from dataclasses import dataclass

from index.ingestion.difference import Difference
from index.types import Unreadable


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of a run.

    `done` of `total` files are read (step "reading") or chunks embedded ("embedding"); the steps "fetching" and
    "publishing" have no count. `documents` and `chunks` are the numbers that the run deals with so far.
    """

    step: str
    done: int
    total: int
    documents: int
    chunks: int


@dataclass(frozen=True, slots=True)
class Report:
    """Result of a run.

    The paths of documents that were added, changed, renamed or removed; the number of unchanged ones; the files that
    could not be read, the paths of those that the run before reported, too (`reported_before`); `chunks` in the index,
    `embedded` in this run; the duration in seconds; and the number of the active generation. `loses_most` is true if
    more than half of the documents are removed.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    renamed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    unreadable: tuple[Unreadable, ...]
    loses_most: bool
    chunks: int
    embedded: int
    seconds: float
    generation: int
    reported_before: frozenset[str] = frozenset()

    @property
    def newly_unreadable(self) -> list[Unreadable]:
        """Return the files that could not be read, without those that the run before reported."""
        return [one for one in self.unreadable if one.path not in self.reported_before]


def report_of(difference: Difference, *, chunks: int, embedded: int, seconds: float, generation: int) -> Report:
    """Return the report of a run that found this difference."""
    return Report(
        added=tuple(read.document.path for read in difference.added),
        changed=tuple(read.document.path for read in difference.changed),
        renamed=tuple(read.document.path for read in difference.renamed),
        removed=tuple(sorted(stored.file.path for stored in difference.removed)),
        unchanged=len(difference.unchanged) + len(difference.touched),
        unreadable=tuple(unreadable for _, unreadable in difference.unreadable),
        loses_most=difference.loses_most,
        chunks=chunks,
        embedded=embedded,
        seconds=seconds,
        generation=generation,
        reported_before=difference.reported_before,
    )
