"""Several machines over one Chroma server: one writes the index, the others follow, each in its own data folder."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.config import IndexConfig
from index.errors import ChromaServerError, DamagedCatalog, IndexElsewhere
from index.ingestion.checking import Checking
from index.ingestion.ingestion import Ingestion
from index.ingestion.options import DEFAULT_OPTIONS, IngestOptions
from index.ingestion.report import Report
from index.reader.answers.trained import TrainedReader
from index.retrieval.retriever import Retriever
from index.retrieval.search_index import BETWEEN, SearchIndex
from index.storage.catalog.catalog import Catalog
from index.storage.generation.folders import LEXICAL, Generations
from index.storage.generation.lexical import LexicalIndex
from index.storage.paths import CATALOG
from index.storage.rollback import roll_back
from index.storage.server.connection import ChromaServer, ServerTexts
from index.storage.server.log import HEADS, read_head, write_head
from index.storage.server.notes import ServerNotes
from index.storage.server.replica import Replica
from tests.conftest import Library
from tests.index.storage.chroma_servers import connected

FILES = {
    "mill.md": "# The mill\n\nThe mill was built in 1820.\n\n# Fires\n\nIt burned down twice.\n",
    "castle/tower.txt": "The tower of the castle is forty metres high.",
    "castle/gate.txt": "The gate of the castle is of oak.",
    **{f"castle/stone {number}.txt": f"Stone {number} lies in the yard." for number in range(16)},
}


@pytest.fixture
def town(library: Library, chroma: ChromaServer) -> Library:
    """Documents that are indexed on the server."""
    library.write(FILES)
    ingest(library, chroma)
    return library


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The data folder of another machine."""
    return tmp_path / "other"


def ingest(library: Library, server: ChromaServer, options: IngestOptions = DEFAULT_OPTIONS) -> Report:
    return Ingestion(library.data, library.seeds, IndexConfig(), library.embedder, server=server).run(options)


def follow(data: Path, server: ChromaServer) -> bool:
    with closing(Replica(data, server)) as replica:
        return replica.bring_up_to_date()


def content(data: Path) -> tuple[object, ...]:
    """Everything that a catalog says, but for how its machine has found it."""
    with opened(data) as catalog:
        active = catalog.active()
        assert active is not None
        texts = list(catalog.everything())
        return texts, catalog.files(), catalog.unreadable(), active.chunks, active.documents, active.fingerprint


@contextmanager
def opened(data: Path) -> Iterator[Catalog]:
    """The catalog of a data folder."""
    with closing(Catalog(data / CATALOG)) as catalog, catalog.reading():
        yield catalog


def found(data: Path, server: ChromaServer, library: Library, question: str) -> list[str]:
    """The documents that vectors find, and then those that words find."""
    with closing(SearchIndex(data, server)) as index, index.pinned() as generation:
        near = [hit.chunk_id for hit in generation.nearest(library.embedder.embed_question(question), 30, None)]
        like = [hit.chunk_id for hit in generation.matching(question, 30, None)]
        chunks = index.catalog.chunks(near + like)
        labels = index.catalog.labels([chunk.document_id for chunk in chunks.values()])
        return [labels[chunks[one].document_id].path for one in near + like if one in chunks]


def words(data: Path) -> list[int]:
    """The chunks that the words of the active generation are of."""
    with opened(data) as catalog:
        active = catalog.active()
        assert active is not None
        return sorted(LexicalIndex(Generations(data).folder(active.number) / LEXICAL).numbers())


def test_another_machine_finds_what_one_has_indexed(town: Library, chroma: ChromaServer, other: Path) -> None:
    assert follow(other, chroma)
    assert content(other) == content(town.data)
    for question in ("How high is the tower?", "When was the mill built?"):
        assert found(other, chroma, town, question) == found(town.data, chroma, town, question)


