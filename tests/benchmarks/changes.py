"""Measure what `footnote index` costs if nothing has changed, and if one file has.

    python -m tests.benchmarks.changes --data DATA [--files 10000] [--runs 5] [--keep DIR]

The files are the paragraphs of wiki and squad2, and repetitions of them, in four folders. Prints one JSON object with
medians of seconds and of peak memory (MiB) of the whole process: for a run without a change, for one after an edit, and
for a process that only loads what embedding a few passages needs; and how many chunks the edit embedded.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from statistics import median

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from bot.config.settings import load_settings  # noqa: E402  (found only once the repository is on the path)
from bot.runtime.wiring import ingest  # noqa: E402
from tests.benchmarks import children  # noqa: E402
from tests.benchmarks.corpora import read_lines  # noqa: E402

LOADING = (
    "import llama_index.core.node_parser, chromadb, tantivy\n"
    "from index.embedding.sentence_transformer import SentenceTransformerEmbedder\n"
    "from index.embedding.interface import EmbeddingInput\n"
    "embedder = SentenceTransformerEmbedder()\n"
    "embedder.embed_passages([EmbeddingInput('a', embedder.tokenize(['a'])[0].ids)])"
)


def main() -> None:
    """Write, index, change and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the question sets")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="keep files and index in this folder, and reuse them")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="footnote-changes-") as temporary:
        folder = arguments.keep or Path(temporary)
        seeds, data = folder / "seeds", folder / "data"
        if not seeds.exists():
            write(seeds, arguments.data, arguments.files)
        report = ingest(load_settings({"SEEDS_DIR": str(seeds), "DATA_DIR": str(data)}, environment={}, folder=folder))
        print(f"{report.chunks:,} chunks indexed in {report.seconds:.0f} s", file=sys.stderr)
        command = ["-m", "bot", "--seeds", str(seeds), "--data", str(data), "index"]
        same, edited, loading = [], [], []
        for run in range(arguments.runs):
            same.append(children.run(command))
            edit(seeds / "0" / "0.txt", run)
            edited.append(children.run(command))
            loading.append(children.run(["-c", LOADING]))
        edit(seeds / "0" / "0.txt", arguments.runs)
        last = ingest(load_settings({"SEEDS_DIR": str(seeds), "DATA_DIR": str(data)}, environment={}, folder=folder))
    found: dict[str, object] = {"files": arguments.files, "embedded_of_an_edited_file": last.embedded}
    for name, runs in (("nothing_changed", same), ("one_file_edited", edited), ("loading_alone", loading)):
        found[name] = {
            "seconds": round(median(one.seconds for one in runs), 2),
            "peak_mib": round(median(one.peak_mib for one in runs)),
        }
    print(json.dumps(found, indent=2))


def write(seeds: Path, data: Path, files: int) -> None:
    """Write the paragraphs as files."""
    texts = [str(row["text"]) for name in ("wiki", "squad2") for row in read_lines(data / name / "corpus.jsonl")]
    for number in range(files):
        path = seeds / str(number % 4) / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        round_ = number // len(texts)
        path.write_text(texts[number % len(texts)] + (f" This is copy {round_}." if round_ else ""), encoding="utf-8")


def edit(path: Path, run: int) -> None:
    """Change one file."""
    path.write_text(f"{path.read_text(encoding='utf-8')}\n\nEdited for the time {run}.\n", encoding="utf-8")


if __name__ == "__main__":
    main()
