"""Kills `footnote index` at random moments while others search, and sees that nothing is lost or mixed. Run by hand:

    python -m tests.benchmarks.kills [--kills N] [--seed N]

Each round changes every document (and adds, removes and renames some), starts an indexing process, and has the system
kill it (`kill -9`) at a random moment of reading, embedding or publishing. Two more processes search all the time. Now
and then a run is left to finish. Every document of a round says so in its text: what is found together must be all of
the documents of one round, in the catalog, in Chroma and in tantivy.

Prints one JSON object: the kills by what was being done, how many searches there were meanwhile, how many of them found
a mix or failed, whether a searching process crashed, documents lost, and whether the end equals an index built afresh.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from index.catalog import Catalog  # noqa: E402  (found only once the repository is on the path)
from index.catalog_audit import AuditedCatalog  # noqa: E402
from index.checking import Checking  # noqa: E402
from index.config import IndexConfig  # noqa: E402
from index.embedding import SentenceTransformerEmbedder  # noqa: E402
from index.ingestion import Ingestion  # noqa: E402
from index.paths import CATALOG  # noqa: E402

DOCUMENTS = 16
PHASES = {"reading": 0.05, "embedding": 0.5, "publishing": 0.5}  # seconds from its beginning in which the kill falls

WRITER = """
import os, signal, sys, threading, time
from pathlib import Path
from index.config import IndexConfig
from index.embedding import SentenceTransformerEmbedder
from index.ingestion import Ingestion
data, seeds, phase, delay = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], float(sys.argv[4])
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
Ingestion(data, seeds, IndexConfig(), embedder, tell).run(prune=True)
"""

SEARCHER = """
import json, re, sys, threading
from pathlib import Path
import numpy as np
from index.search_index import SearchIndex
data, reopens = Path(sys.argv[1]), sys.argv[2] == "reopens"
stopping = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stopping.set()), daemon=True).start()
index, searches, faults, rounds = SearchIndex(data), 0, [], set()
print("open", flush=True)
while not stopping.is_set():
    if reopens:
        index.close()
        index = SearchIndex(data)
    with index.pinned() as generation:
        size = generation.generation.chunks
        vector = np.full(384, 384 ** -0.5, np.float32)
        near = [hit.chunk_id for hit in generation.nearest(vector, 1000, None)]
        worded = [hit.chunk_id for hit in generation.matching("harbour", 1000, None)]
        chunks = index.catalog.chunks(near)
        texts = {path: index.catalog.document(path).text for path in index.catalog.files()}
    told = {int(re.search("round ([0-9]+)", text)[1]) for text in texts.values()}
    number = min(told)
    names = set(json.loads((data.parent / "rounds.json").read_text())[str(number)])
    is_one = len(told) == 1 and set(texts) == names
    if not (is_one and sorted(near) == sorted(worded) == sorted(chunks) and len(near) == size):
        faults.append([sorted(told), sorted(set(texts) ^ names), len(near), len(worded), len(chunks), size])
    rounds |= told
    searches += 1
index.close()
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

    def change(self, number: int) -> None:
        """Write the documents of a round: all changed, one gone, one new, one renamed."""
        rng = self._rng
        self._names.remove(rng.choice(self._names))
        self._names.remove(rng.choice(self._names))
        self._names += [f"{rng.choice(['quay', 'town', 'new'])}/{self._next + one}.txt" for one in range(2)]
        self._next += 2
        self._rounds[str(number)] = sorted(self._names)
        beside = self.seeds.parent / "rounds.new"
        beside.write_text(json.dumps(self._rounds))
        beside.replace(self.seeds.parent / "rounds.json")
        shutil.rmtree(self.seeds, ignore_errors=True)
        for name in self._names:
            path = self.seeds / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"In round {number} the harbour of {path.stem} had {rng.randrange(900)} boats.\n")

    @property
    def names(self) -> set[str]:
        """The documents of the last round."""
        return set(self._names)


def main() -> None:
    """Kill and look."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(killed(Path(folder), arguments.kills, arguments.seed), indent=2))


def killed(folder: Path, kills: int, seed: int) -> dict[str, Any]:
    """Kill so many indexing processes over a data folder below `folder`; what came of it."""
    rng = random.Random(seed)
    town, data = Town(folder, rng), folder / "data"
    town.change(0)
    embedder = SentenceTransformerEmbedder()
    Ingestion(data, town.seeds, IndexConfig(), embedder).run()
    searchers = [_started(SEARCHER, str(data), how) for how in ("follows", "reopens")]
    for searcher in searchers:
        assert searcher.stdout is not None
        assert searcher.stdout.readline() == "open\n"
    counts: Counter[str] = Counter()
    number = runs = 0
    while sum(counts.values()) - counts["finished"] < kills:
        if number == 0 or rng.random() < 0.7:  # else the same documents once more: what was interrupted is taken up
            number += 1
            town.change(number)
        phase = [*PHASES, "never"][runs % 4]
        runs += 1
        writer = _started(WRITER, str(data), str(town.seeds), phase, str(rng.random() * PHASES.get(phase, 0)))
        _, notices = writer.communicate()
        if writer.returncode not in (0, -signal.SIGKILL):
            raise RuntimeError(notices)
        counts["finished" if writer.returncode == 0 else phase] += 1
        print(f"\r{dict(counts)}", end="", file=sys.stderr)
    print(file=sys.stderr)
    Ingestion(data, town.seeds, IndexConfig(), embedder).run(prune=True)
    found = [_stopped(searcher) for searcher in searchers]
    fresh = folder / "fresh"
    Ingestion(fresh, town.seeds, IndexConfig(), embedder).run()
    checkup = Checking(data, town.seeds).run()
    return {
        "kills": {phase: counts[phase] for phase in PHASES},
        "runs_finished": counts["finished"],
        "searches": sum(one["searches"] for one in found),
        "rounds_seen": max(one["rounds"] for one in found),
        "mixed_answers": [fault for one in found for fault in one["faults"]],
        "crashes": sum(one["crashed"] for one in found),
        "documents_lost": len(town.names - _paths(data)),
        "equals_a_fresh_index": visible(data) == visible(fresh),
        "checkup": [*checkup.mended, *checkup.wrong],
    }


def visible(data: Path) -> list[tuple[Any, ...]]:
    """All that can be seen of an index: paths, texts, chunks with offsets and sentences, and their vectors."""
    catalog = AuditedCatalog(data / CATALOG)
    try:
        vectors = {key: np.round(vector, 3).tobytes() for key, vector in catalog.all_vectors()}
        return sorted(
            (document.path, document.text, [(one.chunk, vectors[one.vector_key]) for one in chunks])
            for _, document, chunks in catalog.everything()
        )
    finally:
        catalog.close()


def _paths(data: Path) -> set[str]:
    catalog = Catalog(data / CATALOG)
    try:
        return set(catalog.files())
    finally:
        catalog.close()


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
    output, notices = searcher.communicate(timeout=60)
    if searcher.returncode:
        return {"searches": 0, "faults": [notices[-2000:]], "rounds": 0, "crashed": True}
    return {**json.loads(output), "crashed": False}


if __name__ == "__main__":
    main()
