"""Measure Footnote's speed against the bare embedder and llama-index's quick start, on the same files.

    python -m tests.benchmarks.speed [--corpus C.jsonl] [--parts indexing,latency,cold] [--runs N] [--keep DIR]

Prints one JSON object: seconds, rates a second, milliseconds, MiB, and under "ratios" how these compare. The contenders
take turns, so that a busy machine slows all of them alike, and medians are reported.

indexing: seconds from files to a searchable index, with everything imported and the models loaded (`load_seconds` is
    the time of that). "bare_encode" is `SentenceTransformer.encode`, with its default batch size, of the same texts in
    the same precision; "bare_encode_float32" in full precision. They parse, split and store nothing. The quick start
    cuts chunks of up to 1,024 tokens, so compare documents or characters a second, not chunks. Tokens a second show
    what the embedder does for it: the quick start embeds each file's path with its text.
latency: in one process that has everything open. Footnote's "retrieve" is its search alone, "ask" the whole answer with
    reading, choosing and citing. The quick start has no answer without a language model: its "ask" is its query engine
    with `response_mode="no_text"`.
cold: seconds from the start of a process to its end, and "peak_mib", its peak memory. Both "ask" indexes of the size of
    "latency"; both "index" commands build those of "indexing".
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from statistics import median
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from bot.runtime.wiring import Parts, ingest, opened  # noqa: E402  (found only once the repository is on the path)
from index.config import DEFAULT_EMBED_MODEL  # noqa: E402
from tests.benchmarks import children  # noqa: E402
from tests.benchmarks.corpora import WrittenCorpus, read_lines, written_corpus  # noqa: E402
from tests.benchmarks.indexing_race import indexing, model_folder  # noqa: E402
from tests.benchmarks.measures import percentile  # noqa: E402
from tests.benchmarks.quality import index_key, say, settings_for  # noqa: E402

PARTS = ("indexing", "latency", "cold")
DEFAULT_CORPUS = REPOSITORY.parent / "shared" / "data" / "wiki" / "corpus.jsonl"
QUICK_START = str(Path(__file__).with_name("quick_start.py"))
WARMING_QUESTIONS = 3
ANSWERED, ABSTAINED = 0, 3  # exit codes of `footnote ask`

Report = dict[str, Any]


def questions_about(source: Path, documents: int | None, count: int) -> list[str]:
    """Return questions about some of the documents, from their titles, drawn with a fixed seed."""
    titles = sorted({str(one["title"]) for one in read_lines(source)[:documents]} - {""})
    return [f"What is {title} known for?" for title in random.Random(0).sample(titles, min(count, len(titles)))]


def build_both(corpus: WrittenCorpus) -> str:
    """Index the files for Footnote and for the quick start, unless that is done; return the latter's folder."""
    say(f"indexing {len(corpus.ids):,} documents …")
    ingest(settings_for(corpus))
    store, done = corpus.data.with_name("quick_start"), corpus.data.with_name("quick_start.done")
    if not done.exists():
        say("the same for the quick start …")
        children.run([QUICK_START, "build", str(corpus.seeds), str(store), model_folder()])
        done.touch()
    return str(store)


def latency(parts: Parts, store: str, questions: Sequence[str]) -> Report:
    """Measure how long each takes for a question, in turns, warm."""
    from tests.benchmarks import quick_start

    index = quick_start.stored(store, quick_start.embedder(model_folder()))
    retriever, query_engine = quick_start.retriever(index), quick_start.query_engine(index)
    asked: dict[str, dict[str, Callable[[str], object]]] = {
        "footnote": {
            "retrieve": lambda question: parts.retriever.retrieve(question, rerank=False),
            "ask": parts.engine.answer,
        },
        "quick_start": {"retrieve": retriever.retrieve, "ask": query_engine.query},
    }
    taken: dict[tuple[str, str], list[float]] = {(who, what): [] for who, whats in asked.items() for what in whats}
    for number, question in enumerate([*questions[:WARMING_QUESTIONS], *questions]):
        for (who, what), durations in taken.items():
            started = time.perf_counter()
            asked[who][what](question)
            if number >= WARMING_QUESTIONS:
                durations.append(1000 * (time.perf_counter() - started))
    result: Report = {"chunks": parts.index.generation.chunks, "questions": len(questions)}
    for (who, what), durations in taken.items():
        times = {f"{what}_p50_ms": percentile(durations, 50), f"{what}_p95_ms": percentile(durations, 95)}
        result.setdefault(who, {}).update(times)
    return result


