"""Earlier builds of the index, kept next to the active one, and the way back to them.

The catalog holds the active state alone. Before a new build replaces it (another embedder, other chunking, `--full`), a
copy of the catalog goes into the folder of its generation. Together with the derived indexes there, that is the whole
build. Edits between two builds are not kept: undo those in the folder of documents.
"""

from __future__ import annotations

from pathlib import Path

from index.errors import NotIndexed
from index.storage.catalog.catalog import Catalog
from index.storage.catalog.rows import Generation
from index.storage.generation.folders import Generations
from index.storage.paths import CATALOG
from index.storage.server.connection import ChromaServer
from index.storage.vectors import vector_backend
from index.storage.writer_lock import translate_disk_full_error, writer_lock


def keep_catalog(catalog: Catalog, generations: Generations, number: int) -> None:
    """Copy the catalog into the folder of its generation, `number`. To be called by the holder of the writer lock."""
    path = _copy_of(generations, number)
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    catalog.copy_to(unfinished)
    unfinished.replace(path)


def kept_numbers(generations: Generations, *, active: int) -> list[int]:
    """Return the numbers of the generations that can be restored, latest first, without the active one."""
    numbers = reversed(generations.numbers())
    return [number for number in numbers if number != active and _copy_of(generations, number).is_file()]


def kept_generations(catalog: Catalog, generations: Generations, *, active: int) -> list[Generation]:
    """Return the generations that can be restored, latest first, as the catalog describes them."""
    found = (catalog.generation(number) for number in kept_numbers(generations, active=active))
    return [generation for generation in found if generation is not None]


def roll_back(data: Path, *, wait_seconds: float = 0, server: ChromaServer | None = None) -> Generation:
    """Make the latest kept build the active one, keep the one that was active, and return what is active now.

    So a second call undoes the first. `server` is the Chroma server that other machines follow, if there is one.
    Raises `NotIndexed` if no build is kept, `IndexElsewhere` if another machine writes the index, `WriterBusy` as
    `writer_lock` does, and `ChromaServerError`.
    """
    if not (data / CATALOG).is_file():
        raise NotIndexed(f"there is no index in {data}; run `footnote index`")
    generations = Generations(data)
    backend = vector_backend(generations, server)
    with writer_lock(data, wait_seconds=wait_seconds), translate_disk_full_error(data):
        catalog = Catalog(data / CATALOG)
        try:
            backend.refuse_foreign_index()
            active = catalog.active()
            earlier = kept_generations(catalog, generations, active=active.number) if active else []
            if active is None or not earlier:
                raise NotIndexed(f"no earlier build is kept in {data}; there is nothing to return to")
            keep_catalog(catalog, generations, active.number)
            catalog.restore(_copy_of(generations, earlier[0].number), earlier[0].number)
            restored = catalog.active()
            assert restored is not None
            backend.announce(restored)
            backend.remove_unused([restored.number, *kept_numbers(generations, active=restored.number)])
        finally:
            catalog.close()
    return restored


def _copy_of(generations: Generations, number: int) -> Path:
    return generations.folder(number) / CATALOG
