"""Options of a run of indexing."""

from __future__ import annotations

from dataclasses import dataclass

KEPT_BUILDS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestOptions:
    """Options of one run of `Ingestion`.

    `full` reads every file again and builds the index from scratch, next to the active generation. `prune` accepts that
    most or all of the indexed documents are gone. `wait_seconds` is how long to wait for another process that is
    indexing (0 or more, or `writer_lock.WAIT_FOREVER`). `kept_builds` is the number of earlier builds (0 or more) that
    stay on disk for `roll_back`. `take_over` makes this data folder the writer of an index on a Chroma server that
    another machine has written so far.
    """

    full: bool = False
    prune: bool = False
    wait_seconds: float = 0.0
    kept_builds: int = KEPT_BUILDS
    take_over: bool = False


DEFAULT_OPTIONS = IngestOptions()