def test_another_machine_ranks_passages_the_same(library: Library, chroma: ChromaServer, other: Path) -> None:
    """Also those that only the words find, which are measured by their vectors too."""
    library.write({f"{'east' if n % 2 else 'west'}/{n}.txt": f"Stone {n} lies in yard {n % 7}." for n in range(120)})
    library.write({f"{n}.txt": f"The harbour of the town has {n} boats and {n} masts." for n in range(60)})
    ingest(library, chroma)
    follow(other, chroma)
    reader = TrainedReader()
    with closing(SearchIndex(library.data, chroma)) as first, closing(SearchIndex(other, chroma)) as second:
        for question in ("How many boats are there?", "Which yard has stone 17?", "masts 3"):
            for folders in (None, ["east"]):
                here, there = (
                    Retriever(index, library.embedder, reader)
                    .retrieve(question, 100, folders, mode="lexical", rerank=False)
                    .passages
                    for index in (first, second)
                )
                assert [one.document for one in here] == [one.document for one in there]
                assert [one.dense_score for one in here] == pytest.approx([one.dense_score for one in there], abs=1e-4)


def test_nothing_is_followed_where_nothing_is_or_where_it_is_written(
    town: Library, chroma: ChromaServer, other: Path
) -> None:
    assert not follow(town.data, chroma)
    assert not follow(other, ChromaServer(chroma.url, database="empty"))
    assert not (other / CATALOG).exists()


def test_every_change_is_followed(town: Library, chroma: ChromaServer, other: Path) -> None:
    follow(other, chroma)
    (town.seeds / "castle/tower.txt").unlink()
    (town.seeds / "castle/stone 1.txt").rename(town.seeds / "castle/stone 100.txt")
    (town.seeds / "castle/stone 2.txt").rename(town.seeds / "new.txt")
    town.write(
        {"castle/gate.txt": "The gate of the castle is of iron.", "castle/broken.pdf": b"%PDF-", "a/b.txt": "Ale."}
    )
    ingest(town, chroma)
    follow(other, chroma)
    assert content(other) == content(town.data)
    # Two files trade their names, and several generations are followed at once.
    first, second = town.seeds / "castle/stone 3.txt", town.seeds / "castle/stone 4.txt"
    texts = first.read_text(), second.read_text()
    first.write_text(texts[1])
    second.write_text(texts[0])
    ingest(town, chroma)
    town.write({"mill.md": "# The mill\n\nIn the beginning was a hut.\n\nThe mill was built in 1820.\n"})
    ingest(town, chroma)
    (town.seeds / "a/b.txt").unlink()
    ingest(town, chroma)
    follow(other, chroma)
    assert content(other) == content(town.data)
    assert words(other) == words(town.data)
    assert found(other, chroma, town, "iron gate") == found(town.data, chroma, town, "iron gate")


def test_a_new_build_and_the_way_back_are_followed(town: Library, chroma: ChromaServer, other: Path) -> None:
    follow(other, chroma)
    ingest(town, chroma, IngestOptions(full=True))
    follow(other, chroma)
    assert content(other) == content(town.data)
    roll_back(town.data, server=chroma)
    follow(other, chroma)
    town.write({"new.txt": "A new stone."})
    ingest(town, chroma)
    follow(other, chroma)
    assert content(other) == content(town.data)
    assert "new.txt" in found(other, chroma, town, "A new stone")


def test_who_follows_goes_on_answering_while_the_next_build_takes_over(
    town: Library, chroma: ChromaServer, other: Path
) -> None:
    patient = replace(chroma, grace=30)
    follow(other, chroma)
    with closing(SearchIndex(other, chroma)) as index, index.pinned() as generation:
        (town.seeds / "castle/tower.txt").unlink()
        ingest(town, patient)
        Ingestion(town.data, town.seeds, IndexConfig(), town.embedder, server=patient).run(
            IngestOptions(full=True, kept_builds=0)
        )
        ingest(town, patient)
        assert len(generation.nearest(town.embedder.embed_question("castle"), 50, None)) == 20
        ingest(town, chroma)
        with pytest.raises(ChromaServerError, match="does not have what was put there"):
            generation.nearest(town.embedder.embed_question("castle"), 50, None)


def test_an_open_index_follows_from_question_to_question(town: Library, chroma: ChromaServer, other: Path) -> None:
    with closing(SearchIndex(other, chroma, Replica(other, chroma))) as index:
        with index.pinned() as generation:
            assert generation.generation.chunks == 20
        town.write({"well.txt": "The well is deep."})
        ingest(town, chroma)
        time.sleep(BETWEEN)
        with index.pinned() as generation:
            assert generation.generation.chunks == 21
            assert index.follows


