"""Measure how search grows with the index: time, memory, disk, and what approximate search misses.

    python -m tests.benchmarks.scale --data DATA [--chunks 10000,100000] [--folders N] [--keep DIR] [--plot PATH]

The first chunks are the paragraphs and vectors of wiki and squad2. Beyond them these are repeated, each time with other
words and a jittered vector (cosine to the original about .9), so that neighbourhoods stay as crowded as they are. They
are in four folders, or in `--folders`. The product's own code is measured: catalog, generation, retrieval.

Prints one JSON line for each size: seconds to publish (Chroma and tantivy; embedding not counted), bytes on disk of the
catalog and of a generation, resident memory of the searching process (MiB), milliseconds (p50, p95) of a whole
retrieval without the reader over 200 real questions, over all folders and limited to one; recall@10 of Chroma's search
against exact search, both ways.

A million chunks take most of an hour and some 12 GB of disk.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from index.config import IndexConfig  # noqa: E402
from index.embedding.interface import EmbeddingInput  # noqa: E402
from index.embedding.sentence_transformer import SentenceTransformerEmbedder  # noqa: E402
from index.parsing.parse import PARSER_VERSION  # noqa: E402
from index.reader.answers.trained import TrainedReader  # noqa: E402
from index.retrieval.retriever import Retriever  # noqa: E402
from index.retrieval.search_index import SearchIndex  # noqa: E402
from index.storage.catalog.catalog import Catalog  # noqa: E402  (found only once the repository is on the path)
from index.storage.catalog.rows import Generation  # noqa: E402
from index.storage.generation.folders import Generations  # noqa: E402
from index.storage.generation.publish import publish  # noqa: E402
from index.storage.paths import CATALOG  # noqa: E402
from index.storage.vectors import vector_backend  # noqa: E402
from index.types import Chunk, Document, FloatArray, SourceFile, Span  # noqa: E402
from tests.benchmarks.corpora import read_lines  # noqa: E402
from tests.benchmarks.measures import percentile  # noqa: E402

FIRST_FOLDER = "folder 0"
QUESTIONS = 200
JITTER = 0.025  # standard deviation for each of 384 numbers; gives a cosine of about .9
EXCHANGED = 0.15  # share of the words of a repeated paragraph


def main() -> None:
    """Build and measure each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the question sets")
    parser.add_argument("--chunks", default="10000,100000", help="sizes, separated by commas")
    parser.add_argument("--folders", type=int, default=4, help="number of folders (default 4)")
    parser.add_argument("--keep", type=Path, help="keep the indexes in this folder, and reuse them")
    parser.add_argument("--plot", type=Path, help="draw the growth as SVG")
    arguments = parser.parse_args()
    embedder = SentenceTransformerEmbedder()
    texts = [
        str(row["text"]) for name in ("wiki", "squad2") for row in read_lines(arguments.data / name / "corpus.jsonl")
    ]
    tokens = embedder.tokenize(texts)
    vectors = embedder.embed_passages(
        [EmbeddingInput(text, one.ids[: embedder.window]) for text, one in zip(texts, tokens, strict=True)]
    )
    say(f"{len(texts):,} real paragraphs embedded")
    rows = read_lines(arguments.data / "squad2" / "questions.jsonl")
    questions = random.Random(0).sample([str(row["question"]) for row in rows], QUESTIONS)
    found = []
    for size in map(int, arguments.chunks.split(",")):
        with folder_for(arguments.keep, size) as data:
            report = {"chunks": size, **built(data, size, arguments.folders, texts, vectors, embedder)}
            gc.collect()
            report |= measured(data, questions, embedder)
        print(json.dumps(report), flush=True)
        found.append(report)
    if arguments.plot is not None:
        plot(found, arguments.plot)


@contextmanager
def folder_for(keep: Path | None, size: int) -> Iterator[Path]:
    """Return the folder of an index."""
    if keep is not None:
        yield keep / str(size)
        return
    with tempfile.TemporaryDirectory(prefix="footnote-scale-") as folder:
        yield Path(folder)


def built(
    data: Path,
    size: int,
    folders: int,
    texts: Sequence[str],
    vectors: FloatArray,
    embedder: SentenceTransformerEmbedder,
) -> dict[str, Any]:
    """Write a catalog of `size` chunks and publish it, unless that is done."""
    report = data / "built.json"
    if report.is_file():
        return dict(json.loads(report.read_text()))
    catalog = Catalog(data / CATALOG)
    started = time.monotonic()
    fill(catalog, size, folders, texts, vectors)
    filled = time.monotonic()
    say(f"{size:,} chunks in the catalog after {filled - started:.0f} s")
    generations = Generations(data)
    generation = Generation(
        number=1,
        fingerprint=IndexConfig().fingerprint(embedder.identity, PARSER_VERSION),
        embedder=embedder.name,
        dimension=embedder.dimension,
        languages=embedder.languages,
        seeds="/none",
        published=time.time(),
        documents=size,
        chunks=size,
    )
    with catalog.writing():
        publish(catalog, generations, vector_backend(generations), generation, None)
    catalog.close()
    found = {
        "publish_seconds": round(time.monotonic() - filled, 1),
        "catalog_bytes": sum(path.stat().st_size for path in data.glob(f"{CATALOG}*")),
        "generation_bytes": generations.size(1),
    }
    report.write_text(json.dumps(found))
    say(f"published after {found['publish_seconds']} s")
    return found


