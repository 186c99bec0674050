"""How well real questions over real documentation folders are answered, by the product's own path.

    python -m tests.benchmarks.asked --data ../shared/data/asked [--only fastapi,paper] [--index FOLDER] [--keep FILE]

Prints a JSON object a folder, and one for all.

right, right_or_closest, wrong, closest: shares of the answerable: answered rightly; the same, or shown as what
    comes closest; answered wrongly; shown as closest. An answer is right where a footnote matches the question's gold
    (file, and regular expression over heading and quote) and all quotes together have at most `MOST_CHARACTERS`.
refused, nothing: shares of the others: not answered (closest counts as refused); nothing shown.
first_before, first_after, among_ten: share of the answerable whose right passage is first before reading and after it,
    or among those found.
auroc: how well the confidence tells answerable questions from the others.
calibration_error: in tenths, of the confidence against "the first passage is right".
p50_seconds: time of the engine's `answer`, warm.

`--keep` writes a line of JSON a question. The indexes are kept in `--index` where given.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.cli.answer_text import blocks_text
from bot.types import Answer, Citation
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.types import Passage
from tests.benchmarks.measures import auroc, calibration_error
from tests.benchmarks.searching import THRESHOLD, searching

MOST_CHARACTERS = 1500


@dataclass(frozen=True)
class Result:
    """What became of one question. `rank` counts from 1, None where no passage found is right."""

    folder: str
    id: str
    question: str
    answerable: bool
    outcome: str
    form: str | None
    right: bool
    first_before: bool
    rank: int | None
    confidence: float
    seconds: float
    shown: str
    cites: list[str]


def matches(gold: Sequence[tuple[str, str]], document: str, heading: str | None, text: str) -> bool:
    """True where a place in a document is one that answers."""
    where = f"{heading or ''}\n{text}"
    return any(any(part in document for part in files.split("|")) and re.search(words, where) for files, words in gold)


def result_of(
    folder: str, question: dict[str, Any], answer: Answer, before: Sequence[Passage], seconds: float
) -> Result:
    """Return what became of a question."""
    gold = question["gold"]
    fits = [matches(gold, one.document, one.heading, one.text) for one in answer.passages]
    length = sum(len(citation.quote) for citation in answer.citations)
    right = length <= MOST_CHARACTERS and any(
        matches(gold, one.document, one.heading, one.quote) for one in answer.citations
    )
    return Result(
        folder=folder,
        id=question["id"],
        question=question["question"],
        answerable=question["answerable"],
        outcome=answer.outcome,
        form=answer.form,
        right=right,
        first_before=bool(before) and matches(gold, before[0].document, before[0].heading, before[0].text),
        rank=fits.index(True) + 1 if True in fits else None,
        confidence=answer.confidence,
        seconds=seconds,
        shown=blocks_text(answer.blocks).plain,
        cites=[_cited(citation) for citation in answer.citations],
    )


def _cited(citation: Citation) -> str:
    return f"{citation.document} › {citation.heading or ''} {citation.start}-{citation.end}"


def measured(folder: Path, data: Path, embedder: SentenceTransformerEmbedder, threshold: float) -> list[Result]:
    """Index a folder of documentation and ask its questions."""
    found = []
    with searching(folder / "docs", data, embedder, threshold=threshold) as parts:
        for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines():
            question = json.loads(line)
            started = time.perf_counter()
            answer = parts.engine.answer(question["question"])
            seconds = time.perf_counter() - started
            before = parts.retriever.retrieve(question["question"], rerank=False).passages
            found.append(result_of(folder.name, question, answer, before, seconds))
    return found


def summary(name: str, results: Iterable[Result]) -> dict[str, Any]:
    """Return the shares of a folder."""
    results = list(results)
    yes = [one for one in results if one.answerable]
    no = [one for one in results if not one.answerable]

    def share(rows: Sequence[Result], wanted: Iterable[bool]) -> float:
        return round(sum(wanted) / max(1, len(rows)), 3)

    answered = [one.outcome == "answered" for one in yes]
    right = [one.right and shown for one, shown in zip(yes, answered, strict=True)]
    return {
        "folder": name,
        "answerable": len(yes),
        "right": share(yes, right),
        "right_or_closest": share(yes, (one.right and one.outcome != "nothing" for one in yes)),
        "wrong": share(yes, (shown and not fine for shown, fine in zip(answered, right, strict=True))),
        "closest": share(yes, (one.outcome == "closest" for one in yes)),
        "unanswerable": len(no),
        "refused": share(no, (one.outcome != "answered" for one in no)),
        "nothing": share(no, (one.outcome == "nothing" for one in no)),
        "first_before": share(yes, (one.first_before for one in yes)),
        "first_after": share(yes, (one.rank == 1 for one in yes)),
        "among_ten": share(yes, (one.rank is not None for one in yes)),
        "auroc": round_or_none(auroc([one.confidence for one in yes], [one.confidence for one in no])),
        "calibration_error": round_or_none(
            calibration_error([one.confidence for one in results], [one.rank == 1 for one in results])
        ),
        "p50_seconds": round(sorted(one.seconds for one in results)[len(results) // 2], 3),
    }


def round_or_none(value: float | None) -> float | None:
    """Return a figure with three decimals."""
    return None if value is None else round(value, 3)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--index", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--threshold", type=float, default=THRESHOLD)
    options = parser.parse_args()
    names = (
        options.only.split(",")
        if options.only
        else sorted(p.parent.name for p in options.data.glob("*/questions.jsonl"))
    )
    embedder = SentenceTransformerEmbedder()
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            data = (options.index or Path(scratch)) / name
            results += measured(options.data / name, data, embedder, options.threshold)
            print(json.dumps(summary(name, [one for one in results if one.folder == name])), flush=True)
    print(json.dumps(summary("all", results)))
    if options.keep:
        options.keep.write_text("".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in results))


if __name__ == "__main__":
    main()
