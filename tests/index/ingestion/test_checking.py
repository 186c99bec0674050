"""The check of an index finds faults, and repairs them without embedding if possible."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from index.errors import DamagedCatalog, NotIndexed, WriterBusy
from index.ingestion.checking import CheckReport, IndexCheck
from index.retrieval.search_index import SearchIndex
from index.storage.generation.chroma import VectorStore
from index.storage.generation.folders import CHROMA, LEXICAL, Generations
from index.storage.generation.lexical import LexicalIndex
from index.storage.paths import CATALOG
from index.storage.writer_lock import writer_lock
from tests.support.library import Library

FILES = {
    "mill.md": "# The mill\n\nThe mill was built in 1820.\n\n# Fires\n\nIt burned down twice.\n",
    "castle/tower.txt": "The tower of the castle is forty metres high.",
}


@pytest.fixture
def town(library: Library) -> Library:
    """Index two documents of three chunks."""
    library.write(FILES)
    assert library.ingest().chunks == 3
    return library


def check(library: Library) -> CheckReport:
    return IndexCheck(library.data, library.seeds).run()


def in_catalog(library: Library, statement: str) -> None:
    connection = sqlite3.connect(library.data / CATALOG)
    with connection:
        connection.execute(statement)
    connection.close()


def answers(library: Library) -> bool:
    """True if vectors and words find everything."""
    index = SearchIndex(library.data)
    try:
        with index.pinned() as generation:
            near = generation.nearest(library.embedder.embed_question("How high is the tower?"), 9, None)
            return len(near) == 3 and len(generation.matching("mill tower", 9, None)) == 3
    finally:
        index.close()


def test_a_sound_index(town: Library) -> None:
    assert check(town) == CheckReport((), (), 0, 2, 3)
    assert not list((town.data / "generations").glob("removed-*"))


def test_changes_in_the_folder_are_not_faults(town: Library) -> None:
    town.write({"mill.md": "Another text.", "new.txt": "New."})
    (town.seeds / "castle/tower.txt").unlink()
    assert check(town) == CheckReport((), (), 3, 2, 3)


def test_a_file_with_only_a_new_time_does_not_count_as_changed(town: Library) -> None:
    os.utime(town.seeds / "mill.md", (1, 1))
    assert check(town) == CheckReport((), (), 0, 2, 3)


def scramble(path: Path) -> None:
    path.write_bytes(bytes(255 - byte for byte in path.read_bytes()))


def lose_a_vector(folder: Path) -> None:
    store = VectorStore(folder / CHROMA)
    store.delete("castle", [next(ids for name, ids, _ in store.entries() if name == "castle")[0]])
    store.close()


def change_a_vector(folder: Path) -> None:
    store = VectorStore(folder / CHROMA)
    name, ids, vectors = next(store.entries())
    store.delete(name, ids)
    store.add(name, ids, -vectors)
    store.close()


def lose_words(folder: Path) -> None:
    index = LexicalIndex(folder / LEXICAL)
    index.change(index.chunk_ids()[:1], [])


def add_words(folder: Path) -> None:
    LexicalIndex(folder / LEXICAL).change([], [(99, "castle", "ghost")])


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (lambda folder: scramble(folder / CHROMA / "chroma.sqlite3"), "has changed since it was published"),
        (lambda folder: (folder / "manifest.json").unlink(), "is incomplete"),
        (lose_a_vector, "Chroma holds 1 chunk too few"),
        (change_a_vector, "Chroma and the catalog have different vectors of chunk"),
        (lose_words, "tantivy holds 1 chunk too few"),
        (add_words, "tantivy holds 1 chunk too many"),
    ],
)
@pytest.mark.parametrize("sealed", [True, False], ids=["matching manifest", "old manifest"])
def test_derived_indexes_are_rebuilt(town: Library, damage: Callable[[Path], None], fault: str, sealed: bool) -> None:
    """Also if the manifest matches the damage: then only the comparison with the catalog shows it."""
    generations = Generations(town.data)
    damage(generations.folder(1))
    if sealed and fault.startswith(("Chroma", "tantivy")):
        generations.seal(1)
        expected = fault
    else:
        expected = fault if not fault.startswith(("Chroma", "tantivy")) else "has changed since it was published"
    found = check(town)
    assert found.is_sound
    assert [expected in one and one.endswith("rebuilt from the catalog as generation 2") for one in found.repaired] == [
        True
    ]
    assert check(town) == CheckReport((), (), 0, 2, 3)
    assert answers(town)


def test_a_vector_lost_by_the_catalog_is_copied_from_chroma(town: Library) -> None:
    in_catalog(town, "DELETE FROM vector WHERE key = (SELECT min(key) FROM vector)")
    found = check(town)
    assert (found.repaired, found.faults) == (("vectors lost by the catalog and copied from Chroma: 1",), ())
    assert check(town) == CheckReport((), (), 0, 2, 3)
    assert town.ingest(full=True).embedded == 0


def test_a_vector_that_is_not_finite_is_replaced(town: Library) -> None:
    in_catalog(town, "UPDATE vector SET vector = zeroblob(length(vector)) WHERE key = (SELECT min(key) FROM vector)")
    assert check(town).is_sound
    assert check(town) == CheckReport((), (), 0, 2, 3)


def test_a_vector_lost_everywhere_is_embedded_again_by_the_next_run(town: Library) -> None:
    in_catalog(town, "DELETE FROM vector")
    scramble(Generations(town.data).folder(1) / CHROMA / "chroma.sqlite3")
    found = check(town)
    assert found.faults[:2] == ("castle/tower.txt has lost a vector", "mill.md has lost a vector")
    assert found.faults[-1] == "run `footnote index`: it reads these files again"
    assert town.ingest().embedded == 3
    assert check(town) == CheckReport((), (), 0, 2, 3)
    assert answers(town)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE chunk SET start = start + 1, end = end + 1", "outside its text|differs from the text at its offsets"),
        ("UPDATE chunk SET end = 9999", "outside its text"),
        ("UPDATE chunk SET sentences = '[3,1]'", "whose sentences overlap"),
        ("DELETE FROM chunk WHERE document_id = 1", "has no chunk"),
    ],
)
def test_wrong_offsets_are_corrected_by_the_next_run(town: Library, statement: str, fault: str) -> None:
    in_catalog(town, statement)
    found = check(town)
    assert not found.is_sound
    assert any(part in one for one in found.faults for part in fault.split("|"))
    town.ingest()
    assert check(town) == CheckReport((), (), 0, 2, 3)
    assert answers(town)


def test_a_file_that_changed_with_the_same_size_and_time_is_read_again_by_the_next_run(town: Library) -> None:
    path = town.seeds / "castle/tower.txt"
    before = path.stat()
    path.write_text("The tower of the castle is fifty metres high.")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert town.ingest().changed == ()
    assert check(town).faults == (
        "castle/tower.txt has changed, but its size and time are the same",
        "run `footnote index`: it reads these files again",
    )
    assert town.ingest().changed == ("castle/tower.txt",)
    assert check(town).is_sound


def test_a_missing_folder_is_reported(town: Library) -> None:
    town.seeds.rename(town.seeds.with_name("elsewhere"))
    (wrong,) = check(town).faults
    assert "There is no folder" in wrong


def test_a_damaged_catalog_is_rebuilt_by_the_next_run(town: Library) -> None:
    path = town.data / CATALOG
    content = bytearray(path.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    path.write_bytes(content)
    with pytest.raises(DamagedCatalog):
        check(town)
    assert len(town.ingest().added) == 2
    assert check(town).is_sound


def test_a_check_needs_an_index_and_the_writer_lock(library: Library) -> None:
    with pytest.raises(NotIndexed):
        check(library)
    library.write(FILES)
    library.ingest()
    with writer_lock(library.data), pytest.raises(WriterBusy):
        check(library)