def cold(corpus: WrittenCorpus, store: str, question: str, runs: int) -> Report:
    """Measure how long processes take that open a stored index, in turns."""
    footnote = ["-m", "bot", "--seeds", str(corpus.seeds), "--data", str(corpus.data)]
    commands: dict[str, tuple[list[str], Collection[int]]] = {
        "footnote ask": ([*footnote, "ask", question], (ANSWERED, ABSTAINED)),
        "quick start ask": ([QUICK_START, "ask", store, model_folder(), question], (0,)),
        "footnote --help": (["-m", "bot", "--help"], (0,)),
        "footnote status": ([*footnote, "status"], (0,)),
        "footnote documents": ([*footnote, "documents"], (0,)),
    }
    ended: dict[str, list[children.Child]] = {name: [] for name in commands}
    for run in range(runs):
        for name, (arguments, expected) in commands.items():
            ended[name].append(children.run(arguments, expected))
            say(f"run {run + 1} of {runs}: {name} {ended[name][-1].seconds:.2f} s")
    return {name: _summary(runs_of_it) for name, runs_of_it in ended.items()}


def cold_indexing(source: Path, documents: int) -> Report:
    """Measure time and memory of processes that build an index, once each."""
    with written_corpus([source], most=documents) as corpus:
        store = str(corpus.data.with_name("quick_start"))
        footnote = children.run(["-m", "bot", "--seeds", str(corpus.seeds), "--data", str(corpus.data), "index"])
        quick_start = children.run([QUICK_START, "build", str(corpus.seeds), store, model_folder()])
    return {"footnote index": _summary([footnote]), "quick start index": _summary([quick_start])}


def _summary(ended: Sequence[children.Child]) -> Report:
    return {
        "seconds": median(one.seconds for one in ended),
        "seconds_of_each_run": [one.seconds for one in ended],
        "peak_mib": max(one.peak_mib for one in ended),
    }


def ratios(result: Report) -> Report:
    """Return Footnote divided by each of the others: rates above 1 are faster, times and memory below 1."""
    found: Report = {}
    if race := result.get("indexing"):
        for name in ("quick_start", "bare_encode", "bare_encode_float32"):
            if name in race:
                found[f"indexing rate by {name}"] = race[name]["seconds"] / race["footnote"]["seconds"]
        tokens = [race[name]["tokens_a_second"] for name in ("footnote", "quick_start")]
        found["tokens a second by quick_start"] = tokens[0] / tokens[1]
    if warm := result.get("latency"):
        for key in ("retrieve_p50_ms", "ask_p50_ms"):
            found[f"{key} by quick_start"] = warm["footnote"][key] / warm["quick_start"][key]
    if processes := result.get("cold"):
        for what in ("ask", "index"):
            ours, theirs = processes[f"footnote {what}"], processes[f"quick start {what}"]
            found[f"cold {what} seconds by quick start"] = ours["seconds"] / theirs["seconds"]
            found[f"cold {what} peak_mib by quick start"] = ours["peak_mib"] / theirs["peak_mib"]
    return found


def measure(arguments: argparse.Namespace) -> Report:
    """Run the parts that `arguments.parts` names."""
    result: Report = {"corpus": arguments.corpus.name, "processors": os.cpu_count()}
    source: Path = arguments.corpus
    if "indexing" in arguments.parts:
        result["indexing"] = indexing(source, arguments.documents, arguments.runs, say)
    if {"latency", "cold"} & set(arguments.parts):
        asked = questions_about(source, arguments.large, arguments.questions)
        with written_corpus([source], arguments.keep, index_key(DEFAULT_EMBED_MODEL), arguments.large) as corpus:
            store = build_both(corpus)
            if "latency" in arguments.parts:
                with opened(settings_for(corpus)) as parts:
                    result["latency"] = latency(parts, store, asked)
            if "cold" in arguments.parts:
                result["cold"] = cold(corpus, store, asked[0], arguments.runs)
    if "cold" in arguments.parts:
        result["cold"] |= cold_indexing(source, arguments.documents)
    result["ratios"] = ratios(result)
    return {key: _rounded(value) for key, value in result.items()}


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [_rounded(inside) for inside in value]
    return round(value, 3) if isinstance(value, float) else value


def parts_named(text: str) -> list[str]:
    """Return the parts of a comma-separated list."""
    names = text.split(",")
    if unknown := set(names) - set(PARTS):
        raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: must be of {', '.join(PARTS)}")
    return names


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--corpus",
        type=Path,
        metavar="PATH",
        default=DEFAULT_CORPUS,
        help="the documents, as JSON Lines (default: wiki)",
    )
    parser.add_argument(
        "--parts", type=parts_named, default=list(PARTS), metavar="LIST", help="comma-separated: " + ",".join(PARTS)
    )
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="number of turns")
    parser.add_argument("--documents", type=int, default=600, metavar="N", help="number of documents to index in turns")
    parser.add_argument("--large", type=int, metavar="N", help="number of documents to ask about (default: all)")
    parser.add_argument("--questions", type=int, default=100, metavar="N", help="number of warm questions")
    parser.add_argument(
        "--keep", type=Path, metavar="PATH", help="keep the large indexes in this folder, and reuse them"
    )
    chosen = parser.parse_args(arguments)
    if not chosen.corpus.is_file():
        parser.error(f"there is no {chosen.corpus}: name a corpus with --corpus")
    print(json.dumps(measure(chosen), ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
