"""Updating an index: only changes are embedded, removed documents disappear everywhere, failures lose nothing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from index.config import IndexConfig
from index.errors import DamagedCatalog, NotIndexed, SeedsError, WriterBusy
from index.ingestion.difference import lag
from index.ingestion.ingestion import Ingestion
from index.ingestion.options import IngestOptions
from index.ingestion.report import Progress
from index.retrieval.search_index import SearchIndex
from index.storage.catalog.catalog import Catalog
from index.storage.paths import CATALOG
from index.storage.writer_lock import writer_lock
from tests.support.library import Library

REPOSITORY = Path(__file__).resolve().parents[3]

MILL = """# The mill

The mill was built in 1820 by Jakob Brandt.

# Fires

It burned down twice, in 1851 and in 1903.
"""
TOWER = "The tower of the old castle is forty metres high. Pigeons live in its attic.\n"
BRIDGE = "The bridge over the river was closed to lorries last spring.\n"
FILES = {"mill.md": MILL, "castle/tower.txt": TOWER, "roads/bridge.txt": BRIDGE}


@pytest.fixture
def town(library: Library) -> Library:
    """Index three documents."""
    library.write(FILES)
    library.ingest()
    return library


def found(library: Library, question: str, folders: list[str] | None = None) -> tuple[set[str], set[str]]:
    """Return the documents found by vectors and those found by words."""
    index = SearchIndex(library.data)
    try:
        with index.pinned() as generation:
            near = generation.nearest(library.embedder.embed_question(question), 50, folders)
            worded = generation.matching(question, 50, folders)
            paths = []
            for hits in ([hit.chunk_id for hit in near], [hit.chunk_id for hit in worded]):
                chunks = index.catalog.chunks(hits)
                assert set(chunks) == set(hits), "every hit is in the catalog"
                labels = index.catalog.labels([chunk.document_id for chunk in chunks.values()])
                paths.append({label.path for label in labels.values()})
            assert generation.vectors.count() == generation.words.count() == index.catalog.chunk_count()
    finally:
        index.close()
    return paths[0], paths[1]


def documents(library: Library) -> set[str]:
    catalog = Catalog(library.data / CATALOG)
    try:
        return set(catalog.files())
    finally:
        catalog.close()


def test_a_first_run_reads_and_embeds_everything(library: Library) -> None:
    library.write(FILES)
    reported: list[Progress] = []
    report = Ingestion(library.data, library.seeds, IndexConfig(), library.embedder, progress=reported.append).run()
    assert report.added == ("castle/tower.txt", "mill.md", "roads/bridge.txt")
    assert (report.chunks, report.embedded, report.generation) == (4, 4, 1)
    assert [one.step for one in reported] == ["reading"] * 3 + ["embedding", "publishing"]
    assert found(library, "How high is the tower?") == (set(FILES), {"castle/tower.txt"})


def test_a_run_without_changes_does_nothing(town: Library) -> None:
    report = town.ingest()
    assert (report.unchanged, report.chunks, report.embedded, report.generation) == (3, 4, 0, 1)
    assert (report.added, report.changed, report.renamed, report.removed) == ((), (), (), ())


def test_a_run_without_changes_loads_no_heavy_library(town: Library) -> None:
    code = (
        "import sys; from pathlib import Path; from index.config import IndexConfig\n"
        "from index.embedding.sentence_transformer import SentenceTransformerEmbedder\n"
        "from index.ingestion.ingestion import Ingestion\n"
        "data, seeds = map(Path, sys.argv[1:])\n"
        "Ingestion(data, seeds, IndexConfig(), SentenceTransformerEmbedder()).run()\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'chromadb', 'tantivy', 'llama_index'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, str(town.data), str(town.seeds)]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_an_edit_embeds_only_the_chunks_that_it_changed(town: Library) -> None:
    town.write({"mill.md": MILL.replace("1903", "1904")})
    report = town.ingest()
    assert (report.changed, report.embedded, report.chunks, report.generation) == (("mill.md",), 1, 4, 2)
    town.write({"mill.md": "A line above.\n\n" + MILL.replace("1903", "1904")})
    assert town.ingest().embedded == 1
    assert "mill.md" in found(town, "When did it burn?")[0]


def test_a_renamed_file_keeps_its_vectors(town: Library) -> None:
    (town.seeds / "mill.md").rename(town.seeds / "water.md")
    report = town.ingest()
    assert (report.renamed, report.removed, report.embedded) == (("water.md",), (), 0)
    assert found(town, "When did the mill burn?")[1] == {"water.md"}


def test_a_renamed_file_whose_name_is_its_title_is_found_by_its_new_name(town: Library) -> None:
    (town.seeds / "roads" / "bridge.txt").rename(town.seeds / "roads" / "spring-closures.txt")
    report = town.ingest()
    assert (report.renamed, report.removed, report.embedded) == (("roads/spring-closures.txt",), (), 1)
    assert found(town, "closures")[1] == {"roads/spring-closures.txt"}


def test_a_file_moved_to_another_folder_is_found_there(town: Library) -> None:
    (town.seeds / "roads" / "bridge.txt").rename(town.seeds / "castle" / "bridge.txt")
    report = town.ingest()
    assert (report.renamed, report.embedded) == (("castle/bridge.txt",), 0)
    assert found(town, "lorries", ["castle"]) == ({"castle/bridge.txt", "castle/tower.txt"}, {"castle/bridge.txt"})
    assert found(town, "lorries", ["roads"]) == (set(), set())


def test_two_files_can_swap_their_names(town: Library) -> None:
    tower, bridge = town.seeds / "castle/tower.txt", town.seeds / "roads/bridge.txt"
    tower.rename(town.seeds / "between")
    bridge.rename(tower)
    (town.seeds / "between").rename(bridge)
    report = town.ingest()
    assert (report.changed, report.renamed) == (("castle/tower.txt", "roads/bridge.txt"), ())
    assert found(town, "lorries", ["castle"])[1] == {"castle/tower.txt"}
    assert found(town, "pigeons", ["roads"])[1] == {"roads/bridge.txt"}


def test_a_deleted_file_is_removed_everywhere(town: Library) -> None:
    (town.seeds / "castle/tower.txt").unlink()
    report = town.ingest()
    assert (report.removed, report.chunks, report.embedded) == (("castle/tower.txt",), 3, 0)
    assert found(town, "How high is the tower? Pigeons?") == ({"mill.md", "roads/bridge.txt"}, set())
    assert found(town, "tower", ["castle"]) == (set(), set())


def test_a_touched_file_is_not_read_again(town: Library) -> None:
    os.utime(town.seeds / "mill.md", (1_000_000_000, 1_000_000_000))
    catalog = Catalog(town.data / CATALOG)
    assert lag(town.seeds, catalog).changed == 1
    report = town.ingest()
    assert (report.unchanged, report.changed, report.generation) == (3, (), 1)
    assert not lag(town.seeds, catalog).is_behind
    catalog.close()


def test_a_document_follows_the_code_that_it_includes(town: Library) -> None:
    document = 'The toll is:\n\n--8<-- "toll.py"\n\nPay it at the gate.\n'
    town.write({"roads/toll.md": document, "roads/toll.py": "toll = axles * 5\n"})
    assert town.ingest().added == ("roads/toll.md",)
    assert town.ingest().unchanged == 4
    town.write({"roads/toll.py": "toll = axles * 7 + bicycles\n"})
    assert town.ingest().changed == ("roads/toll.md",)
    assert "roads/toll.md" in found(town, "bicycles")[1]
    (town.seeds / "roads/toll.py").unlink()
    assert town.ingest().changed == ("roads/toll.md",)
    assert found(town, "bicycles")[1] == set()


def test_an_unreadable_file_is_reported_until_it_can_be_read(town: Library) -> None:
    town.write({"broken.pdf": b"%PDF-1.7 nothing"})
    for _ in range(2):
        report = town.ingest()
        assert [one.path for one in report.unreadable] == ["broken.pdf"]
        assert report.generation == 1
    (town.seeds / "broken.pdf").unlink()
    assert town.ingest().unreadable == ()
    town.write({"mill.md": b""})
    report = town.ingest()
    assert (report.removed, [one.path for one in report.unreadable]) == (("mill.md",), ["mill.md"])


def test_a_change_of_settings_rebuilds_the_index_but_embeds_only_new_texts(town: Library) -> None:
    report = town.ingest(config=IndexConfig(chunk_tokens=128))
    assert (len(report.changed), report.embedded, report.generation) == (3, 0, 2)
    assert town.ingest(full=True).generation == 3


@pytest.mark.parametrize("files", [{}, {"logo.png": b"x"}, {"empty.txt": b""}])
def test_a_folder_without_a_readable_document_is_an_error(library: Library, files: dict[str, bytes]) -> None:
    library.write(files)
    with pytest.raises(SeedsError, match="has no readable document") as caught:
        library.ingest()
    assert all(name in str(caught.value) for name in files)
    with pytest.raises(NotIndexed):
        SearchIndex(library.data)


def test_a_missing_folder_is_an_error_and_keeps_the_index(town: Library) -> None:
    town.seeds.rename(town.seeds.with_name("elsewhere"))
    with pytest.raises(SeedsError, match=r"but 3 of its documents are indexed.*--prune"):
        town.ingest()
    assert documents(town) == set(FILES)
    assert found(town, "mill")[1] == {"mill.md"}
    assert town.ingest(prune=True).removed == tuple(sorted(FILES))
    assert found(town, "mill") == (set(), set())


def test_a_missing_folder_that_was_never_indexed_is_an_error_with_prune_too(library: Library) -> None:
    library.seeds.rmdir()
    with pytest.raises(SeedsError, match="There is no folder"):
        library.ingest(prune=True)


def test_a_mistyped_folder_is_an_error_even_with_prune_and_keeps_the_index(town: Library) -> None:
    slip = Ingestion(town.data, town.seeds.with_name("sedes"), IndexConfig(), town.embedder)
    with pytest.raises(SeedsError, match="There is no folder"):
        slip.run(IngestOptions(prune=True))
    assert documents(town) == set(FILES)


def test_losing_more_than_half_of_the_documents_requires_prune(town: Library) -> None:
    for name in ("mill.md", "castle/tower.txt"):
        (town.seeds / name).unlink()
    with pytest.raises(SeedsError, match=r"2 of the 3 indexed documents are no longer in .*--prune"):
        town.ingest()
    assert documents(town) == set(FILES)
    assert town.ingest(prune=True).removed == ("castle/tower.txt", "mill.md")


def test_renamed_files_do_not_count_as_lost(town: Library) -> None:
    for name in FILES:
        (town.seeds / name).rename((town.seeds / name).with_suffix(".text" if name != "mill.md" else ".markdown"))
    assert len(town.ingest().renamed) == 3


def test_a_preview_reports_what_a_run_would_do_and_changes_nothing(town: Library) -> None:
    town.write({"mill.md": MILL.replace("1903", "1904"), "new.txt": "The new weir is of steel."})
    (town.seeds / "castle/tower.txt").unlink()
    (town.seeds / "roads/bridge.txt").rename(town.seeds / "roads/crossing.txt")
    before = {path: path.stat().st_mtime_ns for path in town.data.rglob("*.sqlite")}
    ingestion = Ingestion(town.data, town.seeds, IndexConfig(), town.embedder)
    with writer_lock(town.data):  # a preview does not wait
        seen = ingestion.preview()
    assert {path: path.stat().st_mtime_ns for path in town.data.rglob("*.sqlite")} == before
    assert found(town, "pigeons")[1] == {"castle/tower.txt"}
    done = ingestion.run()
    for name in ("added", "changed", "renamed", "removed", "unchanged", "unreadable", "chunks", "embedded"):
        assert getattr(seen, name) == getattr(done, name), name
    assert (seen.generation, done.generation) == (1, 2)


def test_a_preview_of_a_first_run_creates_no_data_folder(library: Library) -> None:
    library.write(FILES)
    seen = Ingestion(library.data, library.seeds, IndexConfig(), library.embedder).preview()
    assert (len(seen.added), seen.chunks, seen.embedded, seen.generation) == (3, 4, 4, 0)
    assert not library.data.exists()


def test_an_empty_folder_is_treated_as_an_unmounted_disk_unless_prune_is_set(town: Library) -> None:
    for name in FILES:
        (town.seeds / name).unlink()
    with pytest.raises(SeedsError, match="--prune"):
        town.ingest()
    assert documents(town) == set(FILES)
    report = town.ingest(prune=True)
    assert (report.removed, report.chunks) == (tuple(sorted(FILES)), 0)
    assert found(town, "mill") == (set(), set())


def test_a_damaged_catalog_is_renamed_and_rebuilt(town: Library, caplog: pytest.LogCaptureFixture) -> None:
    (town.data / CATALOG).write_bytes(b"not a database" * 1000)
    with pytest.raises(DamagedCatalog):
        SearchIndex(town.data)
    report = town.ingest()
    assert (len(report.added), report.chunks) == (3, 4)
    assert report.generation == 2, "a process may still search the folder of generation 1"
    assert len(list(town.data.glob("catalog.sqlite.damaged-*"))) == 1
    assert "is damaged" in caplog.text
    assert found(town, "mill")[1] == {"mill.md"}


def test_a_catalog_with_a_damaged_page_is_renamed_too(town: Library) -> None:
    path = town.data / CATALOG
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    assert len(town.ingest().added) == 3
    assert found(town, "mill")[1] == {"mill.md"}


def test_one_process_writes_at_a_time(town: Library) -> None:
    code = (
        "import sys; from pathlib import Path; from index.errors import WriterBusy\n"
        "from index.storage.writer_lock import writer_lock\n"
        "try:\n    with writer_lock(Path(sys.argv[1])): print('free')\n"
        "except WriterBusy as error: print(error)"
    )
    command = [sys.executable, "-c", code, str(town.data)]
    with writer_lock(town.data):
        busy = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
        with pytest.raises(WriterBusy, match="wait for it to finish"):
            town.ingest()
    free = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert f"process {os.getpid()} has been indexing into {town.data} for 0:0" in busy.stdout
    assert free.stdout == "free\n"


def test_a_process_can_wait_for_the_lock(tmp_path: Path) -> None:
    taken, done = threading.Event(), threading.Event()

    def write() -> None:
        with writer_lock(tmp_path):
            taken.set()
            done.wait(10)

    writer = threading.Thread(target=write)
    writer.start()
    taken.wait(10)
    threading.Timer(0.2, done.set).start()
    with writer_lock(tmp_path, wait_seconds=10):
        assert done.is_set()
    writer.join()


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from index.config import IndexConfig
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.errors import StorageFull
from index.ingestion.ingestion import Ingestion
from index.ingestion.options import IngestOptions
from index.parsing.including.expand import Expanded
from index.parsing.isolated.process import parse_apart
data, seeds = Path(sys.argv[1]), Path(sys.argv[2])
embedder = SentenceTransformerEmbedder()
embedder.warm()
# Finding the language takes a temporary file of its own, larger than the limit.
parse_apart("a.txt", Expanded(b"The heron stands in the shallow water, and waits for a fish to come near it." * 2))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for limit in map(int, sys.argv[3:]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    try:
        Ingestion(data, seeds, IndexConfig(), embedder).run()
    except StorageFull as error:
        print("full:", error)
"""


