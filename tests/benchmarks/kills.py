"""Kill `footnote index` at random moments while others search, and check that nothing is lost or mixed.

    python -m tests.benchmarks.kills [--kills N] [--seed N] [--server]

Each round changes 16 of 136 documents (and adds, removes and renames some), starts an indexing process, and kills it
(`kill -9`) at a random moment of reading, embedding or publishing. Two more processes search all the time. Now and then
a run may finish, and now and then one builds the whole index again. Every document that changes names its round in its
text, so that the documents found together must be those of one round, in the catalog, in Chroma and in tantivy.

With `--server` the index is on a real Chroma server, and two more processes follow it, each with its own data folder,
as another machine would.

Prints one JSON object: the kills by the step they hit, the number of searches, how many of them found a mix or failed,
whether a searching process crashed, the number of documents lost, and whether the end state equals a fresh index.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from index.config import IndexConfig  # noqa: E402
from index.embedding.sentence_transformer import SentenceTransformerEmbedder  # noqa: E402
from index.ingestion.checking import IndexCheck  # noqa: E402
from index.ingestion.ingestion import Ingestion  # noqa: E402
from index.ingestion.options import IngestOptions  # noqa: E402
from index.storage.catalog.audit import AuditedCatalog  # noqa: E402
from index.storage.catalog.catalog import Catalog  # noqa: E402  (found only once the repository is on the path)
from index.storage.paths import CATALOG  # noqa: E402
from index.storage.server.connection import ChromaServer  # noqa: E402
from tests.support.chroma_servers import RunningChroma  # noqa: E402

DOCUMENTS = 16
STILL = 120  # further documents that never change, so that a round is an update and not a new build
PATIENCE = 600.0  # seconds; far more than needed, because a busy machine must not fail a test
PHASES = {"reading": 0.05, "embedding": 0.5, "publishing": 0.5}  # latest kill, in seconds after a phase begins

WRITER = """
import os, signal, sys, threading, time
from pathlib import Path
from index.storage.server.connection import ChromaServer
from index.config import IndexConfig
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.ingestion.ingestion import Ingestion
from index.ingestion.options import IngestOptions
data, seeds, url, phase, delay = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4], float(sys.argv[5])
embedder = SentenceTransformerEmbedder()
if phase != "reading":
    embedder.warm()
def die():
    time.sleep(delay)
    os.kill(os.getpid(), signal.SIGKILL)
begun = set()
def tell(progress):
    if progress.step == phase and phase not in begun:
        begun.add(phase)
        threading.Thread(target=die, daemon=True).start()
server = ChromaServer(url) if url else None
options = IngestOptions(full=sys.argv[6] == "full", prune=True)
Ingestion(data, seeds, IndexConfig(), embedder, progress=tell, server=server).run(options)
"""

SEARCHER = """
import json, re, sys, threading
from pathlib import Path
import numpy as np
from index.storage.server.connection import ChromaServer
from index.storage.server.replica import Replica
from index.retrieval.search_index import SearchIndex
data, seeds, url, reopens = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4] == "reopens"
server = ChromaServer(url) if url else None
replica = Replica(data, server) if sys.argv[4] == "replicates" else None
if replica:
    replica.bring_up_to_date()
stopping = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stopping.set()), daemon=True).start()
index, searches, faults, rounds = SearchIndex(data, server=server), 0, [], set()
print("open", flush=True)
while not stopping.wait(0.02):  # the writer needs the cores too
    if replica:
        replica.bring_up_to_date()
    if reopens:
        index.close()
        index = SearchIndex(data, server=server)
    with index.pinned() as generation:
        size = generation.generation.chunks
        vector = np.full(384, 384 ** -0.5, np.float32)
        near = [hit.chunk_id for hit in generation.nearest(vector, 1000, None)]
        if server:  # there may be vectors of more than one generation
            near = list(index.catalog.chunks(near))
        worded = [hit.chunk_id for hit in generation.matching("harbour", 1000, None)]
        chunks = index.catalog.chunks(near)
        texts = {path: index.catalog.document(path).text for path in index.catalog.files()}
    told = {int(found[1]) for text in texts.values() if (found := re.search("round ([0-9]+)", text))}
    number = min(told)
    names = set(json.loads((seeds.parent / "rounds.json").read_text())[str(number)])
    is_one = len(told) == 1 and set(texts) == names
    if not (is_one and sorted(near) == sorted(worded) == sorted(chunks) and len(near) == size):
        faults.append([sorted(told), sorted(set(texts) ^ names), len(near), len(worded), len(chunks), size])
    rounds |= told
    searches += 1
index.close()
if replica:
    replica.close()
