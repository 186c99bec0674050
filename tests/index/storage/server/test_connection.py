"""An index on a real Chroma server, and servers that are away, slow, too old or require a token."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from index.config import IndexConfig
from index.errors import ChromaServerError
from index.ingestion.checking import CheckReport, IndexCheck
from index.ingestion.ingestion import Ingestion
from index.ingestion.options import IngestOptions
from index.ingestion.report import Progress, Report
from index.retrieval.search_index import SearchIndex
from index.storage.generation.folders import Generations
from index.storage.rollback import roll_back
from index.storage.server.connection import ChromaServer
from tests.support.chroma_servers import RunningChroma, connected
from tests.support.library import Library

FILES = {
    "mill.md": "# The mill\n\nThe mill was built in 1820.\n\n# Fires\n\nIt burned down twice.\n",
    "castle/tower.txt": "The tower of the castle is forty metres high.",
    "castle/gate.txt": "The gate of the castle is of oak.",
}


@pytest.fixture
def town(library: Library, chroma: ChromaServer) -> Library:
    """Index three documents on the server."""
    library.write(FILES)
    ingest(library, chroma)
    return library


def ingest(library: Library, chroma: ChromaServer, full: bool = False) -> Report:
    return ingestion(library, chroma).run(IngestOptions(full=full))


def ingestion(library: Library, chroma: ChromaServer) -> Ingestion:
    return Ingestion(library.data, library.seeds, IndexConfig(), library.embedder, server=chroma)


def check(library: Library, chroma: ChromaServer) -> CheckReport:
    return IndexCheck(library.data, library.seeds, server=chroma).run()


def found(library: Library, chroma: ChromaServer, question: str, folders: list[str] | None = None) -> list[str]:
    """Return the documents of the nearest chunks, in order, without chunks that the catalog lacks."""
    index = SearchIndex(library.data, server=chroma)
    try:
        return nearest(index, library, question, folders)
    finally:
        index.close()


def nearest(index: SearchIndex, library: Library, question: str, folders: list[str] | None = None) -> list[str]:
    with index.pinned() as generation:
        hits = generation.nearest(library.embedder.embed_question(question), 50, folders)
        chunks = index.catalog.chunks([hit.chunk_id for hit in hits])
        labels = index.catalog.labels([chunk.document_id for chunk in chunks.values()])
        return [labels[chunks[hit.chunk_id].document_id].path for hit in hits if hit.chunk_id in chunks]


def held(chroma: ChromaServer, library: Library) -> int:
    """Return the number of vectors of this library on the server, of any generation."""
    notes = [json.loads(path.read_text()) for path in (library.data / "generations").glob("*/server.json")]
    lineages = {note["lineage"] for note in notes}
    with connected(chroma) as client:
        names = [one.name for one in client.list_collections(limit=1000) if "-log-" not in one.name]
        return sum(client.get_collection(name).count() for name in names if any(one in name for one in lineages))


def test_vectors_are_stored_and_found_on_the_server(town: Library, chroma: ChromaServer) -> None:
    assert found(town, chroma, "How high is the tower?")[0] == "castle/tower.txt"
    assert set(found(town, chroma, "When was the mill built?", ["castle"])) == {"castle/gate.txt", "castle/tower.txt"}
    assert not (town.data / "generations" / "1" / "chroma").exists()
    assert held(chroma, town) == 4
    assert check(town, chroma) == CheckReport((), (), 0, 3, 4)


def test_changes_are_found_at_once_and_removed_chunks_are_deleted_later(town: Library, chroma: ChromaServer) -> None:
    others = {f"castle/stone {number}.txt": f"Stone {number} lies in the yard." for number in range(16)}
    town.write(others)  # so that the change is small enough to be applied to a copy
    ingest(town, chroma)
    (town.seeds / "castle/tower.txt").unlink()
    town.write({"castle/gate.txt": "The gate of the castle is of iron.", "new/well.txt": "The well is deep."})
    report = ingest(town, chroma)
    assert (report.embedded, report.chunks) == (2, 20)
    assert set(found(town, chroma, "castle")) == {"mill.md", "castle/gate.txt", "new/well.txt", *others}
    assert held(chroma, town) == 22, "those that others may still be searching"
    assert check(town, chroma) == CheckReport((), (), 0, 19, 20)
    ingest(town, chroma)
    assert held(chroma, town) == 20


def test_an_open_index_switches_to_the_new_generation(town: Library, chroma: ChromaServer) -> None:
    index = SearchIndex(town.data, server=chroma)
    try:
        assert "castle/tower.txt" in nearest(index, town, "tower")
        (town.seeds / "castle/tower.txt").unlink()
        ingest(town, chroma)
        assert "castle/tower.txt" not in nearest(index, town, "tower")
    finally:
        index.close()


def test_a_new_build_has_its_own_collections_which_are_removed_with_it(town: Library, chroma: ChromaServer) -> None:
    ingest(town, chroma, full=True)
    assert held(chroma, town) == 8
    assert roll_back(town.data, server=chroma).number == 1
    assert len(found(town, chroma, "castle")) == 4
    roll_back(town.data, server=chroma)
    ingestion(town, chroma).run(IngestOptions(full=True, kept_builds=0))
    assert held(chroma, town) == 4
    assert len(found(town, chroma, "castle")) == 4


def test_an_interrupted_publication_leaves_nothing_that_is_found(
    town: Library, chroma: ChromaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.write({"castle/moat.txt": "The moat is full of carp."})
    with monkeypatch.context() as patched:
        # The last step before the generation becomes visible: everything has been written to the server by then.
        patched.setattr(Generations, "seal", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            ingest(town, chroma)
    assert held(chroma, town) == 5
    assert "castle/moat.txt" not in found(town, chroma, "carp")
    town.write({"castle/moat.txt": "The moat is dry."})
    ingest(town, chroma)
    assert "castle/moat.txt" in found(town, chroma, "moat")
    assert held(chroma, town) == 5
    assert check(town, chroma).is_sound


def test_an_index_moves_to_a_server_and_back_without_embedding(library: Library, chroma: ChromaServer) -> None:
    library.write(FILES)
    library.ingest()
    index = SearchIndex(library.data, server=chroma)
    assert len(nearest(index, library, "castle")) == 4, "until then it answers from where it is"
    index.close()
    report = ingest(library, chroma)
    assert (report.embedded, report.generation) == (0, 2)
    assert len(found(library, chroma, "castle")) == 4
    with pytest.raises(ChromaServerError, match="set CHROMA_URL to it"):
        SearchIndex(library.data)
    assert library.ingest().embedded == 0
    index = SearchIndex(library.data)
    assert len(nearest(index, library, "castle")) == 4
    index.close()


def test_a_check_restores_what_the_server_has_lost(town: Library, chroma: ChromaServer) -> None:
    note = json.loads((town.data / "generations/1/server.json").read_text())
    with connected(chroma) as client:
        names = [one.name for one in client.list_collections(limit=1000) if f"{note['lineage']}-" in one.name]
        names = [name for name in names if "-log-" not in name]
        client.get_collection(names[0]).delete(ids=client.get_collection(names[0]).get(limit=1)["ids"])
    checkup = check(town, chroma)
    assert checkup.is_sound
    assert "too few" in checkup.repaired[0]
    assert len(found(town, chroma, "castle")) == 4
    with connected(chroma) as client:
        for name in [one.name for one in client.list_collections(limit=1000) if "footnote" in one.name]:
            client.delete_collection(name)
    with pytest.raises(ChromaServerError, match="has lost a part of the index; run `footnote index check`"):
        found(town, chroma, "castle")
    checkup = check(town, chroma)
    assert checkup.is_sound
    assert len(found(town, chroma, "castle")) == 4


def test_a_restarted_server_is_used_again(library: Library, tmp_path: Path) -> None:
    running = RunningChroma(tmp_path / "own")
    running.start()
    try:
        library.write(FILES)
        ingest(library, ChromaServer(running.url))
        index = SearchIndex(library.data, server=ChromaServer(running.url))
        running.stop()
        with pytest.raises(ChromaServerError, match=r"can't be reached .* is it running, and is CHROMA_URL right\?"):
            nearest(index, library, "castle")
        with pytest.raises(ChromaServerError):
            found(library, ChromaServer(running.url), "castle")
        library.write({"new.txt": "The well is deep."})
        with pytest.raises(ChromaServerError):
            ingest(library, ChromaServer(running.url))
        running.start()
        assert len(nearest(index, library, "castle")) == 4
        ingest(library, ChromaServer(running.url))
        assert len(nearest(index, library, "castle")) == 5
        index.close()
    finally:
        running.stop()


def test_requests_are_retried_until_a_server_is_back(library: Library, tmp_path: Path) -> None:
    running = RunningChroma(tmp_path / "own")
    running.start()
    try:
        library.write(FILES)
        away = threading.Timer(0.7, running.start)

        def stop(progress: Progress) -> None:
            if progress.step == "publishing":
                running.stop()
                away.start()

        report = Ingestion(
            library.data,
            library.seeds,
            IndexConfig(),
            library.embedder,
            progress=stop,
            server=ChromaServer(running.url, retry_delays=(0.3,) * 400),
        ).run()
        away.join()
        assert report.chunks == 4
        assert len(found(library, ChromaServer(running.url), "castle")) == 4
    finally:
        running.stop()


class Answers(BaseHTTPRequestHandler):
    """Answers every request with the attributes of its class, and notes the headers of the last one."""

    status, body, delay = 200, '"1.0.0"', 0.0
    received: ClassVar[dict[str, str]] = {}

    def do_GET(self) -> None:
        """Answer after the delay."""
        self.received.update(self.headers.items())
        time.sleep(self.delay)
        content = self.body.encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(content)))
        with suppress(BrokenPipeError):  # the client has given up
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 (the name is the base class's)
        """Log nothing."""


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"body": '"0.6.3"'}, "Footnote needs a Chroma server of version 1.0 or later"),
        ({"status": 404, "body": "not found"}, "there is no Chroma server"),
        ({"body": "<html>Welcome</html>"}, "there is no Chroma server"),
        ({"status": 401, "body": "{}"}, "refuses the token; set CHROMA_TOKEN"),
        ({"status": 503, "body": "busy"}, "503 Service Unavailable"),
        ({"delay": 1.0}, "does not answer in time"),
    ],
)
def test_an_unusable_server_is_described_in_one_line(answers: dict[str, object], message: str) -> None:
    timeout = 0.1 if "delay" in answers else 60.0
    with answering(**answers) as url, pytest.raises(ChromaServerError) as caught:
        ChromaServer(url, token="hush", version_timeout=timeout, retry_delays=(0.01,)).client()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "hush" not in str(caught.value)


@contextmanager
def answering(**attributes: object) -> Iterator[str]:
    """Run a server of `Answers` with these attributes, and return its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("These", (Answers,), attributes))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def test_requests_have_a_timeout(chroma: ChromaServer, running: RunningChroma) -> None:
    """Chroma's client sets none, and would wait for a server that never answers."""
    impatient = replace(chroma, timeout=0.5, retry_delays=())
    with connected(impatient) as client, running.paused(), pytest.raises(ChromaServerError, match="answer in time"):
        impatient.run(client.list_collections)


def test_the_token_is_sent_but_never_shown() -> None:
    received: dict[str, str] = {}
    with answering(status=401, received=received) as url:
        server = ChromaServer(url, token="hush", retry_delays=())
        with pytest.raises(ChromaServerError):
            server.client()
    assert (received["Authorization"], received["X-Chroma-Token"]) == ("Bearer hush", "hush")
    assert "hush" not in repr(server)
