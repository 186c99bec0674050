"""Several machines and one Chroma server: one writes the index, the others follow in data folders of their own."""

from __future__ import annotations

import sqlite3
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
from index.ingestion.checking import IndexCheck
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
from index.storage.server.connection import ChromaServer
from index.storage.server.log import HEAD_COLLECTION, read_head, write_head
from index.storage.server.notes import ServerNotes
from index.storage.server.replica import Replica
from index.storage.server.texts import ServerTexts
from tests.support.chroma_servers import connected
from tests.support.library import Library

FILES = {
    "mill.md": "# The mill\n\nThe mill was built in 1820.\n\n# Fires\n\nIt burned down twice.\n",
    "castle/tower.txt": "The tower of the castle is forty metres high.",
    "castle/gate.txt": "The gate of the castle is of oak.",
    **{f"castle/stone {number}.txt": f"Stone {number} lies in the yard." for number in range(16)},
}


@pytest.fixture
def town(library: Library, chroma: ChromaServer) -> Library:
    """Index documents on the server."""
    library.write(FILES)
    ingest(library, chroma)
    return library


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Return the data folder of another machine."""
    return tmp_path / "other"


def ingest(library: Library, server: ChromaServer, options: IngestOptions = DEFAULT_OPTIONS) -> Report:
    return Ingestion(library.data, library.seeds, IndexConfig(), library.embedder, server=server).run(options)


def follow(data: Path, server: ChromaServer) -> bool:
    with closing(Replica(data, server)) as replica:
        return replica.bring_up_to_date()


def content(data: Path) -> tuple[object, ...]:
    """Return the content of a catalog except what differs between machines."""
    with opened(data) as catalog:
        active = catalog.active()
        assert active is not None
        texts = list(catalog.everything())
        return texts, catalog.files(), catalog.unreadable(), active.chunks, active.documents, active.fingerprint


@contextmanager
def opened(data: Path) -> Iterator[Catalog]:
    """Open the catalog of a data folder."""
    with closing(Catalog(data / CATALOG)) as catalog, catalog.reading():
        yield catalog


def found(data: Path, server: ChromaServer, library: Library, question: str) -> list[str]:
    """Return the documents found by vectors and those found by words."""
    with closing(SearchIndex(data, server=server)) as index, index.pinned() as generation:
        near = [hit.chunk_id for hit in generation.nearest(library.embedder.embed_question(question), 30, None)]
        like = [hit.chunk_id for hit in generation.matching(question, 30, None)]
        chunks = index.catalog.chunks(near + like)
        labels = index.catalog.labels([chunk.document_id for chunk in chunks.values()])
        return [labels[chunks[one].document_id].path for one in near + like if one in chunks]


def words(data: Path) -> list[int]:
    """Return the ids of the chunks in the lexical index of the active generation."""
    with opened(data) as catalog:
        active = catalog.active()
        assert active is not None
        return sorted(LexicalIndex(Generations(data).folder(active.number) / LEXICAL).chunk_ids())


def test_a_second_machine_finds_what_the_first_has_indexed(town: Library, chroma: ChromaServer, other: Path) -> None:
    assert follow(other, chroma)
    assert content(other) == content(town.data)
    for question in ("How high is the tower?", "When was the mill built?"):
        assert found(other, chroma, town, question) == found(town.data, chroma, town, question)


def test_a_second_machine_ranks_passages_in_the_same_order(library: Library, chroma: ChromaServer, other: Path) -> None:
    """Including passages that only the lexical search finds: their vectors are fetched from the server."""
    library.write({f"{'east' if n % 2 else 'west'}/{n}.txt": f"Stone {n} lies in yard {n % 7}." for n in range(120)})
    library.write({f"{n}.txt": f"The harbour of the town has {n} boats and {n} masts." for n in range(60)})
    ingest(library, chroma)
    follow(other, chroma)
    reader = TrainedReader()
    with (
        closing(SearchIndex(library.data, server=chroma)) as first,
        closing(SearchIndex(other, server=chroma)) as second,
    ):
        for question in ("How many boats are there?", "Which yard has stone 17?", "masts 3"):
            for folders in (None, ["east"]):
                here, there = (
                    Retriever(index, library.embedder, reader)
                    .retrieve(question, limit=100, folders=folders, mode="lexical", rerank=False)
                    .passages
                    for index in (first, second)
                )
                assert [one.document for one in here] == [one.document for one in there]
                assert [one.dense_score for one in here] == pytest.approx([one.dense_score for one in there], abs=1e-4)


def test_nothing_is_followed_without_an_index_or_on_the_machine_that_writes_it(
    town: Library, chroma: ChromaServer, other: Path
) -> None:
    assert not follow(town.data, chroma)
    assert not follow(other, ChromaServer(chroma.url, database="empty"))
    assert not (other / CATALOG).exists()


def test_every_kind_of_change_is_followed(town: Library, chroma: ChromaServer, other: Path) -> None:
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
    # Two files swap their names, and several generations are fetched at once.
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


def test_a_new_build_and_a_rollback_are_followed(town: Library, chroma: ChromaServer, other: Path) -> None:
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


def test_an_open_index_can_be_searched_during_the_grace_period_after_a_new_build(
    town: Library, chroma: ChromaServer, other: Path
) -> None:
    patient = replace(chroma, grace=30)
    follow(other, chroma)
    with closing(SearchIndex(other, server=chroma)) as index, index.pinned() as generation:
        (town.seeds / "castle/tower.txt").unlink()
        ingest(town, patient)
        Ingestion(town.data, town.seeds, IndexConfig(), town.embedder, server=patient).run(
            IngestOptions(full=True, kept_builds=0)
        )
        ingest(town, patient)
        assert len(generation.nearest(town.embedder.embed_question("castle"), 50, None)) == 20
        ingest(town, chroma)
        with pytest.raises(ChromaServerError, match="has lost a part of the index"):
            generation.nearest(town.embedder.embed_question("castle"), 50, None)


def test_an_open_index_switches_between_questions(town: Library, chroma: ChromaServer, other: Path) -> None:
    with closing(SearchIndex(other, server=chroma, replica=Replica(other, chroma))) as index:
        with index.pinned() as generation:
            assert generation.generation.chunks == 20
        town.write({"well.txt": "The well is deep."})
        ingest(town, chroma)
        time.sleep(BETWEEN)
        with index.pinned() as generation:
            assert generation.generation.chunks == 21
            assert index.follows


def test_a_long_log_is_replaced_by_a_new_one(town: Library, chroma: ChromaServer, other: Path) -> None:
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


def test_one_machine_writes_and_another_can_take_over_without_embedding(
    town: Library, chroma: ChromaServer, other: Path, tmp_path: Path
) -> None:
    copy = Library(tmp_path / "copy", other, town.embedder)
    copy.seeds.mkdir()
    copy.write({**FILES, "well.txt": "The well is deep."})
    follow(other, chroma)
    with pytest.raises(IndexElsewhere, match=r"data writes the index on the Chroma server \(generation 1\): run"):
        ingest(copy, chroma)
    with pytest.raises(IndexElsewhere):
        Ingestion(other, copy.seeds, IndexConfig(), copy.embedder, server=chroma).preview()
    with pytest.raises(IndexElsewhere):
        roll_back(other, server=chroma)
    report = ingest(copy, chroma, IngestOptions(take_over=True))
    assert (report.embedded, report.chunks) == (1, 21)
    assert "well.txt" in found(other, chroma, copy, "How deep is the well?")
    assert IndexCheck(other, copy.seeds, server=chroma).run().is_sound
    # The first machine is now the one that follows.
    town.write({"moat.txt": "The moat is dry."})
    with pytest.raises(IndexElsewhere):
        ingest(town, chroma)
    with pytest.raises(IndexElsewhere, match=r"holds an index of .*: to follow the server, name another data folder"):
        follow(town.data, chroma)
    assert follow(tmp_path / "third", chroma)
    assert content(tmp_path / "third")[0] == content(other)[0]
    # The first machine takes over again.
    assert ingest(town, chroma, IngestOptions(take_over=True, prune=True)).embedded == 1
    assert "moat.txt" in found(town.data, chroma, town, "moat")
    with connected(chroma) as client:
        lineages = {one.name.split("-")[1] for one in client.list_collections()} - {"head"}
    assert len(lineages) <= 2


def test_a_new_machine_takes_over_from_one_that_is_lost(town: Library, chroma: ChromaServer, other: Path) -> None:
    report = ingest(Library(town.seeds, other, town.embedder), chroma, IngestOptions(take_over=True))
    assert (report.embedded, report.chunks, report.removed) == (0, 20, ())
    assert ingest(Library(town.seeds, other, town.embedder), chroma).generation == report.generation


def test_a_generation_that_was_not_announced_is_announced_by_the_next_run(
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


def test_damage_on_a_machine_that_follows_is_repaired(town: Library, chroma: ChromaServer, other: Path) -> None:
    follow(other, chroma)
    folder = Generations(other).folder(1) / LEXICAL
    for path in folder.iterdir():
        path.write_bytes(b"damaged")
    assert "mill.md" in found(other, chroma, town, "When was the mill built?"), "noticed at opening"
    IndexCheck(other, town.seeds, server=chroma).run()
    with closing(sqlite3.connect(other / CATALOG)) as connection, connection:
        connection.execute("UPDATE chunk SET text = 'false' WHERE id = 1")
    checkup = IndexCheck(other, town.seeds, server=chroma).run()
    assert checkup.is_sound
    assert "has a chunk that differs from the text at its offsets (chunk 1): fetched again" in checkup.repaired[0]
    assert content(other) == content(town.data)
    (other / CATALOG).write_bytes(b"no database" * 1000)
    with pytest.raises(DamagedCatalog):
        SearchIndex(other, server=chroma)
    follow(other, chroma)
    assert content(other) == content(town.data)


def test_a_lost_log_is_restored_by_the_machine_that_writes(town: Library, chroma: ChromaServer, other: Path) -> None:
    with closing(ServerTexts(chroma)) as texts:
        head = read_head(texts)
        assert head is not None
        texts.remove(f"footnote-{head.lineage}-log-{head.log}")
        with pytest.raises(ChromaServerError, match="lacks the texts of generation 1"):
            follow(other, chroma)
        checkup = IndexCheck(town.data, town.seeds, server=chroma).run()
        assert checkup.is_sound
        assert "lacks the texts" in checkup.repaired[0]
        texts.remove(HEAD_COLLECTION)
        assert IndexCheck(town.data, town.seeds, server=chroma).run().repaired == (
            "generation 2 was not announced to other machines: now it is",
        )
    follow(other, chroma)
    assert content(other) == content(town.data)


@pytest.mark.usefixtures("town")
def test_an_index_of_another_version_is_refused(chroma: ChromaServer, other: Path) -> None:
    with closing(ServerTexts(chroma)) as texts:
        text = texts.get(HEAD_COLLECTION, ["head"])["head"]
        texts.put(HEAD_COLLECTION, {"head": text.replace('"format": 1', '"format": 99')})
    with pytest.raises(ChromaServerError, match="written by another version of Footnote; update the older one"):
        follow(other, chroma)


def test_long_texts_are_stored_unchanged(chroma: ChromaServer) -> None:
    texts = {"empty": "", "short": "ä", "long": "".join(map(chr, range(32, 9000)))}
    with closing(ServerTexts(chroma)) as server:
        server.put("texts-of-a-test", texts)
        assert server.get("texts-of-a-test", [*texts, "none"]) == texts
        server.put("texts-of-a-test", {"long": "now short"})
        assert server.get("texts-of-a-test", ["long"]) == {"long": "now short"}
        server.remove("texts-of-a-test")
        server.remove("texts-of-a-test")
        assert server.get("texts-of-a-test", ["long"]) == {}


def test_many_machines_search_while_one_writes_and_each_sees_whole_generations(
    town: Library, chroma: ChromaServer, tmp_path: Path
) -> None:
    """Each document names its generation, so a mixture of two generations would be noticed."""
    generations = 6
    mixed: list[set[str]] = []
    seen: list[set[str]] = []
    done = threading.Event()
    vector = town.embedder.embed_question("What does the sign say?")
    patient = replace(chroma, grace=600.0)  # on a slow machine a generation must not go before a bot has opened it

    def write(number: int) -> None:
        town.write({f"signs/{place}.txt": f"The sign {place} says {number}." for place in range(5)})
        ingest(town, patient)

    def search(data: Path) -> None:
        numbers: set[str] = set()
        with closing(Replica(data, chroma)) as replica:
            replica.bring_up_to_date()
            with closing(SearchIndex(data, server=chroma)) as index:
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
        bot.join(600)
        assert not bot.is_alive()
    assert mixed == []
    assert all(str(generations - 1) in numbers for numbers in seen)
