"""Earlier builds of the index, and the way back to them."""

from __future__ import annotations

import pytest

from index.config import IndexConfig
from index.errors import NotIndexed, WriterBusy
from index.ingestion.ingestion import Ingestion
from index.ingestion.options import IngestOptions
from index.retrieval.search_index import SearchIndex
from index.storage.catalog.catalog import Catalog
from index.storage.generation.folders import Generations
from index.storage.paths import CATALOG
from index.storage.rollback import kept_generations, kept_numbers, roll_back
from index.storage.writer_lock import writer_lock
from tests.support.library import Library

TEXT = " ".join(
    f"The {thing} stands beside the old mill on the river." for thing in ("bridge", "church", "inn", "weir")
)
SMALLER = IndexConfig(chunk_tokens=32, overlap_tokens=0)


@pytest.fixture
def rebuilt(library: Library) -> Library:
    """Build an index, change a document, and build it again with another chunk size."""
    library.write({"town.txt": TEXT, "lake.txt": "The lake is deep."})
    assert library.ingest().chunks == 2
    library.write({"lake.txt": "The lake is shallow."})
    assert library.ingest(config=SMALLER).chunks == 3
    return library


def state(library: Library) -> tuple[int, int, str]:
    """Return the active generation, its chunks and the text about the lake, after checking that they are complete."""
    index = SearchIndex(library.data)
    try:
        with index.pinned() as generation:
            hits = generation.nearest(library.embedder.embed_question("lake"), 9, None)
            assert {hit.chunk_id for hit in hits} == set(index.catalog.chunks([hit.chunk_id for hit in hits]))
            assert generation.words.count() == index.catalog.chunk_count() == len(hits)
            lake = index.catalog.document("lake.txt")
            assert lake is not None
            return generation.generation.number, len(hits), lake.text.strip()
    finally:
        index.close()


def numbers(library: Library) -> list[int]:
    return kept_numbers(Generations(library.data), active=state(library)[0])


def test_a_rollback_restores_the_previous_build_and_a_second_one_undoes_it(rebuilt: Library) -> None:
    assert state(rebuilt) == (2, 3, "The lake is shallow.")
    assert numbers(rebuilt) == [1]
    assert roll_back(rebuilt.data).number == 1
    assert state(rebuilt) == (1, 2, "The lake is deep.")
    assert numbers(rebuilt) == [2]
    roll_back(rebuilt.data)
    assert state(rebuilt) == (2, 3, "The lake is shallow.")


def test_kept_builds_are_listed_with_their_embedder(rebuilt: Library) -> None:
    catalog = Catalog(rebuilt.data / CATALOG)
    (one,) = kept_generations(catalog, Generations(rebuilt.data), active=2)
    catalog.close()
    assert (one.number, one.chunks, one.embedder) == (1, 2, "all-MiniLM-L6-v2")


def test_the_next_run_continues_from_the_restored_build(rebuilt: Library) -> None:
    roll_back(rebuilt.data)
    report = rebuilt.ingest()
    assert (report.changed, report.unchanged, report.embedded, report.generation) == (("lake.txt",), 1, 0, 3)
    assert state(rebuilt) == (3, 2, "The lake is shallow.")


def test_edits_do_not_replace_the_kept_build(rebuilt: Library) -> None:
    for text in ("Dry.", "Frozen."):
        rebuilt.write({"lake.txt": text})
        rebuilt.ingest(config=SMALLER)
    assert numbers(rebuilt) == [1]
    assert sorted(path.name for path in (rebuilt.data / "generations").iterdir() if path.is_dir()) == ["1", "4"]


def test_only_the_requested_number_of_builds_is_kept(rebuilt: Library) -> None:
    def run(keep: int) -> None:
        Ingestion(rebuilt.data, rebuilt.seeds, SMALLER, rebuilt.embedder).run(
            IngestOptions(full=True, kept_builds=keep)
        )

    run(keep=2)
    assert numbers(rebuilt) == [2, 1]
    run(keep=1)
    assert numbers(rebuilt) == [3]
    run(keep=0)
    assert numbers(rebuilt) == []


def test_without_an_earlier_build_there_is_nothing_to_return_to(library: Library) -> None:
    with pytest.raises(NotIndexed, match="run `footnote index`"):
        roll_back(library.data)
    library.write({"lake.txt": "The lake is deep."})
    library.ingest()
    with pytest.raises(NotIndexed, match="no earlier build is kept"):
        roll_back(library.data)


def test_a_rollback_fails_while_a_process_writes(rebuilt: Library) -> None:
    with writer_lock(rebuilt.data), pytest.raises(WriterBusy):
        roll_back(rebuilt.data)


def test_an_open_index_keeps_its_generation_until_the_next_question(rebuilt: Library) -> None:
    index = SearchIndex(rebuilt.data)
    try:
        index.hold()
        roll_back(rebuilt.data)
        with index.pinned() as generation:
            assert generation.generation.number == 2
            assert index.catalog.chunk_count() == 3
    finally:
        index.close()
