"""The open question sets that the reader learns from, in one shape: a question, its text, the spans that answer."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

# The most questions of each set of the `reading` folder: many on texts like a user's documents, few on stories and
# posts.
READING = {
    "squad2_train_part": 3500,
    "squad_routerlens_dev": 2000,
    "squad_train_part_answerable": 2000,
    "squadshifts_newwiki": 2500,
    "squadshifts_reddit": 400,
    "squadshifts_amazon": 300,
    "tydiqa_goldp_en_train": 2000,
    "timeqa_human_train": 1200,
    "qed_nq_dev": 900,
    "nq_swap_counterfactual": 600,
    "nqg_squad_sentences_test": 300,
    "quoref_contrast": 300,
    "quoref_orig": 200,
    "quotesum_dev": 270,
    "hotpot_gold_sentences": 300,
    "hotpot_amor_dev": 100,
    "hotpot_amor_test": 200,
    "tweetqa_train": 300,
    "policyqa_dev": 300,
    "fairytaleqa": 300,
    "feedbackqa_bad_ratings": 400,
}
LONG = {"covidqa": 700, "chroma_chunk_eval": 700}  # questions on long documents
# Of these sets so many further questions are never learnt from: `index.reader.training.fitting.reader` calibrates on
# them.
HELD_OUT = {
    "squadshifts_newwiki": 120,
    "tydiqa_goldp_en_train": 120,
    "squad_routerlens_dev": 80,
    "timeqa_human_train": 80,
    "nq_swap_counterfactual": 40,
    "squadshifts_reddit": 40,
    "policyqa_dev": 40,
}
JUDGING_ARTICLES = 6  # of squad2's 23: a quarter
JUDGING_SEED = 4

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a text. `answers` are the offsets of accepted answers in it (may be empty), `words` their texts.
    `sentences` are given if the set has split the text itself; `text` is then the same, joined by spaces.
    """

    source: str
    question: str
    title: str
    text: str
    answers: tuple[tuple[int, int], ...]
    words: tuple[str, ...]
    sentences: tuple[str, ...] | None = None


def judging_articles(data: Path) -> frozenset[str]:
    """Return the articles of squad2 that judge: nothing is learnt from them."""
    articles = sorted({str(row["meta"]["article"]) for row in rows_of(data / "squad2" / "questions.jsonl")})
    return frozenset(random.Random(JUDGING_SEED).sample(articles, JUDGING_ARTICLES))


def questions_to_learn(data: Path, *, part: int = 0) -> list[Asked]:
    """Return all questions to learn from, in a fixed order; none that is also in a set that judges.

    `part` (0 to 2) selects the questions of sets that are not used whole.
    """
    judging = {normalised(row["question"]) for row in rows_of(data / "clapnq" / "questions.jsonl")}
    squad = list(squad2(data, judging_articles(data), wanted=False))
    judging |= {normalised(one.question) for one in squad2(data, judging_articles(data), wanted=True)}
    long = [one for name in LONG for one in part_of(list(spans_in(data / name)), LONG[name], part)]
    found = [*squad, *reading(data / "reading", part=part), *selqa(data), *long, *scifact(data)]
    return [one for one in found if normalised(one.question) not in judging]


def squad2(data: Path, articles: frozenset[str], *, wanted: bool) -> Iterator[Asked]:
    """Yield the questions of squad2 on the given articles, or on all others if `wanted` is false."""
    documents = {row["id"]: row for row in rows_of(data / "squad2" / "corpus.jsonl")}
    for row in rows_of(data / "squad2" / "questions.jsonl"):
        if (row["meta"]["article"] in articles) == wanted:
            document = documents[row["meta"]["context_doc_id"]]
            words = tuple(row["answers"]) if row["answerable"] else ()
            yield Asked(
                "squad2", row["question"], document["title"], document["text"], places(document["text"], words), words
            )


def reading(folder: Path, *, part: int = 0) -> Iterator[Asked]:
    """Yield questions of the `reading` sets, always the same ones."""
    for name, most in READING.items():
        rows = shuffled(folder, name)
        del rows[most : most + HELD_OUT.get(name, 0)]
        for row in part_of(rows, most, part):
            spans = tuple((at, at + len(one)) for at, one in zip(row["answer_starts"], row["answers"], strict=True))
            yield Asked(
                name, row["question"], "", row["passage"], spans if row["answerable"] else (), tuple(row["answers"])
            )


def held_out(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return the questions of a `reading` set that are never learnt from."""
    return shuffled(folder, name)[READING[name] :][: HELD_OUT[name]]


def shuffled(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return a set of the `reading` folder, shuffled with a fixed seed."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    random.Random(0).shuffle(rows)
    return rows


def part_of(rows: Sequence[T], most: int, part: int) -> list[T]:
    """Return `most` of the rows; another part has other rows, and begins again at the first when they run out."""
    first = part * most % max(1, len(rows))
    return [*rows[first:], *rows[:first]][:most]


def selqa(data: Path) -> Iterator[Asked]:
    """Yield the questions of SelQA, which labels each sentence of a section as an answer or not."""
    for row in rows_of(data / "selqa" / "questions.jsonl"):
        sentences = tuple(" ".join(one.split()) for one in row["sentences"])
        text = " ".join(sentences)
        starts = [sum(len(one) + 1 for one in sentences[:index]) for index in range(len(sentences))]
        spans = tuple((starts[index], starts[index] + len(sentences[index])) for index in row["answer_sentences"])
        yield Asked(
            "selqa", row["question"], row["meta"]["article"], text, spans, tuple(text[a:b] for a, b in spans), sentences
        )


def spans_in(folder: Path) -> Iterator[Asked]:
    """Yield questions on long documents whose set quotes the words that answer."""
    documents = {row["id"]: row for row in rows_of(folder / "corpus.jsonl")}
    for row in rows_of(folder / "questions.jsonl"):
        for number in row["gold_doc_ids"][:1]:
            document = documents[number]
            words = tuple(one.strip() for one in row["gold_evidence"])
            spans = tuple((at, at + len(one)) for one in words if (at := document["text"].find(one)) >= 0)
            if spans:
                yield Asked(folder.name, row["question"], document["title"], document["text"], spans, words)


def scifact(data: Path) -> Iterator[Asked]:
    """Yield the claims with even numbers as questions that their evidence answers. The other claims judge."""
    documents = {row["id"]: row for row in rows_of(data / "scifact" / "corpus.jsonl")}
    for row in rows_of(data / "scifact" / "claims_train.jsonl"):
        if int(row["id"]) % 2 == 0:
            for number in row["gold_doc_ids"][:1]:
                document = documents[number]
                words = tuple(one.strip() for one in row["gold_evidence"])
                spans = tuple((at, at + len(one)) for one in words if (at := document["text"].find(one)) >= 0)
                if spans:
                    yield Asked("scifact", row["question"], document["title"], document["text"], spans, words)


def places(text: str, words: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Return the offsets of the accepted answers, each at its first occurrence."""
    return tuple((at, at + len(one)) for one in words if (at := text.find(one)) >= 0)


def normalised(text: str) -> str:
    """Return a text in lower case without punctuation, to find it again in another set."""
    return " ".join(re.findall(r"\w+", text.lower()))


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON Lines file."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]
