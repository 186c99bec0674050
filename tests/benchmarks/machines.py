"""Measure what an index costs on a real Chroma server that several machines share.

    python -m tests.benchmarks.machines --data DATA --index DIR [--changes N]

`--index` is one that `scale.py --keep` left. It is moved to a `chroma run` that is started for it on this machine. Then
another data folder, as another machine would have, fetches it, searches it, and keeps a bot's index open while one
chunk after another changes.

Prints one JSON object: seconds to move it, bytes on the server and of its log; seconds and bytes of fetching all of it;
milliseconds (p50, p95) of a whole retrieval without the reader over 200 real questions, from a local folder and over
the server in turns, over all folders and limited to one; seconds to publish a change, and until the other machine
answers from it.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from bot.config.settings import load_settings  # noqa: E402
from bot.runtime.live_index import live  # noqa: E402  (found only once the repository is on the path)
from index.embedding.sentence_transformer import SentenceTransformerEmbedder  # noqa: E402
from index.reader.answers.trained import TrainedReader  # noqa: E402
from index.retrieval.retriever import Retriever  # noqa: E402
from index.retrieval.search_index import SearchIndex  # noqa: E402
from index.storage.catalog.catalog import Catalog  # noqa: E402
from index.storage.generation.folders import Generations  # noqa: E402
from index.storage.generation.publish import next_number, publish  # noqa: E402
from index.storage.paths import CATALOG  # noqa: E402
from index.storage.server.connection import ChromaServer  # noqa: E402
from index.storage.server.notes import ServerNotes  # noqa: E402
from index.storage.server.replica import Replica  # noqa: E402
from index.storage.vectors import vector_backend  # noqa: E402
from tests.benchmarks.corpora import read_lines  # noqa: E402
from tests.benchmarks.measures import percentile  # noqa: E402
from tests.benchmarks.memory import published  # noqa: E402
from tests.benchmarks.scale import FIRST_FOLDER, QUESTIONS, say  # noqa: E402
from tests.support.chroma_servers import RunningChroma  # noqa: E402


def main() -> None:
    """Move, fetch, search and change."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the question sets")
    parser.add_argument("--index", type=Path, required=True, help="an index that `scale --keep` left")
    parser.add_argument("--changes", type=int, default=10)
    arguments = parser.parse_args()
    rows = read_lines(arguments.data / "squad2" / "questions.jsonl")
    questions = random.Random(0).sample([str(row["question"]) for row in rows], QUESTIONS)
    with tempfile.TemporaryDirectory(prefix="footnote-machines-") as name:
        folder = Path(name)
        chroma = RunningChroma(folder / "chroma")
        chroma.start()
        try:
            server = ChromaServer(chroma.url)
            first, second = folder / "first", folder / "second"
            shutil.copytree(arguments.index, first, ignore=shutil.ignore_patterns("slots"))
            found = {**moved(first, server), "server_bytes": size_of(folder / "chroma")}
            found |= fetched(second, server)
            found |= searched({"own_folder": (arguments.index, None), "server": (second, server)}, questions)
            found |= followed(first, second, server, arguments.changes)
        finally:
            chroma.stop()
    print(json.dumps(found, indent=2))


def moved(data: Path, server: ChromaServer) -> dict[str, Any]:
    """Publish an index on the server."""
    generations = Generations(data)
    backend = vector_backend(generations, server)
    started = time.monotonic()
    with closing(Catalog(data / CATALOG)) as catalog:
        with catalog.writing():
            active = catalog.active()
            assert active is not None
            generation = replace(active, number=next_number(catalog, generations), published=time.time())
            publish(catalog, generations, backend, generation, None)
        backend.announce(generation)
    seconds = time.monotonic() - started
    note = ServerNotes(generations).read(generation.number)
    assert note is not None
    say(f"on the server after {seconds:.0f} s")
    return {"chunks": generation.chunks, "move_seconds": round(seconds, 1), "log_characters": note.log_size}


def fetched(data: Path, server: ChromaServer) -> dict[str, Any]:
    """Fetch all of it."""
    started = time.monotonic()
    with closing(Replica(data, server)) as replica:
        assert replica.bring_up_to_date()
    seconds = time.monotonic() - started
    say(f"fetched after {seconds:.0f} s")
    return {"fetch_seconds": round(seconds, 1), "fetched_bytes": size_of(data)}


def searched(places: dict[str, tuple[Path, ChromaServer | None]], questions: Sequence[str]) -> dict[str, Any]:
    """Search each copy, question by question in turns."""
    embedder = SentenceTransformerEmbedder()
    indexes = {name: SearchIndex(data, server=server) for name, (data, server) in places.items()}
    retrievers = {name: Retriever(index, embedder, TrainedReader()) for name, index in indexes.items()}
    found: dict[str, Any] = {}
    for scope, folders in (("unscoped", None), ("scoped", [FIRST_FOLDER])):
        times: dict[str, list[float]] = {name: [] for name in places}
        for number, question in enumerate([*questions[:20], *questions]):
            for name, retriever in retrievers.items():
                embedder._question_vectors.clear()  # every search embeds its question
                started = time.perf_counter()
                retriever.retrieve(question, folders=folders, rerank=False)
                if number >= 20:  # the first ones warm the caches
                    times[name].append(1000 * (time.perf_counter() - started))
        for name, taken in times.items():
            found[f"{name}_{scope}_ms"] = [round(percentile(taken, share) or 0, 1) for share in (50, 95)]
    for index in indexes.values():
        index.close()
    return found


def followed(first: Path, second: Path, server: ChromaServer, changes: int) -> dict[str, Any]:
    """Change one chunk after another on one machine while the other keeps its index open, as a bot does."""
    publishing, answering = [], []
    settings = load_settings(
        {"DATA_DIR": str(second), "SEEDS_DIR": str(second)}, environment={"CHROMA_URL": server.url}, folder=second
    )
    with live(settings) as index:
        for number in range(changes):
            before, started = index.generation.number, time.monotonic()
            published(first, number, server)
            done = time.monotonic()
            publishing.append(done - started)
            while index.generation.number == before and time.monotonic() < done + 120:
                time.sleep(0.02)
            answering.append(time.monotonic() - done)
    return {
        "publish_seconds": [round(median(publishing), 2), round(max(publishing), 2)],
        "seconds_until_the_other_answers": [round(median(answering), 2), round(max(answering), 2)],
    }


def size_of(folder: Path) -> int:
    """Return the bytes on disk."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