def test_a_full_disk_is_an_error_of_one_line_and_keeps_the_old_generation(town: Library) -> None:
    """First the catalog cannot grow; then it can, but Chroma's files cannot."""
    town.write({f"long/{number}.txt": f"Report {number} on the lake. " + BRIDGE * 3 for number in range(60)})
    command = [sys.executable, "-W", "ignore", "-c", FULL_DISK, str(town.data), str(town.seeds), "50000", "150000"]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    lines = run.stdout.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("full: no room left on the disk of ") for line in lines)
    assert "chroma" in lines[1]
    assert [path.name for path in (town.data / "generations").iterdir() if path.is_dir()] == ["1"]
    assert found(town, "How high is the tower?")[1] == {"castle/tower.txt"}
    report = town.ingest()
    assert (len(report.added), report.chunks) == (60, 64)
    assert found(town, "lake")[1] > {"long/0.txt"}


def test_vectors_from_an_interrupted_run_are_reused(town: Library) -> None:
    town.write({f"long/{number}.txt": f"Report {number} on the lake." for number in range(10)})

    def stop(progress: Progress) -> None:
        if progress.step == "publishing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Ingestion(town.data, town.seeds, IndexConfig(), town.embedder, progress=stop).run()
    assert documents(town) == set(FILES)
    assert found(town, "lake")[1] == set()
    report = town.ingest()
    assert (len(report.added), report.embedded) == (10, 0)


def test_the_database_is_sound_after_a_run(town: Library) -> None:
    connection = sqlite3.connect(town.data / CATALOG)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