def test_a_long_log_is_begun_anew(town: Library, chroma: ChromaServer, other: Path) -> None:
    follow(other, chroma)
    for number in range(4):
        notes = ServerNotes(Generations(town.data))
        generation, note = max(notes.all().items())
        notes.write(generation, replace(note, log_size=100_000_000))
        town.write({"castle/stone 5.txt": f"Stone five was moved {number} times."})
        ingest(town, chroma)
        follow(other, chroma)
        assert content(other) == content(town.data)
    with connected(chroma) as client:
        logs = [one.name for one in client.list_collections() if "-log-" in one.name]
    assert len(logs) == 2, "the log before the last is removed"


def test_only_one_machine_writes_and_another_can_take_over_without_embedding(
    town: Library, chroma: ChromaServer, other: Path, tmp_path: Path
) -> None:
    copy = Library(tmp_path / "copy", other, town.embedder)
    copy.seeds.mkdir()
    copy.write({**FILES, "well.txt": "The well is deep."})
    follow(other, chroma)
    with pytest.raises(IndexElsewhere, match=r"writes from .*data \(generation 1\): index there"):
        ingest(copy, chroma)
    with pytest.raises(IndexElsewhere):
        Ingestion(other, copy.seeds, IndexConfig(), copy.embedder, server=chroma).preview()
    with pytest.raises(IndexElsewhere):
        roll_back(other, server=chroma)
    report = ingest(copy, chroma, IngestOptions(take_over=True))
    assert (report.embedded, report.chunks) == (1, 21)
    assert "well.txt" in found(other, chroma, copy, "How deep is the well?")
    assert Checking(other, copy.seeds, server=chroma).run().is_well
    # Now the first one is the other.
    town.write({"moat.txt": "The moat is dry."})
    with pytest.raises(IndexElsewhere):
        ingest(town, chroma)
    with pytest.raises(IndexElsewhere, match=r"holds an index of .*: to follow that, name another data folder"):
        follow(town.data, chroma)
    assert follow(tmp_path / "third", chroma)
    assert content(tmp_path / "third")[0] == content(other)[0]
    # And back again.
    assert ingest(town, chroma, IngestOptions(take_over=True, prune=True)).embedded == 1
    assert "moat.txt" in found(town.data, chroma, town, "moat")
    with connected(chroma) as client:
        lineages = {one.name.split("-")[1] for one in client.list_collections()} - {"head"}
    assert len(lineages) <= 2


def test_a_new_machine_takes_over_from_one_that_is_lost(town: Library, chroma: ChromaServer, other: Path) -> None:
    report = ingest(Library(town.seeds, other, town.embedder), chroma, IngestOptions(take_over=True))
    assert (report.embedded, report.chunks, report.removed) == (0, 20, ())
    assert ingest(Library(town.seeds, other, town.embedder), chroma).generation == report.generation


def test_a_run_that_was_killed_before_it_told_the_others_tells_them_at_the_next(
    town: Library, chroma: ChromaServer, other: Path
) -> None:
    town.write({"new.txt": "A new stone."})
    with closing(ServerTexts(chroma)) as texts:
        before = read_head(texts)
        assert before is not None
        ingest(town, chroma)
        write_head(texts, before)
    follow(other, chroma)
    assert "new.txt" not in found(other, chroma, town, "A new stone")
    ingest(town, chroma)
    follow(other, chroma)
    assert "new.txt" in found(other, chroma, town, "A new stone")


def test_what_is_damaged_here_is_fetched_anew(town: Library, chroma: ChromaServer, other: Path) -> None:
    follow(other, chroma)
    folder = Generations(other).folder(1) / LEXICAL
    for path in folder.iterdir():
        path.write_bytes(b"damaged")
    assert "mill.md" in found(other, chroma, town, "When was the mill built?"), "noticed at opening"
    Checking(other, town.seeds, server=chroma).run()
    with closing(Catalog(other / CATALOG)) as catalog, catalog.writing():
        catalog._execute("UPDATE chunk SET text = 'false' WHERE id = 1")
    checkup = Checking(other, town.seeds, server=chroma).run()
    assert checkup.is_well
    assert "has a chunk whose text is not what stands there (chunk 1): fetched anew" in checkup.mended[0]
    assert content(other) == content(town.data)
    (other / CATALOG).write_bytes(b"no database" * 1000)
    with pytest.raises(DamagedCatalog):
        SearchIndex(other, chroma)
    follow(other, chroma)
    assert content(other) == content(town.data)


