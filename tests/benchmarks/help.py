"""How well questions of many projects' documentation are answered, each project searched alone, by the product's path.

    python -m tests.benchmarks.help --data ../shared/data/help [--variant plain|masked] [--only OWNER/NAME,…]
                                    [--sample N] [--index FOLDER] [--keep FILE]

Writes each project's raw files into a folder under their own names, indexes it as `footnote index` does, and asks its
questions as `footnote ask` does. "plain" are the documents as they are; in "masked" the questions' own headings say
something else, and a quarter of the answering sections are missing: those questions have no answer.

Prints a JSON object for each variant. Texts are compared by their runs of three words. Shares are of the answerable
questions unless stated otherwise.

first_before, first_after: the right section is first before reading and after it: its passage and the section share
    half of the shorter one's runs. among_ten: it is among those found.
right: answered, and half of the runs shown are the section's. right_or_closest: the same, or shown as what comes
    closest. wrong: answered, but not right. closest: shown as closest.
complete: right, and 60 % of the section's runs are shown; of a section longer than what fits into a first message, 60 %
    of as many as fit. whole: the same without that allowance.
refused, nothing: shares of the unanswerable questions not answered (closest counts as refused), and with nothing shown.
auroc: how well the confidence tells answerable questions from the others.
calibration_error: in tenths, of the confidence against "the first passage is right", over all questions.
p50_ms: time of the engine's `answer`, warm.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.answering.composing.excerpt import LONGEST
from bot.cli.answer_text import blocks_text
from bot.types import Answer
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from tests.benchmarks.measures import auroc, calibration_error, is_found, mean, percentile, word_runs
from tests.benchmarks.searching import THRESHOLD, Searching, searching

VARIANTS = ("plain", "masked")
CORPORA = {"plain": "corpus.dev.jsonl.gz", "masked": "corpus.masked.dev.jsonl.gz"}
RIGHT, COMPLETE = 0.5, 0.6

# What would put words into a section's raw text that nobody sees: addresses of links and images, tags.
_UNSEEN = re.compile(r"\]\([^)\s]*\)|<[^<>]*>|\bhttps?://\S+")


@dataclass(frozen=True, slots=True)
class HelpQuestion:
    """A question with the words of the section that answers it; None where the documents have none."""

    id: str
    project: str
    kind: str
    text: str
    section: str | None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a question. `rank` counts from 1, None where no passage found is right."""

    id: str
    project: str
    kind: str
    question: str
    answerable: bool
    outcome: str
    form: str | None
    right: bool
    complete: bool
    whole: bool
    first_before: bool
    rank: int | None
    confidence: float
    milliseconds: float
    shown: str


def is_right(shown: str, section: str) -> bool:
    """True if enough of what is shown is the section's."""
    ours = word_runs(shown)
    return bool(ours) and len(ours & word_runs(section)) >= RIGHT * len(ours)


def is_complete(shown: str, section: str, *, limit: int | None = LONGEST) -> bool:
    """True if enough of the section is shown, or enough of what fits into `limit` characters."""
    wanted = word_runs(section)
    fits = len(wanted) if limit is None else min(len(wanted), len(word_runs(section[:limit])))
    return len(word_runs(shown) & wanted) >= COMPLETE * max(1, fits)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a packed JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def read_questions(data: Path, variant: str) -> list[HelpQuestion]:
    """Return the questions of a variant."""
    found = []
    for row in read_rows(data / "questions.dev.jsonl.gz"):
        masked = variant == "masked"
        section = row["answer_text"]
        if masked and row["left_out"]:
            section = None
        elif masked and row["masked_answer_raw"] is not None:
            section = _UNSEEN.sub(" ", row["masked_answer_raw"])
        found.append(HelpQuestion(row["id"], row["repo"], row["kind"], row["question"], section))
    return found