def fill(catalog: Catalog, size: int, folders: int, texts: Sequence[str], vectors: FloatArray) -> None:
    """Write one document of one chunk for each paragraph: the real ones, then repetitions that differ."""
    rng, numbers = random.Random(0), np.random.default_rng(0)
    words = sorted({word for text in texts[:2000] for word in text.split()})
    ids = catalog.reserve_chunks(size)
    for first in range(0, size, 10_000):
        last = min(size, first + 10_000)
        places = [place % len(texts) for place in range(first, last)]
        jitter = numbers.normal(0, JITTER, (last - first, vectors.shape[1])).astype(np.float32)
        moved = vectors[places] + jitter * (np.arange(first, last) >= len(texts))[:, None]
        moved /= np.linalg.norm(moved, axis=1, keepdims=True)
        keys = [place.to_bytes(16, "big") for place in range(first, last)]
        with catalog.writing():
            for place, key in zip(range(first, last), keys, strict=True):
                text = texts[place % len(texts)]
                if place >= len(texts):
                    text = " ".join(rng.choice(words) if rng.random() < EXCHANGED else one for one in text.split())
                path = f"folder {place % folders}/{place}.txt"
                document = Document(path, path, text, "text", False, language="en")
                number = catalog.insert_document(document, SourceFile(path, len(text), 0), key)
                chunk = Chunk(0, len(text), text, None, None, 1, (Span(0, len(text)),))
                catalog.insert_chunk(next(ids), number, 0, chunk, key)
            catalog.insert_vectors(keys, moved)


def measured(data: Path, questions: Sequence[str], embedder: SentenceTransformerEmbedder) -> dict[str, Any]:
    """Search the index."""
    index = SearchIndex(data)
    try:
        retriever = Retriever(index, embedder, TrainedReader())
        found: dict[str, Any] = {}
        for name, folders in (("unscoped", None), ("scoped", [FIRST_FOLDER])):
            for question in questions[:20]:
                retriever.retrieve(question, folders=folders, rerank=False)
            times = []
            for question in questions:
                embedder._question_vectors.clear()  # every search embeds its question
                started = time.perf_counter()
                retriever.retrieve(question, folders=folders, rerank=False)
                times.append(1000 * (time.perf_counter() - started))
            found[f"{name}_p50_ms"] = round(percentile(times, 50) or 0, 1)
            found[f"{name}_p95_ms"] = round(percentile(times, 95) or 0, 1)
        found["searching_mib"] = round(resident_mib())
        asked = np.stack([embedder.embed_question(question) for question in questions])
        for name, folders in (("unscoped", None), ("scoped", [FIRST_FOLDER])):
            found[f"{name}_recall_at_10"] = recall(index, asked, folders)
        return found
    finally:
        index.close()


def recall(index: SearchIndex, asked: FloatArray, folders: list[str] | None) -> float:
    """Return the share of the ten nearest chunks that are among Chroma's first ten, over all questions."""
    best = np.full((len(asked), 10), -2.0, np.float32)
    numbers = np.zeros((len(asked), 10), np.int64)
    with index.pinned() as generation:
        for folder, ids, vectors in generation.vectors.entries():
            if folders is not None and folder not in folders:
                continue
            scores = np.concatenate([best, asked @ vectors.T], axis=1)
            everything = np.concatenate([numbers, np.tile(np.array(ids), (len(asked), 1))], axis=1)
            order = np.argpartition(-scores, 10, axis=1)[:, :10]
            best, numbers = np.take_along_axis(scores, order, 1), np.take_along_axis(everything, order, 1)
        shares = []
        for vector, true in zip(asked, numbers, strict=True):
            # Like retrieval: ask for all candidates, of which the first ten count.
            hits = generation.nearest(vector, 50, folders)[:10]
            shares.append(len({hit.chunk_id for hit in hits} & set(true.tolist())) / 10)
    return round(float(np.mean(shares)), 4)


def resident_mib() -> float:
    """Return the resident memory of this process in MiB."""
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[1]) * 4096 / 2**20


def plot(found: Sequence[dict[str, Any]], path: Path) -> None:
    """Draw time, memory and disk by size."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot

    sizes = [one["chunks"] for one in found]
    figure, axes = pyplot.subplots(1, 3, figsize=(10, 3))
    for name, style in (("unscoped", "-o"), ("scoped", "--s")):
        axes[0].plot(sizes, [one[f"{name}_p95_ms"] for one in found], style, label=name)
    axes[0].set_ylabel("search, p95 (ms)")
    axes[0].legend()
    axes[1].plot(sizes, [one["searching_mib"] for one in found], "-o")
    axes[1].set_ylabel("memory of the process (MiB)")
    for name, style in (("catalog", "-o"), ("generation", "--s")):
        axes[2].plot(sizes, [one[f"{name}_bytes"] / 2**20 for one in found], style, label=name)
    axes[2].set_ylabel("disk (MiB)")
    axes[2].legend()
    for axis in axes:
        axis.set_xscale("log")
        axis.set_yscale("log")
        axis.set_xlabel("chunks")
        axis.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def say(line: str) -> None:
    """Print progress to standard error."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
