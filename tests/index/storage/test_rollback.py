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
from index.storage.rollback import kept, kept_generations, roll_back
from index.storage.writer_lock import writer_lock
from tests.conftest import Library

TEXT = " ".join(
    f"The {thing} stands beside the old mill on the river." for thing in ("bridge", "church", "inn", "weir")
)
SMALLER = IndexConfig(chunk_tokens=32, overlap_tokens=0)


@pytest.fixture
def rebuilt(library: Library) -> Library:
    """Built with one chunking, then with another; a document was changed in between."""
    library.write({"town.txt": TEXT, "lake.txt": "The lake is deep."})
    assert library.ingest().chunks == 2
    library.write({"lake.txt": "The lake is shallow."})
    assert library.ingest(config=SMALLER).chunks == 3
    return library


def state(library: Library) -> tuple[int, int, str]:
    """The generation that answers, its chunks, and what it says of the lake; all of it is whole."""
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
    return kept(Generations(library.data), state(library)[0])


def test_the_build_before_is_kept_and_can_be_gone_back_to_and_forth(rebuilt: Library) -> None:
    assert state(rebuilt) == (2, 3, "The lake is shallow.")
    assert numbers(rebuilt) == [1]
    assert roll_back(rebuilt.data).number == 1
    assert state(rebuilt) == (1, 2, "The lake is deep.")
    assert numbers(rebuilt) == [2]
    roll_back(rebuilt.data)
    assert state(rebuilt) == (2, 3, "The lake is shallow.")


def test_what_is_kept_is_known_with_its_embedder(rebuilt: Library) -> None:
    catalog = Catalog(rebuilt.data / CATALOG)
    (one,) = kept_generations(catalog, Generations(rebuilt.data), 2)
    catalog.close()
    assert (one.number, one.chunks, one.embedder) == (1, 2, "all-MiniLM-L6-v2")


def test_the_next_run_goes_on_from_what_was_gone_back_to(rebuilt: Library) -> None:
    roll_back(rebuilt.data)
    report = rebuilt.ingest()
    assert (report.changed, report.unchanged, report.embedded, report.generation) == (("lake.txt",), 1, 0, 3)
    assert state(rebuilt) == (3, 2, "The lake is shallow.")


def test_edits_leave_the_kept_build_in_place(rebuilt: Library) -> None:
    for text in ("Dry.", "Frozen."):
        rebuilt.write({"lake.txt": text})
        rebuilt.ingest(config=SMALLER)
    assert numbers(rebuilt) == [1]
    assert sorted(path.name for path in (rebuilt.data / "generations").iterdir() if path.is_dir()) == ["1", "4"]


def test_no_more_are_kept_than_asked_for(rebuilt: Library) -> None:
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


def test_without_an_earlier_build_there_is_nothing_to_go_back_to(library: Library) -> None:
    with pytest.raises(NotIndexed, match="run `footnote index`"):
        roll_back(library.data)
    library.write({"lake.txt": "The lake is deep."})
    library.ingest()
    with pytest.raises(NotIndexed, match="no earlier build is kept"):
        roll_back(library.data)


def test_a_writer_is_not_disturbed(rebuilt: Library) -> None:
    with writer_lock(rebuilt.data), pytest.raises(WriterBusy):
        roll_back(rebuilt.data)


def test_who_searches_meanwhile_goes_on_with_what_it_has(rebuilt: Library) -> None:
    index = SearchIndex(rebuilt.data)
    try:
        index.hold()
        roll_back(rebuilt.data)
        with index.pinned() as generation:
            assert generation.generation.number == 2
            assert index.catalog.chunk_count() == 3
    finally:
        index.close()
