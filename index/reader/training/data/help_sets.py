"""Questions of `help`'s training projects, with their documents made so that the heading does not give the answer away.

A question that is made of a heading teaches to find the heading and nothing else. So here the line that asks says
something else, in most documents, and for a share of the questions the section that answers is taken out.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.english.stemming import stems, telling_stems

HIDDEN = 0.85  # share of the questions whose heading says something else
LEFT_OUT = 0.5  # share of the questions without their section, of those that neither hold another one nor lie in one
HEADING_WORDS = 3
BEFORE = 500  # characters before a section in which the line that asks is looked for


@dataclass(frozen=True, slots=True)
class HelpQuestion:
    """A question with the words of the section that answers it; None where it was taken out."""

    text: str
    section: str | None


@dataclass(frozen=True, slots=True)
class Project:
    """A project's files by their paths, and the questions that are asked of them."""

    name: str
    files: Mapping[str, str]
    questions: tuple[HelpQuestion, ...]


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a packed JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def projects(folder: Path, rng: random.Random) -> Iterator[Project]:
    """Yield the projects of the training part, in a random order."""
    documents: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in read_rows(folder / "corpus.train.jsonl.gz"):
        documents[row["repo"]].append(row)
    asked: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in read_rows(folder / "questions.train.jsonl.gz"):
        asked[row["doc_id"]].append(row)
    names = sorted(documents)
    rng.shuffle(names)
    for name in names:
        files, questions = {}, []
        for document in documents[name]:
            raw, found = masked(document["raw"], asked[document["id"]], rng)
            files[document["path"]] = raw
            questions += found
        yield Project(name, files, tuple(questions))


def masked(
    raw: str,
    rows: Sequence[Mapping[str, Any]],
    rng: random.Random,
    *,
    share_hidden: float = HIDDEN,
    share_left_out: float = LEFT_OUT,
) -> tuple[str, list[HelpQuestion]]:
    """Return a document with shares of the headings hidden and of the sections taken out, and its questions."""
    edits: list[tuple[int, int, str]] = []
    found = []
    for row in rows:
        start, end = row["answer_char_start"], row["answer_char_end"]
        alone = all(
            other is row or other["answer_char_end"] <= start or end <= other["answer_char_start"] for other in rows
        )
        left_out = alone and rng.random() < share_left_out
        hidden = left_out or rng.random() < share_hidden
        asks = list(words_in_order(row["question"]).finditer(raw[max(0, start - BEFORE) : start]))
        if hidden and not asks:
            continue
        if hidden:
            heading = other_heading(row["question"], row["answer_text"], rng)
            edits += [(one.start(), one.end(), heading) for one in words_in_order(row["question"]).finditer(raw)]
        if left_out:
            first = max(0, start - BEFORE) + asks[-1].start()
            edits.append((raw.rfind("\n", 0, first) + 1, end, ""))
        found.append(HelpQuestion(row["question"], None if left_out else row["answer_text"]))
    return edited(raw, edits), found


def words_in_order(question: str) -> re.Pattern[str]:
    """Return a pattern of the question's words with anything but letters and digits between them."""
    return re.compile(r"[\W_]+".join(map(re.escape, re.findall(r"\w+", question))), re.IGNORECASE)


def other_heading(question: str, answer: str, rng: random.Random) -> str:
    """Return a few telling words of the answer that the question has not, as a heading."""
    asked = set(stems(question))
    words = [word for word in re.findall(r"[A-Za-z]{4,}", answer) if not asked & set(stems(word))]
    telling = Counter(word.lower() for word in words if telling_stems(word))
    drawn = rng.sample(sorted(telling), min(HEADING_WORDS, len(telling)))
    return " ".join(drawn).capitalize() or "Details"


def edited(text: str, edits: Sequence[tuple[int, int, str]]) -> str:
    """Return a text with spans replaced; of overlapping ones the longest counts."""
    parts: list[tuple[int, int, str]] = []
    for edit in sorted(edits, key=lambda one: one[0] - one[1]):
        if all(edit[1] <= start or end <= edit[0] for start, end, _ in parts):
            parts.append(edit)
    for start, end, words in sorted(parts, reverse=True):
        text = text[:start] + words + text[end:]
    return text