def test_what_the_server_has_lost_of_the_log_is_put_there_again_by_who_writes(
    town: Library, chroma: ChromaServer, other: Path
) -> None:
    with closing(ServerTexts(chroma)) as texts:
        head = read_head(texts)
        assert head is not None
        texts.remove(f"footnote-{head.lineage}-log-{head.log}")
        with pytest.raises(ChromaServerError, match="lacks the texts of generation 1"):
            follow(other, chroma)
        checkup = Checking(town.data, town.seeds, server=chroma).run()
        assert checkup.is_well
        assert "lacks the texts" in checkup.mended[0]
        texts.remove(HEADS)
        assert Checking(town.data, town.seeds, server=chroma).run().mended == (
            "others did not know of generation 2: they do now",
        )
    follow(other, chroma)
    assert content(other) == content(town.data)


@pytest.mark.usefixtures("town")
def test_an_index_of_another_version_is_named(chroma: ChromaServer, other: Path) -> None:
    with closing(ServerTexts(chroma)) as texts:
        text = texts.get(HEADS, ["head"])["head"]
        texts.put(HEADS, {"head": text.replace('"format": 1', '"format": 99')})
    with pytest.raises(ChromaServerError, match="written by another version of Footnote; update the older one"):
        follow(other, chroma)


def test_long_texts_come_out_as_they_were_put_in(chroma: ChromaServer) -> None:
    texts = {"empty": "", "short": "ä", "long": "".join(map(chr, range(32, 9000)))}
    with closing(ServerTexts(chroma)) as server:
        server.put("texts-of-a-test", texts)
        assert server.get("texts-of-a-test", [*texts, "none"]) == texts
        server.put("texts-of-a-test", {"long": "now short"})
        assert server.get("texts-of-a-test", ["long"]) == {"long": "now short"}
        server.remove("texts-of-a-test")
        server.remove("texts-of-a-test")
        assert server.get("texts-of-a-test", ["long"]) == {}


def test_many_search_while_one_writes_and_each_sees_whole_generations(
    town: Library, chroma: ChromaServer, tmp_path: Path
) -> None:
    """Every document says which generation it is of: an answer that mixes two would show."""
    generations = 6
    mixed: list[set[str]] = []
    seen: list[set[str]] = []
    done = threading.Event()
    vector = town.embedder.embed_question("What does the sign say?")

    def write(number: int) -> None:
        town.write({f"signs/{place}.txt": f"The sign {place} says {number}." for place in range(5)})
        ingest(town, chroma)

    def search(data: Path) -> None:
        numbers: set[str] = set()
        with closing(Replica(data, chroma)) as replica:
            replica.bring_up_to_date()
            with closing(SearchIndex(data, chroma)) as index:
                while not done.is_set() or f"{generations - 1}" not in numbers:
                    replica.bring_up_to_date()
                    with index.pinned() as generation:
                        hits = generation.nearest(np.asarray(vector), 30, ["signs"])
                        chunks = index.catalog.chunks([hit.chunk_id for hit in hits])
                    now = {chunk.chunk.text.rsplit(" ", 1)[1].rstrip(".") for chunk in chunks.values()}
                    if len(now) > 1:
                        mixed.append(now)
                    numbers |= now
        seen.append(numbers)

    write(0)
    bots = [threading.Thread(target=search, args=(tmp_path / f"bot {number}",), daemon=True) for number in range(3)]
    for bot in bots:
        bot.start()
    for number in range(1, generations):
        write(number)
    done.set()
    for bot in bots:
        bot.join(60)
        assert not bot.is_alive()
    assert mixed == []
    assert all(str(generations - 1) in numbers for numbers in seen)