def write_project(rows: Sequence[Mapping[str, Any]], folder: Path) -> Path:
    """Write a project's files under their own names, unless that is done, and return their folder."""
    seeds = folder / "seeds"
    if not seeds.is_dir():
        unfinished = folder / "seeds.unfinished"
        for row in rows:
            path = unfinished / row["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(row["raw"], encoding="utf-8")
        unfinished.rename(seeds)
    return seeds


def result_of(parts: Searching, question: HelpQuestion) -> Result:
    """Ask a question, and evaluate the answer."""
    started = time.perf_counter()
    answer = parts.engine.answer(question.text)
    seconds = time.perf_counter() - started
    before = parts.retriever.retrieve(question.text, rerank=False).passages
    section = question.section
    found = [section is not None and is_found(one.text, section) for one in answer.passages]
    shown = shown_text(answer)
    right = section is not None and is_right(shown, section)
    return Result(
        id=question.id,
        project=question.project,
        kind=question.kind,
        question=question.text,
        answerable=section is not None,
        outcome=answer.outcome,
        form=answer.form,
        right=right,
        complete=right and section is not None and is_complete(shown, section),
        whole=right and section is not None and is_complete(shown, section, limit=None),
        first_before=section is not None and bool(before) and is_found(before[0].text, section),
        rank=found.index(True) + 1 if True in found else None,
        confidence=answer.confidence,
        milliseconds=1000 * seconds,
        shown=blocks_text(answer.blocks).plain,
    )


def shown_text(answer: Answer) -> str:
    """Return all words of an answer as they stand in the document."""
    return "\n".join(block.text for block in answer.blocks)


def results(
    data: Path, variant: str, index: Path, embedder: SentenceTransformerEmbedder, options: argparse.Namespace
) -> Iterator[Result]:
    """Yield what becomes of each question of a variant, project by project."""
    questions = read_questions(data, variant)
    if options.only:
        questions = [one for one in questions if one.project in options.only.split(",")]
    if options.sample is not None and options.sample < len(questions):
        questions = random.Random(0).sample(questions, options.sample)
    documents = defaultdict(list)
    for row in read_rows(data / CORPORA[variant]):
        documents[row["repo"]].append(row)
    for project in sorted({one.project for one in questions}):
        folder = index / variant / project.replace("/", "+")
        seeds = write_project(documents[project], folder)
        with searching(seeds, folder / "data", embedder, threshold=options.threshold) as parts:
            asked = [one for one in questions if one.project == project]
            for question in asked:
                yield result_of(parts, question)
        print(f"{variant}: {project}, {len(asked)} questions", file=sys.stderr, flush=True)


def figures(found: Sequence[Result]) -> dict[str, float | None]:
    """Return every figure by its key."""
    yes = [one for one in found if one.answerable]
    no = [one for one in found if not one.answerable]
    measured = {
        "first_before": mean([one.first_before for one in yes]),
        "first_after": mean([one.rank == 1 for one in yes]),
        "among_ten": mean([one.rank is not None for one in yes]),
        "right": mean([one.right and one.outcome == "answered" for one in yes]),
        "right_or_closest": mean([one.right for one in yes]),
        "wrong": mean([not one.right and one.outcome == "answered" for one in yes]),
        "closest": mean([one.outcome == "closest" for one in yes]),
        "complete": mean([one.complete and one.outcome == "answered" for one in yes]),
        "whole": mean([one.whole and one.outcome == "answered" for one in yes]),
        "refused": mean([one.outcome != "answered" for one in no]),
        "nothing": mean([one.outcome == "nothing" for one in no]),
        "auroc": auroc([one.confidence for one in yes], [one.confidence for one in no]),
        "calibration_error": calibration_error([one.confidence for one in found], [one.rank == 1 for one in found]),
        "p50_ms": percentile([one.milliseconds for one in found], 50),
    }
    counts = {"answerable": len(yes), "unanswerable": len(no)}
    return {key: None if value is None else round(value, 3) for key, value in measured.items()} | counts


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the question set")
    parser.add_argument("--variant", choices=VARIANTS, help="only this one (default: both)")
    parser.add_argument("--only", default="", metavar="OWNER/NAME,…", help="only these projects")
    parser.add_argument("--sample", type=int, metavar="N", help="ask N questions, drawn with a fixed seed")
    parser.add_argument("--index", type=Path, metavar="FOLDER", help="keep the indexes in this folder, and reuse them")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="write each question and its result to this file")
    parser.add_argument("--threshold", type=float, default=THRESHOLD, help="like ANSWER_THRESHOLD")
    options = parser.parse_args()
    embedder = SentenceTransformerEmbedder()
    kept: list[str] = []
    with tempfile.TemporaryDirectory(prefix="footnote-help-") as temporary:
        for variant in [options.variant] if options.variant else VARIANTS:
            found = list(results(options.data, variant, options.index or Path(temporary), embedder, options))
            print(json.dumps({"variant": variant, **figures(found)}), flush=True)
            kept += [json.dumps({"variant": variant, **asdict(one)}, ensure_ascii=False) for one in found]
    if options.keep is not None:
        options.keep.write_text("\n".join(kept) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
