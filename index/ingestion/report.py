"""What a run of indexing tells: how far it is, and what it did."""

from __future__ import annotations

from dataclasses import dataclass

from index.ingestion.difference import Difference
from index.types import Unreadable


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: `done` of `total` files read ("reading"), or chunks embedded ("embedding").

    `documents` and `chunks` are what the run deals with so far. "publishing" has no count.
    """

    step: str
    done: int
    total: int
    documents: int
    chunks: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did: paths by what became of them, chunks in the index and embedded now, seconds, the generation.

    `loses_most`: more than half of the documents went, which is done only where it is asked for.
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


def report_of(difference: Difference, chunks: int, embedded: int, seconds: float, generation: int) -> Report:
    """What a run did that found this difference."""
    return Report(
        added=tuple(one.document.path for one in difference.added),
        changed=tuple(one.document.path for one in difference.changed),
        renamed=tuple(one.document.path for one in difference.renamed),
        removed=tuple(sorted(stored.file.path for stored in difference.removed)),
        unchanged=len(difference.unchanged) + len(difference.touched),
        unreadable=tuple(why for _, why in difference.unreadable),
        loses_most=difference.loses_most,
        chunks=chunks,
        embedded=embedded,
        seconds=seconds,
        generation=generation,
    )
