"""Measure how often documents that contradict each other are noticed, and how often others are said to. Run by hand:

    python -m tests.benchmarks.disagreements [--folder FOLDER] [--failures]

Indexes each case of `disagreements/contradicting.yaml` and `disagreements/agreeing.yaml` in a folder of its own, next
to three documents of other cases, asks its question, and prints one JSON object. (`disagreements/second` has cases that
were written after the rules.)

noticed: the share of contradicting pairs for which the answer names both values.
first_shown: the share of them for which the answer quotes at least one of the values.
false_alarms: the share of the other pairs for which the answer names a disagreement.

`--failures` adds what the answer says to each failure. Takes a minute or two.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from bot.answering.engine import AnswerEngine  # noqa: E402  (found only once the repository is on the path)
from bot.config.settings import load_settings  # noqa: E402
from bot.types import Answer  # noqa: E402
from index.config import IndexConfig  # noqa: E402
from index.embedding.sentence_transformer import SentenceTransformerEmbedder  # noqa: E402
from index.ingestion.ingestion import Ingestion  # noqa: E402
from index.reader.choice import reader_of  # noqa: E402
from index.reader.interface import Reader  # noqa: E402
from index.retrieval.retriever import Retriever  # noqa: E402
from index.retrieval.search_index import SearchIndex  # noqa: E402

CASES = Path(__file__).with_name("disagreements")
UNRELATED = 3  # documents of other cases


@dataclass(frozen=True, slots=True)
class Case:
    """A question and two documents; `values` has the value of each, or nothing where they do not contradict."""

    question: str
    documents: tuple[str, ...]
    values: tuple[str, ...]


def cases_of(path: Path) -> list[Case]:
    """Return the cases of a file."""
    rows: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        Case(str(one["question"]), tuple(map(str, one["documents"])), tuple(map(str, one.get("values", ()))))
        for one in rows
    ]


def answers(cases: Sequence[Case], embedder: SentenceTransformerEmbedder, reader: Reader) -> Iterator[Answer]:
    """Yield the answer to each case, from an index of its own."""
    threshold = load_settings(environment={}, folder=CASES).answer_threshold
    for number, case in enumerate(cases):
        unrelated = [cases[(number + step) % len(cases)].documents[step % 2] for step in range(7, 7 + UNRELATED)]
        with tempfile.TemporaryDirectory() as folder:
            seeds = Path(folder, "seeds")
            seeds.mkdir()
            for place, text in enumerate([*case.documents, *unrelated]):
                suffix = ".md" if text.startswith("#") else ".txt"
                (seeds / f"document-{place}{suffix}").write_text(text, encoding="utf-8")
            Ingestion(Path(folder, "data"), seeds, IndexConfig(), embedder).run()
            index = SearchIndex(Path(folder, "data"))
            try:
                yield AnswerEngine(index, Retriever(index, embedder, reader), threshold).answer(case.question)
            finally:
                index.close()


def names_both(case: Case, answer: Answer) -> bool:
    """True if a disagreement of the answer names both values."""
    return any(
        all(any(wanted in value or value in wanted for value in one.values) for wanted in case.values)
        for one in answer.disagreements
    )


def shows_one(case: Case, answer: Answer) -> bool:
    """True if the answer quotes one of the values."""
    return any(wanted in " ".join(one.quote.split()) for wanted in case.values for one in answer.citations)


def described(case: Case, answer: Answer) -> dict[str, object]:
    """Return what the answer says, to read failures by eye."""
    return {
        "question": case.question,
        "values": case.values,
        "disagreements": [one.values for one in answer.disagreements],
        "evidence": [
            [round(one.probability, 3), one.passage.document, one.passage.text_of(one.spans[-1])]
            for one in answer.evidence[:6]
        ],
        "threshold": answer.threshold,
    }


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--failures", action="store_true", help="also show what the answers say where they fail")
    parser.add_argument("--folder", type=Path, default=CASES, help="other cases, in files of the same names")
    arguments = parser.parse_args()
    embedder = SentenceTransformerEmbedder()
    reader = reader_of("")
    contradicting = cases_of(arguments.folder / "contradicting.yaml")
    agreeing = cases_of(arguments.folder / "agreeing.yaml")
    wanted = list(zip(contradicting, answers(contradicting, embedder, reader), strict=True))
    others = list(zip(agreeing, answers(agreeing, embedder, reader), strict=True))
    report: dict[str, object] = {
        "noticed": sum(names_both(case, answer) for case, answer in wanted) / len(wanted),
        "first_shown": sum(shows_one(case, answer) for case, answer in wanted) / len(wanted),
        "false_alarms": sum(bool(answer.disagreements) for _, answer in others) / len(others),
        "contradicting": len(wanted),
        "agreeing": len(others),
    }
    if arguments.failures:
        report["missed"] = [described(case, answer) for case, answer in wanted if not names_both(case, answer)]
        report["alarms"] = [described(case, answer) for case, answer in others if answer.disagreements]
    print(json.dumps(report, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
