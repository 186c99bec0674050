"""Published generations: damage is noticed and repaired without embedding, and many processes can search at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from index.errors import DerivedIndexError, NotIndexed
from index.retrieval.search_index import SearchIndex
from index.storage.catalog.catalog import Catalog
from index.storage.catalog.following import FollowedCatalog
from index.storage.generation.folders import CHROMA, LEXICAL, MANIFEST, Generations
from index.storage.paths import CATALOG
from tests.support.library import Library

REPOSITORY = Path(__file__).resolve().parents[4]
FILES = {"mill.md": "The mill was built in 1820.", "castle/tower.txt": "The tower of the castle is forty metres high."}


@pytest.fixture
def town(library: Library) -> Library:
    """Index two documents."""
    library.write(FILES)
    library.ingest()
    return library


def found(index: SearchIndex, word: str) -> list[str]:
    """Return the documents that contain a word, after checking that vectors can be searched too."""
    with index.pinned() as generation:
        hits = generation.matching(word, 10, None)
        chunks = index.catalog.chunks([hit.chunk_id for hit in hits])
        stored = index.catalog.chunks_of(next(iter(index.catalog.files().values())).document_id)[0]
        [vector] = index.catalog.vectors([stored.vector_key], generation.generation.dimension)
        assert generation.nearest(vector, 1, None)[0].chunk_id == stored.chunk_id
        labels = index.catalog.labels([chunk.document_id for chunk in chunks.values()])
    return sorted(label.path for label in labels.values())


def opened_and_asked(data: Path, word: str) -> list[str]:
    index = SearchIndex(data)
    try:
        return found(index, word)
    finally:
        index.close()


def in_another_process(data: Path, code: str) -> subprocess.Popen[str]:
    """Start a process with an open `index` that runs `code`."""
    opening = "import sys, os; from pathlib import Path; from index.retrieval.search_index import SearchIndex\n"
    opening += "index = SearchIndex(Path(sys.argv[1]))\n"
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", opening + code, str(data)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


ANSWERS = """
print("open", flush=True)
for word in sys.stdin:
    with index.pinned() as generation:
        print(generation.generation.number, len(generation.matching(word, 10, None)), flush=True)
