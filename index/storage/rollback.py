"""Earlier builds of the index, kept beside the one that answers, and the way back to them.

The catalog holds the active state alone. Before another build takes its place (another embedder, other chunking,
`--full`), a copy of the catalog goes into the folder of the generation that it belongs to: with its derived indexes
that is all there is to it. Edits in between are not kept: the folder of documents is where they are undone.
"""

from __future__ import annotations

from pathlib import Path

from index.errors import NotIndexed
from index.storage.catalog.catalog import Catalog
from index.storage.catalog.rows import Generation
from index.storage.generation.folders import Generations
from index.storage.paths import CATALOG
from index.storage.server.connection import ChromaServer
from index.storage.vectors import VectorPlaces
from index.storage.writer_lock import translate_disk_full_error, writer_lock


def keep_catalog(catalog: Catalog, generations: Generations, number: int) -> None:
    """Copy the catalog to the generation `number`, which it is the catalog of. To be called by the one writer."""
    path = _copy_of(generations, number)
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    catalog.copy_to(unfinished)
    unfinished.replace(path)


def kept(generations: Generations, active: int) -> list[int]:
    """The numbers of the generations that can be gone back to, the latest first; `active` is none of them."""
    return [one for one in generations.numbers()[::-1] if one != active and _copy_of(generations, one).is_file()]


def kept_generations(catalog: Catalog, generations: Generations, active: int) -> list[Generation]:
    """What the catalog knows of the generations that are kept, the latest first."""
    found = (catalog.generation(number) for number in kept(generations, active))
    return [one for one in found if one is not None]


def roll_back(data: Path, *, wait_seconds: float = 0, server: ChromaServer | None = None) -> Generation:
    """Make the latest kept generation the active one, and keep the one that was; the generation that answers now.

    So a second call undoes the first. `server` is where others may follow. Raises `NotIndexed` where none is kept,
    `IndexElsewhere` where another machine writes the index, `WriterBusy` as `writer_lock` does, `ChromaServerError`.
    """
    if not (data / CATALOG).is_file():
        raise NotIndexed(f"there is no index in {data}; run `footnote index`")
    generations = Generations(data)
    places = VectorPlaces(generations, server)
    with writer_lock(data, wait_seconds=wait_seconds), translate_disk_full_error(data):
        catalog = Catalog(data / CATALOG)
        try:
            places.shared.refuse_another()
            active = catalog.active()
            earlier = kept_generations(catalog, generations, active.number) if active else []
            if active is None or not earlier:
                raise NotIndexed(f"no earlier build is kept in {data}; there is nothing to go back to")
            keep_catalog(catalog, generations, active.number)
            catalog.restore(_copy_of(generations, earlier[0].number), earlier[0].number)
            now = catalog.active()
            assert now is not None
            places.shared.announce(now)
            places.remove_unused([now.number, *kept(generations, now.number)])
        finally:
            catalog.close()
    return now


def _copy_of(generations: Generations, number: int) -> Path:
    return generations.folder(number) / CATALOG
