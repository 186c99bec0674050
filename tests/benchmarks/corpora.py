"""Question sets and their corpora, written as files so that the product's own path indexes them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

# What Markdown would take for a sign of its own.
_MARKDOWN_SIGNS = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&:=])")


@dataclass(frozen=True, slots=True)
class BenchmarkQuestion:
    """A question with its accepted answers and the documents that hold one; empty ones where it has no answer."""

    question: str
    answers: tuple[str, ...]
    gold: frozenset[str]
    answerable: bool


def read_lines(path: Path) -> list[dict[str, object]]:
    """The objects of a JSON Lines file."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def read_questions(path: Path) -> list[BenchmarkQuestion]:
    """The questions of a set in the shape that the README of the data describes."""
    return [
        BenchmarkQuestion(
            question=str(one["question"]),
            # Where the words that answer are marked, they say more than a written answer does.
            answers=tuple(map(str, one.get("gold_evidence") or one.get("answers") or ())),  # type: ignore[call-overload]
            gold=frozenset(map(str, one.get("gold_doc_ids") or ())),  # type: ignore[call-overload]
            answerable=bool(one["answerable"]),
        )
        for one in read_lines(path)
    ]


def write_corpus(paths: Sequence[Path], folder: Path) -> dict[str, str]:
    """Write each document of the corpora as a Markdown file; the document's id by its path in the folder."""
    ids: dict[str, str] = {}
    for source in paths:
        for number, document in enumerate(read_lines(source)):
            path = f"{source.parent.name}-{number:05}.md"
            ids[path] = str(document["id"])
            (folder / path).write_text(as_markdown(str(document["title"]), str(document["text"])), encoding="utf-8")
    return ids


def as_markdown(title: str, text: str) -> str:
    """A Markdown file that a parser turns back into exactly this title and text (lines stripped)."""
    lines: Iterable[str] = (_MARKDOWN_SIGNS.sub(r"\\\1", line.strip()) for line in text.split("\n"))
    front = f"---\ntitle: {json.dumps(' '.join(title.split()), ensure_ascii=False)}\n---\n" if title.strip() else ""
    return f"{front}\n" + "\n".join(lines) + "\n"
