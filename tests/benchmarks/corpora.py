"""Question sets and their corpora, written as files so that the product's own code indexes them."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from index.reader.training.data.markdown import as_markdown


@dataclass(frozen=True, slots=True)
class BenchmarkQuestion:
    """A question, its accepted answers, and the ids of documents that hold one; both empty if it has no answer."""

    question: str
    answers: tuple[str, ...]
    gold: frozenset[str]
    answerable: bool


@dataclass(frozen=True, slots=True)
class WrittenCorpus:
    """A corpus as files in `seeds`, the folder `data` for its index, and each document's id by its path."""

    seeds: Path
    data: Path
    ids: dict[str, str]


def read_lines(path: Path) -> list[dict[str, object]]:
    """Return the objects of a JSON Lines file."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def read_questions(path: Path) -> list[BenchmarkQuestion]:
    """Return the questions of a set; docs/benchmarks.md describes the format."""
    return [
        BenchmarkQuestion(
            question=str(one["question"]),
            # Marked evidence says more than a written answer.
            answers=tuple(map(str, one.get("gold_evidence") or one.get("answers") or ())),  # type: ignore[call-overload]
            gold=frozenset(map(str, one.get("gold_doc_ids") or ())),  # type: ignore[call-overload]
            answerable=bool(one["answerable"]),
        )
        for one in read_lines(path)
    ]


def drawn(questions: Sequence[BenchmarkQuestion], count: int, seed: int = 0) -> list[BenchmarkQuestion]:
    """Return `count` questions in their order, drawn with `seed`, with the same share of answerable ones."""
    if count >= len(questions):
        return list(questions)
    answerable = [place for place, one in enumerate(questions) if one.answerable]
    others = [place for place, one in enumerate(questions) if not one.answerable]
    share = round(count * len(answerable) / len(questions))
    generator = random.Random(seed)
    places = [*generator.sample(answerable, share), *generator.sample(others, count - share)]
    return [questions[place] for place in sorted(places)]


@contextmanager
def written_corpus(
    sources: Sequence[Path], keep: Path | None = None, key: str = "", most: int | None = None
) -> Iterator[WrittenCorpus]:
    """Write the documents of the corpora as files, and remove them at the end.

    With `keep` the files and their index stay, in a subfolder named by a hash of the files and of `key`, and the next
    call with the same files finds them there. `most` limits the number of documents of each source.
    """
    documents = list(_documents(sources, most))
    ids = {path: number for path, number, _ in documents}
    with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as temporary:
        folder = Path(temporary)
        if keep is not None:
            digest = hashlib.sha256(repr((key, documents)).encode()).hexdigest()[:16]
            folder = keep.absolute() / f"{sources[0].absolute().parent.name}-{digest}"
        seeds = folder / "seeds"
        if not seeds.is_dir():
            unfinished = folder / "seeds.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(parents=True)
            for path, _, text in documents:
                (unfinished / path).write_text(text, encoding="utf-8")
            unfinished.rename(seeds)
        yield WrittenCorpus(seeds, folder / "data", ids)


def _documents(sources: Sequence[Path], most: int | None) -> Iterator[tuple[str, str, str]]:
    """Yield the file path, the id and the Markdown of each document."""
    for source in sources:
        for number, document in enumerate(read_lines(source)[:most]):
            path = f"{source.absolute().parent.name}-{source.stem}-{number:05}.md"
            yield path, str(document["id"]), as_markdown(str(document["title"]), str(document["text"]))
