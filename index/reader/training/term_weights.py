"""Count how rare English stems are, for `index/reader/answers/coverage.py`.

    python -m index.reader.training.term_weights --data ../shared/data

Passages come from the documentation of `help` (train), from `wiki`, and from the passages of `reading` and feedbackqa,
each cut into pieces of about `PIECE` characters; every third piece is counted. Takes two minutes on one core.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from index.english.stemming import stems
from index.reader.answers.coverage import TABLE

PIECE = 1000  # characters: about as long as a chunk
STRIDE = 3
LEAST_PIECES = 5  # a rarer stem counts as unknown


def texts(data: Path) -> Iterator[str]:
    """Yield the texts that are counted."""
    for file, field in (
        ("help/corpus.train.jsonl.gz", "raw"),
        ("help/passage_level/feedbackqa_passage_level.jsonl.gz", "passage"),
        ("wiki/corpus.jsonl", "text"),
        *((f"reading/{path.name}", "passage") for path in sorted((data / "reading").glob("*.jsonl.gz"))),
    ):
        seen: set[str] = set()
        with gzip.open(data / file, "rt") if file.endswith(".gz") else (data / file).open() as lines:
            for line in lines:
                text = json.loads(line)[field]
                if text not in seen:
                    seen.add(text)
                    yield text


def counted(data: Path) -> tuple[Counter[str], int]:
    """Return in how many pieces each stem stands, and the number of pieces."""
    found: Counter[str] = Counter()
    pieces = number = 0
    for text in texts(data):
        for start in range(0, len(text), PIECE):
            number += 1
            if number % STRIDE == 0:
                found.update(set(stems(text[start : start + PIECE])))
                pieces += 1
    return found, pieces


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    found, pieces = counted(parser.parse_args().data)
    known = {
        stem: round(math.log(1 + pieces / (number + 0.5)), 2)
        for stem, number in sorted(found.items())
        if number >= LEAST_PIECES and not stem.isdigit()
    }
    table = {"pieces": pieces, "unknown": round(math.log(1 + pieces / LEAST_PIECES), 2), "known": known}
    TABLE.write_bytes(gzip.compress(json.dumps(table, separators=(",", ":")).encode(), mtime=0))
    print(f"{len(known)} stems of {pieces} pieces, {TABLE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