print(json.dumps({"searches": searches, "faults": faults, "rounds": len(rounds)}))
"""


class Town:
    """The documents, which change from round to round, and the names that each round has."""

    def __init__(self, folder: Path, rng: random.Random) -> None:
        self.seeds = folder / "seeds"
        self._rng = rng
        self._names = [f"{'quay' if number % 3 else 'town'}/{number}.txt" for number in range(DOCUMENTS)]
        self._rounds: dict[str, list[str]] = {}
        self._next = DOCUMENTS
        self._still = [f"{'quay' if number % 2 else 'still'}/still {number}.txt" for number in range(STILL)]
        for number, name in enumerate(self._still):
            self._write(name, f"The harbour has {number} stones that nobody moves.\n")

    def change(self, number: int) -> None:
        """Write the documents of a round: all changed, one removed, one added, one renamed."""
        rng = self._rng
        self._names.remove(rng.choice(self._names))
        self._names.remove(rng.choice(self._names))
        self._names += [f"{rng.choice(['quay', 'town', 'new'])}/{self._next + one}.txt" for one in range(2)]
        self._next += 2
        self._rounds[str(number)] = sorted([*self._names, *self._still])
        beside = self.seeds.parent / "rounds.new"
        beside.write_text(json.dumps(self._rounds))
        beside.replace(self.seeds.parent / "rounds.json")
        for path in self.seeds.rglob("*.txt"):
            if path.relative_to(self.seeds).as_posix() not in self._still:
                path.unlink()
        for name in self._names:
            stem = Path(name).stem
            self._write(name, f"In round {number} the harbour of {stem} had {rng.randrange(900)} boats.\n")

    @property
    def names(self) -> set[str]:
        """Return the documents of the last round."""
        return {*self._names, *self._still}

    def _write(self, name: str, text: str) -> None:
        path = self.seeds / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def main() -> None:
    """Kill and check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--server", action="store_true", help="use a real Chroma server, which two more processes follow"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with RunningChroma(folder / "chroma") if arguments.server else nullcontext() as chroma:
            url = chroma.url if chroma is not None else ""
            print(json.dumps(killed(folder, arguments.kills, arguments.seed, url), indent=2))


def killed(folder: Path, kills: int, seed: int, url: str = "") -> dict[str, Any]:
    """Kill `kills` indexing processes over a data folder below `folder`, or more until each phase was hit; return the
    figures.

    `url` is the address of a Chroma server, if there is one.
    """
    rng = random.Random(seed)
    server = ChromaServer(url) if url else None
    town, data = Town(folder, rng), folder / "data"
    town.change(0)
    embedder = SentenceTransformerEmbedder()

    def ingest(into: Path, server: ChromaServer | None) -> None:
        Ingestion(into, town.seeds, IndexConfig(), embedder, server=server).run(IngestOptions(prune=True))

    ingest(data, server)
    others = [folder / "other 1", folder / "other 2"] if url else []
    searchers = [
        *(_started(SEARCHER, str(data), str(town.seeds), url, how) for how in ("follows", "reopens")),
        *(_started(SEARCHER, str(other), str(town.seeds), url, "replicates") for other in others),
    ]
    for searcher in searchers:
        assert searcher.stdout is not None
        assert searcher.stdout.readline() == "open\n"
    counts: Counter[str] = Counter()
    number = runs = 0
    while sum(counts.values()) - counts["finished"] < kills or not all(counts[phase] for phase in PHASES):
        if number == 0 or rng.random() < 0.7:  # else the same documents again, which continues the interrupted run
            number += 1
            town.change(number)
        phase = [*PHASES, "never"][runs % 4]
        runs += 1
        how = (phase, str(rng.random() * PHASES.get(phase, 0)), "full" if rng.random() < 0.2 else "")
        writer = _started(WRITER, str(data), str(town.seeds), url, *how)
        _, notices = writer.communicate()
        if writer.returncode not in (0, -signal.SIGKILL):
            raise RuntimeError(notices)
        counts["finished" if writer.returncode == 0 else phase] += 1
        print(f"\r{dict(counts)}", end="", file=sys.stderr)
    print(file=sys.stderr)
    ingest(data, server)
    _wait_until_seen(others, town.names)
    time.sleep(0.5)  # the searchers see the end state, too
    found = [_stopped(searcher) for searcher in searchers]
    fresh = folder / "fresh"
    ingest(fresh, None)
    checkup = IndexCheck(data, town.seeds, server=server).run()
    return {
        "kills": {phase: counts[phase] for phase in PHASES},
        "runs_finished": counts["finished"],
        "searches": sum(one["searches"] for one in found),
        "rounds_seen": max(one["rounds"] for one in found),
        "mixed_answers": [fault for one in found for fault in one["faults"]],
        "crashes": sum(one["crashed"] for one in found),
        "documents_lost": max(len(town.names - _paths(one)) for one in (data, *others)),
        "equals_a_fresh_index": visible(data) == visible(fresh),
        "least_similarity_of_vectors": least_similarity(data, fresh),
        "checkup": [*checkup.repaired, *checkup.faults],
    }


def visible(data: Path) -> list[tuple[Any, ...]]:
    """Return everything visible of an index except vectors: paths, texts, chunks, their offsets, sentences and keys."""
    with closing(Catalog(data / CATALOG)) as catalog:
        return sorted(
            (document.path, document.text, [(one.chunk, one.vector_key) for one in chunks])
            for _, document, chunks in catalog.everything()
        )


def least_similarity(one: Path, other: Path) -> float:
    """Return the lowest cosine between the vectors of a key in two indexes; batches change them slightly."""
    with closing(AuditedCatalog(one / CATALOG)) as first, closing(AuditedCatalog(other / CATALOG)) as second:
        vectors, others = dict(first.all_vectors()), dict(second.all_vectors())
    return min(float(vectors[key] @ others[key]) for key in vectors.keys() & others.keys())


def _wait_until_seen(folders: Sequence[Path], names: Collection[str]) -> None:
    """Wait until other machines have all documents, but only `PATIENCE` seconds: what is missing then is lost."""
    end = time.monotonic() + PATIENCE
    while any(set(names) - _paths(folder) for folder in folders) and time.monotonic() < end:
        time.sleep(0.1)


def _paths(data: Path) -> set[str]:
    with closing(Catalog(data / CATALOG)) as catalog:
        return set(catalog.files())


def _started(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code, *arguments],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _stopped(searcher: subprocess.Popen[str]) -> dict[str, Any]:
    output, notices = searcher.communicate(timeout=PATIENCE)
    if searcher.returncode:
        return {"searches": 0, "faults": [notices[-2000:]], "rounds": 0, "crashed": True}
    return {**json.loads(output), "crashed": False}


if __name__ == "__main__":
    main()
