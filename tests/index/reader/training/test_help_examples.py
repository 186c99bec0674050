"""Examples from questions of documentation: the section that answers, and what looks like it."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from index.reader.pair_model import encoder_folder
from index.reader.pair_tokens import PairTokenizer
from index.reader.training.data.examples import Example
from index.reader.training.data.help_examples import help_examples
from index.reader.training.data.passage_examples import passage_examples

SECTIONS = {
    "How do I reset my password?": "Open the account page and press Forget. A letter with a link arrives soon.",
    "How do I delete my account?": "Write to the office with your member number. It takes a week until all is gone.",
    "Can I lend a boat to a friend?": "Only members may row the boats, so a friend has to join first for a day.",
    "What does the berth cost?": "A berth costs forty francs a month, and half of that for boats without a mast.",
}
RAW = "# Manual\n\n" + "\n\n".join(f"## {question}\n\n{answer}" for question, answer in SECTIONS.items()) + "\n"


@pytest.fixture(scope="module")
def tokenizer() -> PairTokenizer:
    return PairTokenizer(encoder_folder())


def write(path: Path, rows: Sequence[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))


def kinds(examples: Sequence[Example]) -> tuple[int, int]:
    """Return how many examples answer, and how many do not."""
    answers = sum(1 in one.labels for one in examples)
    return answers, len(examples) - answers


def test_sections_answer_and_other_sections_of_the_project_do_not(tmp_path: Path, tokenizer: PairTokenizer) -> None:
    write(tmp_path / "corpus.train.jsonl.gz", [{"repo": "a/b", "id": "1", "path": "manual.md", "raw": RAW}])
    rows: list[dict[str, object]] = []
    for question, answer in SECTIONS.items():
        start = RAW.index(answer)
        offsets = {"answer_char_start": start, "answer_char_end": start + len(answer)}
        rows.append({"doc_id": "1", "question": question, "answer_text": answer, **offsets})
    write(tmp_path / "questions.train.jsonl.gz", rows)
    found = list(help_examples(tmp_path, tokenizer, random.Random(0), skipped=0))
    answers, others = kinds(found)
    assert answers > 0
    assert others > answers, "some sections are taken out, and each question comes with others"
    assert all(set(one.labels) in ({0}, {1}) for one in found)
    assert list(help_examples(tmp_path, tokenizer, random.Random(0), skipped=1)) == []


def test_passages_that_people_rated_answer_and_their_neighbours_do_not(
    tmp_path: Path, tokenizer: PairTokenizer
) -> None:
    rows: list[dict[str, object]] = [
        {"question": question, "passage": answer, "title": f"Harbour > {question}"}
        for question, answer in SECTIONS.items()
    ]
    write(tmp_path / "feedbackqa_passage_level.jsonl.gz", rows)
    titled = [{**row, "title": str(place)} for place, row in enumerate(rows)]
    write(tmp_path / "boolq.jsonl.gz", titled)
    answers, others = kinds(list(passage_examples(tmp_path, tokenizer, random.Random(0))))
    assert 4 < answers <= 8
    assert others >= 8
