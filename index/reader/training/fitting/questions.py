"""Questions of several sets, each over its own folder of documents: what the small model of the reader is fitted on."""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.reader.training.data.as_typed import as_typed
from index.reader.training.data.help_sets import projects
from index.reader.training.data.markdown import as_markdown
from index.reader.training.data.question_sets import HELD_OUT, held_out, judging_articles, rows_of

AS_TYPED = 0.7  # share of the questions of help and feedbackqa that are made as people type them
CALIBRATING_ARTICLES = 2  # of those that the encoder never learnt from; the others judge
SEEN_QUESTIONS = 300  # on articles that the encoder learnt from
WIKIPEDIA = 4000  # further paragraphs that look like answers
LEFT_OUT = 0.3  # share of the passages of open sets that are not indexed
FEEDBACK_QUESTIONS = 600
TITLE_SHOWN = 0.2  # of feedbackqa's passages, whose titles hold a question that was asked
PROJECT_QUESTIONS = 15
PROJECTS = 40


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a group, and what answers it.

    `answers` are accepted answers word for word; `gold` paths of short documents that answer as a whole; `section` the
    words of the section that answers, where documents are long. A question without `gold` and `section` has no answer
    in the folder. `fold` is what must not be both fitted on and measured: an article or a project.
    """

    group: str
    fold: str
    text: str
    answers: tuple[str, ...] = ()
    gold: frozenset[str] = frozenset()
    section: str | None = None

    @property
    def answerable(self) -> bool:
        """True if the folder holds an answer."""
        return bool(self.gold) or self.section is not None


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of documents that was written, and the questions that are asked of it."""

    name: str
    questions: tuple[Question, ...]


FolderMaker = Callable[[Path, Path, random.Random], list[Question]]


def folders(data: Path, keep: Path) -> Iterator[Folder]:
    """Write one folder of documents after another as `NAME/seeds` below `keep`, and yield it with its questions."""
    makers: dict[str, FolderMaker] = {"encyclopedia": encyclopedia, "feedback": feedback}
    for name, make in makers.items():
        seeds = keep / name / "seeds"
        seeds.mkdir(parents=True, exist_ok=True)
        yield Folder(name, tuple(make(data, seeds, random.Random(0))))
    rng = random.Random(0)
    for number, project in enumerate(projects(data / "help", rng)):
        if number == PROJECTS:
            break
        name = project.name.replace("/", "+")
        for path, raw in project.files.items():
            file = keep / name / "seeds" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(raw, encoding="utf-8")
        chosen = rng.sample(project.questions, min(PROJECT_QUESTIONS, len(project.questions)))
        yield Folder(
            name, tuple(Question("help", project.name, typed(one.text, rng), section=one.section) for one in chosen)
        )


def encyclopedia(data: Path, seeds: Path, rng: random.Random) -> list[Question]:
    """Write squad2, clapnq, part of the reading sets and of Wikipedia as documents, and return the questions."""
    for number, row in enumerate(rows_of(data / "wiki" / "corpus.jsonl")[:WIKIPEDIA]):
        write(seeds / f"wiki-{number:05}.md", row["title"], row["text"])
    return [*squad2(data / "squad2", data, seeds, rng), *clapnq(data / "clapnq", seeds), *reading(data, seeds, rng)]


def squad2(source: Path, data: Path, seeds: Path, rng: random.Random) -> list[Question]:
    """Return questions of squad2 on all but the articles that judge."""
    paths = written(source, "squad2", seeds)
    never_learnt = sorted(judging_articles(data))
    calibrating, judging = never_learnt[:CALIBRATING_ARTICLES], never_learnt[CALIBRATING_ARTICLES:]
    rows = rows_of(source / "questions.jsonl")
    rng.shuffle(rows)
    seen = [row for row in rows if row["meta"]["article"] not in never_learnt][:SEEN_QUESTIONS]
    unseen = [row for row in rows if row["meta"]["article"] in calibrating]
    assert len(judging) == 4
    return [
        question_of(group, row["meta"]["article"], row, paths)
        for group, several in (("squad2", unseen), ("squad2_seen", seen))
        for row in several
    ]


def clapnq(source: Path, seeds: Path) -> list[Question]:
    """Return all questions of clapnq."""
    paths = written(source, "clapnq", seeds)
    return [
        question_of("clapnq", f"clapnq {number % 5}", row, paths)
        for number, row in enumerate(rows_of(source / "questions.jsonl"))
    ]


def reading(data: Path, seeds: Path, rng: random.Random) -> list[Question]:
    """Return questions of the reading sets that the encoder has not learnt from, some of them without their passage."""
    paths: dict[str, str] = {}
    found = []
    for name in HELD_OUT:
        for row in held_out(data / "reading", name):
            path = paths.setdefault(row["passage"], f"reading-{len(paths):05}.md")
            gold = frozenset([path]) if row["answerable"] else frozenset()
            found.append(Question("reading", name, row["question"], tuple(row["answers"]), gold))
    missing = {path for path in paths.values() if rng.random() < LEFT_OUT}
    for passage, path in paths.items():
        if path not in missing:
            write(seeds / path, "", passage)
    return [Question(one.group, one.fold, one.text) if one.gold & missing else one for one in found]


def feedback(data: Path, seeds: Path, rng: random.Random) -> list[Question]:
    """Write feedbackqa's passages, without some of them, and return questions of people about them."""
    path = data / "help" / "passage_level" / "feedbackqa_passage_level.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    paths: dict[str, str] = {}
    titles = {}
    gold = defaultdict(set)
    source = {}
    for row in rows:
        title = " ".join(row["title"].split())
        name = paths.setdefault(row["passage"], f"feedback-{len(paths):05}.md")
        titles[name] = title if rng.random() < TITLE_SHOWN else title.split(" > ")[0]
        gold[row["question"]].add(name)
        source[row["question"]] = row["source_id"].split("_")[1]
    missing = {name for name in paths.values() if rng.random() < LEFT_OUT}
    for passage, name in paths.items():
        if name not in missing:
            write(seeds / name, titles[name], passage)
    chosen = rng.sample(sorted(gold), FEEDBACK_QUESTIONS)
    return [
        Question("feedbackqa", f"feedbackqa {source[one]}", typed(one, rng), gold=frozenset(gold[one] - missing))
        for one in chosen
    ]


def question_of(group: str, fold: str, row: dict[str, Any], paths: dict[str, str]) -> Question:
    """Return a question of a set whose documents are written."""
    if not row["answerable"]:
        return Question(group, fold, row["question"])
    answers = row.get("gold_evidence") or row["answers"]
    return Question(
        group, fold, row["question"], tuple(answers), frozenset(paths[name] for name in row["gold_doc_ids"])
    )


def written(source: Path, name: str, seeds: Path) -> dict[str, str]:
    """Write a corpus as documents, and return their paths by their ids."""
    paths = {}
    for number, row in enumerate(rows_of(source / "corpus.jsonl")):
        paths[str(row["id"])] = path = f"{name}-{number:05}.md"
        write(seeds / path, row["title"], row["text"])
    return paths


def write(path: Path, title: object, text: object) -> None:
    """Write a text as a document."""
    path.write_text(as_markdown(str(title), str(text)), encoding="utf-8")


def typed(question: str, rng: random.Random) -> str:
    """Return a question, in most cases as people type it."""
    return as_typed(question, rng) if rng.random() < AS_TYPED else question