index.close()
"""


def test_opening_fails_before_there_is_an_index(tmp_path: Path) -> None:
    with pytest.raises(NotIndexed, match="footnote index"):
        SearchIndex(tmp_path)
    Catalog(tmp_path / CATALOG).close()
    with pytest.raises(NotIndexed, match="footnote index"):
        SearchIndex(tmp_path)


def remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def overwrite(path: Path) -> None:
    for file in [one for one in path.rglob("*") if one.is_file()]:
        file.write_bytes(b"damaged" * 100)


@pytest.mark.parametrize("part", ["", CHROMA, LEXICAL, MANIFEST])
@pytest.mark.parametrize("damage", [remove, overwrite])
def test_a_damaged_generation_is_rebuilt_without_embedding(
    town: Library, part: str, damage: Callable[[Path], None]
) -> None:
    path = town.data / "generations" / "1" / part
    path.write_text("{") if part == MANIFEST and damage is overwrite else damage(path)
    assert opened_and_asked(town.data, "tower") == ["castle/tower.txt"]
    catalog = Catalog(town.data / CATALOG)
    active = catalog.active()
    catalog.close()
    assert active is not None
    assert active.number == 2
    Generations(town.data).check(2)


def test_a_damaged_generation_is_not_copied_for_the_next_one(town: Library) -> None:
    overwrite(town.data / "generations" / "1" / CHROMA)
    town.write({"bridge.txt": "The bridge is closed."})
    report = town.ingest()
    assert (report.embedded, report.chunks) == (1, 3)
    assert opened_and_asked(town.data, "tower") == ["castle/tower.txt"]
    assert opened_and_asked(town.data, "bridge") == ["bridge.txt"]


def test_an_open_index_switches_to_a_new_generation_but_not_while_pinned(town: Library) -> None:
    index = SearchIndex(town.data)
    with index.pinned() as generation:
        before = generation.vectors.count()
        town.write({"bridge.txt": "The bridge is closed."})
        town.ingest()
        assert generation.matching("bridge", 10, None) == []
        assert generation.vectors.count() == before
        assert set(index.catalog.files()) == set(FILES), "the catalog is that of the same moment"
        assert (town.data / "generations" / "1").is_dir(), "what is searched is not removed"
    assert found(index, "bridge") == ["bridge.txt"]
    assert index.generation.number == 2
    index.close()
    town.ingest()
    assert not (town.data / "generations" / "1").exists()


def test_two_processes_search_at_once_and_switch_to_what_a_third_publishes(town: Library) -> None:
    first, second = (in_another_process(town.data, ANSWERS) for _ in range(2))
    printed = []
    for process in (first, second):
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "open\n"
        process.stdin.write("tower\n")
        process.stdin.flush()
        printed.append(process.stdout.readline())
    assert printed == ["1 1\n", "1 1\n"]
    assert {path.name for path in (town.data / "generations/1/slots").iterdir() if path.is_dir()} == {"0", "1"}
    town.write({"other.txt": "Another tower."})
    town.ingest()
    for process in (first, second):
        assert process.communicate("tower\n", timeout=600)[0] == "2 2\n"
        assert process.returncode == 0


def test_the_slot_of_a_killed_process_is_copied_again(town: Library) -> None:
    process = in_another_process(town.data, "print('open', flush=True); sys.stdin.read()")
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    process.kill()
    process.communicate()
    slot = town.data / "generations/1/slots/0"
    overwrite(slot)
    assert opened_and_asked(town.data, "tower") == ["castle/tower.txt"]
    assert [path.name for path in slot.parent.iterdir() if path.is_dir()] == ["0"]


def test_a_slot_is_reused_if_it_was_closed_and_is_unchanged(town: Library) -> None:
    assert opened_and_asked(town.data, "tower") == ["castle/tower.txt"]
    slots = town.data / "generations/1/slots"
    [database] = (slots / "0").glob("*.sqlite3")
    inode = database.stat().st_ino
    assert opened_and_asked(town.data, "tower") == ["castle/tower.txt"]
    assert database.stat().st_ino == inode
    database.write_bytes(b"damaged")
    assert opened_and_asked(town.data, "tower") == ["castle/tower.txt"]
    assert (slots / "0.sealed").is_file()


def test_a_slot_can_be_released_from_another_thread(town: Library) -> None:
    generations = Generations(town.data)
    slot = generations.take_slot(1)
    closing = threading.Thread(target=slot.close)
    closing.start()
    closing.join()
    again = generations.take_slot(1)
    assert again.folder == slot.folder
    again.close()


def test_an_open_index_switches_to_a_catalog_that_replaces_a_damaged_one(town: Library) -> None:
    index = SearchIndex(town.data)
    (town.data / CATALOG).rename(town.data / "catalog.sqlite.damaged")
    town.write({"bridge.txt": "The bridge is closed."})
    assert town.ingest().generation == 2
    assert found(index, "bridge") == ["bridge.txt"]
    index.close()


def test_an_open_index_switches_to_a_data_folder_that_was_removed_and_rebuilt(town: Library) -> None:
    index = SearchIndex(town.data)
    shutil.rmtree(town.data)
    town.write({"bridge.txt": "The bridge is closed."})
    assert town.ingest().generation == 1, "the same number"
    assert found(index, "bridge") == ["bridge.txt"]
    index.close()


def test_a_held_index_keeps_its_generation_and_catalog(town: Library) -> None:
    index = SearchIndex(town.data)
    index.hold()
    assert index.renew()
    town.write({"bridge.txt": "The bridge is closed.", "mill.md": "The mill has burnt down."})
    town.ingest()
    for _ in range(3):
        assert not index.renew(), "there is a newer one"
        assert found(index, "bridge") == []
        document = index.catalog.document("mill.md")
        assert document is not None
        assert document.text == "The mill was built in 1820."
        assert index.generation.number == 1
    index.close()
    assert opened_and_asked(town.data, "bridge") == ["bridge.txt"]


def test_a_held_index_sees_unpublished_changes_after_renewal(town: Library) -> None:
    index = SearchIndex(town.data)
    index.hold()
    before = index.catalog.files()["mill.md"].file
    (town.seeds / "mill.md").touch()
    assert town.ingest().generation == 1
    assert index.catalog.files()["mill.md"].file == before
    for _ in range(3):  # between its two connections
        assert index.renew()
        assert index.catalog.files()["mill.md"].file != before
        assert found(index, "tower") == ["castle/tower.txt"]
    index.close()


def test_a_held_index_keeps_the_catalog_that_it_opened(town: Library) -> None:
    index = SearchIndex(town.data)
    index.hold()
    (town.data / CATALOG).rename(town.data / "catalog.sqlite.damaged")
    assert not index.renew()
    town.write({"bridge.txt": "The bridge is closed."})
    town.ingest()
    assert not index.renew()
    assert found(index, "bridge") == []
    assert found(index, "tower") == ["castle/tower.txt"]
    index.close()


def test_holding_an_index_first_switches_to_the_newest_generation(town: Library) -> None:
    index = SearchIndex(town.data)
    town.write({"bridge.txt": "The bridge is closed."})
    town.ingest()
    index.hold()
    assert index.generation.number == 2
    assert found(index, "bridge") == ["bridge.txt"]
    index.close()


def test_the_published_state_has_an_identity(town: Library) -> None:
    followed = FollowedCatalog(town.data)
    index = SearchIndex(town.data)
    first = followed.active()
    assert first == index.identity
    town.write({"bridge.txt": "The bridge is closed."})
    town.ingest()
    second = followed.active()
    assert second != first
    (town.data / CATALOG).rename(town.data / "aside")
    assert followed.active() is None
    shutil.rmtree(town.data / "generations")
    town.ingest()
    third = followed.active()
    assert third is not None
    assert third[1] == 1, "the same number"
    assert third not in (first, second)
    index.close()
    followed.close()
    assert followed.active() == third
    followed.close()


def test_looking_for_a_missing_catalog_does_not_create_it(tmp_path: Path) -> None:
    followed = FollowedCatalog(tmp_path)
    assert followed.active() is None
    followed.checkpoint_log()
    with pytest.raises(NotIndexed, match="footnote index"):
        followed.current()
    assert list(tmp_path.iterdir()) == []


def test_the_log_is_left_alone_while_a_process_writes(town: Library) -> None:
    followed = FollowedCatalog(town.data)
    followed.current()
    town.write({"bridge.txt": "The bridge is closed."})
    town.ingest()
    main, log = town.data / CATALOG, town.data / f"{CATALOG}-wal"
    assert log.stat().st_size > 0
    long_ago = 1e9
    os.utime(main, (long_ago, long_ago))
    os.utime(log)
    followed.checkpoint_log()
    assert main.stat().st_mtime == long_ago
    os.utime(log, (long_ago, long_ago))
    followed.checkpoint_log()
    assert main.stat().st_mtime > long_ago
    os.utime(main, (long_ago, long_ago))
    followed.checkpoint_log()
    assert main.stat().st_mtime == long_ago, "nothing has been written since"
    followed.close()


def test_an_index_whose_folder_was_removed_closes_without_an_error(town: Library) -> None:
    index = SearchIndex(town.data)
    shutil.rmtree(town.data)
    index.close()


def test_a_missing_generation_raises_an_error_of_one_line(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    generations.remove_unused({1})
    with pytest.raises(DerivedIndexError, match="incomplete"):
        generations.take_slot(1)
    with pytest.raises(DerivedIndexError, match="incomplete"):
        generations.check(1)
    assert generations.latest() == 0
