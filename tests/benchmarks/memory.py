"""Measure whether a bot's memory stays constant over many questions and many generations.

    python -m tests.benchmarks.memory --data DATA --index DIR [--questions 10000] [--generations 50]

DIR is what `tests/benchmarks/scale.py --keep` left of one size, such as DIR/100000. It is copied, and asked by
`LiveIndex` as the Discord bot asks, with real questions. `--generations` times a document is changed and another
generation is published, which the bot opens and switches to while it answers.

Prints one JSON object: the resident memory (MiB) before the first question, after the first hundred, at each tenth of
the questions, and its growth from the first tenth to the end in percent; how many generations were answered from;
seconds from a generation's publication until the bot answers from it (median, maximum).
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from bot.config.settings import load_settings  # noqa: E402
from bot.runtime.live_index import live  # noqa: E402  (found only once the repository is on the path)
from index.storage.catalog.catalog import Catalog  # noqa: E402
from index.storage.catalog.change import Change  # noqa: E402
from index.storage.generation.folders import Generations  # noqa: E402
from index.storage.generation.publish import next_number, publish  # noqa: E402
from index.storage.paths import CATALOG  # noqa: E402
from index.storage.server.connection import ChromaServer  # noqa: E402
from index.storage.vectors import vector_backend  # noqa: E402
from tests.benchmarks.corpora import read_lines  # noqa: E402
from tests.benchmarks.scale import resident_mib  # noqa: E402


def main() -> None:
    """Ask and publish."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the question sets")
    parser.add_argument("--index", type=Path, required=True, help="an index that `scale --keep` left")
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--generations", type=int, default=50)
    arguments = parser.parse_args()
    rows = read_lines(arguments.data / "squad2" / "questions.jsonl")
    questions = [str(row["question"]) for row in rows]
    random.Random(0).shuffle(questions)
    with tempfile.TemporaryDirectory(prefix="footnote-memory-") as folder:
        data = Path(folder) / "data"
        shutil.copytree(arguments.index, data, ignore=shutil.ignore_patterns("slots"))
        settings = load_settings({"DATA_DIR": str(data), "SEEDS_DIR": folder}, environment={}, folder=Path(folder))
        found: dict[str, object] = {"questions": arguments.questions}
        steps: list[float] = []
        switches: list[float] = []
        seen: set[int] = set()
        with live(settings) as index:
            found["at_first_mib"] = round(resident_mib())
            for number in range(arguments.questions):
                question = questions[number % len(questions)]
                index.use(lambda parts, asked=question: parts.engine.answer(asked))  # type: ignore[misc]
                seen.add(index.generation.number)
                if number == 100:
                    found["after_100_mib"] = round(resident_mib())
                if (number + 1) % max(1, arguments.questions // arguments.generations) == 0:
                    published(data, number)
                    done = time.monotonic()
                    while index.generation.number in seen and time.monotonic() < done + 60:
                        time.sleep(0.02)
                    switches.append(time.monotonic() - done)
                if (number + 1) % max(1, arguments.questions // 10) == 0:
                    gc.collect()
                    steps.append(round(resident_mib()))
                    print(f"{number + 1:,} questions, {steps[-1]:,.0f} MiB", file=sys.stderr)
    found |= {"mib": steps, "growth_percent": round(100 * (steps[-1] / steps[0] - 1), 1), "generations": len(seen)}
    found["seconds_until_a_generation_answers"] = [round(median(switches), 2), round(max(switches), 2)]
    print(json.dumps(found, indent=2))


def published(data: Path, number: int, server: ChromaServer | None = None) -> None:
    """Publish another generation, in which one chunk has a new id."""
    catalog, generations = Catalog(data / CATALOG), Generations(data)
    backend = vector_backend(generations, server)
    try:
        (fresh,) = catalog.reserve_chunks(1)
        with catalog.writing():
            active = catalog.active()
            assert active is not None
            document_id = list(catalog.files().values())[number].document_id
            document = catalog.documents([document_id])[document_id]
            (old,) = catalog.chunks_of(document_id)
            catalog.delete_chunks([old.chunk_id])
            catalog.insert_chunk(fresh, document_id, 0, old.chunk, old.vector_key)
            added = ((document, replace(old, chunk_id=fresh)),)
            change = Change(((old.chunk_id, document.folder),), added, (document_id,), ())
            generation = replace(active, number=next_number(catalog, generations), published=time.time())
            publish(catalog, generations, backend, generation, change)
        backend.announce(generation)
        backend.remove_unused([generation.number])
    finally:
        catalog.close()


if __name__ == "__main__":
    main()
