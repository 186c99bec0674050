"""What must not change an answer: unrelated documents, case, punctuation, greetings, the place and name of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from bot.answering.engine import AnswerEngine
from bot.types import Answer
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.reader.answers.trained import TrainedReader
from index.retrieval.retriever import Retriever
from index.retrieval.search_index import SearchIndex
from tests.support.library import Library

GUIDE = "# Guide\n\n## Exporting notes\n\nOpen the settings and press **Export**. You get a ZIP archive.\n"
UPGRADE = (
    "# Upgrading\n\nUpgrade in two steps:\n\n1. Stop the server.\n2. Install the new package.\n\n"
    "The database is converted at the first start.\n"
)
FAQ = "# Questions\n\n**Do you support SSO?**\n\nYes, with SAML, on the Business plan.\n"
CLUB = "# Club\n\nThe treasurer of the club is Ingrid Falk. The boathouse was built in 1902.\n"
FILES = {"guide.md": GUIDE, "upgrade.md": UPGRADE, "faq.md": FAQ, "club.md": CLUB}
QUESTIONS = {
    "How do I export my notes?": "press Export",
    "How do I upgrade the server?": "Install the new package",
    "Do you support SSO?": "Yes, with SAML",
    "Who is the treasurer of the club?": "Ingrid Falk",
    "When was the boathouse built?": "1902",
    "Who won the World Cup in 2014?": None,
}
UNRELATED = {
    f"other/{name}.md": f"# {name.capitalize()}\n\n{text}\n"
    for name, text in {
        "herons": "Herons stand in shallow water and wait for fish.",
        "bread": "Knead the dough for ten minutes and let it rise overnight.",
        "volcano": "The volcano last threw ash over the valley in spring.",
        "chess": "A bishop moves along the diagonals of the board.",
        "opera": "The overture is played before the curtain rises.",
        "bees": "A hive of bees needs sugar when the summer was wet.",
        "tram": "The tram turns at the cemetery and waits for six minutes.",
        "glacier": "The glacier has lost a third of its ice.",
        "violin": "A violin has four strings, tuned in fifths.",
        "cactus": "Water a cactus rarely, and never in winter.",
    }.items()
}


@contextmanager
def engine_over(
    folder: Path, embedder: SentenceTransformerEmbedder, files: Mapping[str, str]
) -> Iterator[AnswerEngine]:
    """An engine over files that are really indexed."""
    library = Library(folder / "seeds", folder / "data", embedder)
    library.write(dict(files))
    library.ingest()
    index = SearchIndex(library.data)
    try:
        yield AnswerEngine(index, Retriever(index, embedder, TrainedReader()), 0.5)
    finally:
        index.close()


def split(files: Mapping[str, str]) -> dict[str, str]:
    """Return the files with the club's one cut in two."""
    head, tail = "# Club\n\nThe treasurer of the club is Ingrid Falk.\n", "# Club\n\nThe boathouse was built in 1902.\n"
    return {**{name: text for name, text in files.items() if name != "club.md"}, "club-1.md": head, "club-2.md": tail}


def renamed(files: Mapping[str, str]) -> dict[str, str]:
    """Return the files under other names, in a folder."""
    return {f"docs/page-{place}.md": text for place, text in enumerate(files.values())}


CHANGES: dict[str, Callable[[Mapping[str, str]], dict[str, str]]] = {
    "none": dict,
    "ten unrelated documents": lambda files: {**files, **UNRELATED},
    "a file in two": split,
    "other names": renamed,
}


@pytest.fixture(scope="module")
def engines(
    tmp_path_factory: pytest.TempPathFactory, embedder: SentenceTransformerEmbedder
) -> Iterator[dict[str, AnswerEngine]]:
    """An engine over the files as they are, and after each change."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(engine_over(tmp_path_factory.mktemp("rewording"), embedder, change(FILES)))
            for name, change in CHANGES.items()
        }


def says(answer: Answer, words: str | None) -> bool:
    """True if an answer is what is wanted: it has the words, or is none where there are none."""
    if words is None:
        return answer.outcome == "nothing"
    return answer.outcome == "answered" and words in " ".join(answer.text.split())


@pytest.mark.parametrize(("question", "words"), QUESTIONS.items())
def test_the_questions_are_answered_to_begin_with(
    engines: dict[str, AnswerEngine], question: str, words: str | None
) -> None:
    answer = engines["none"].answer(question)
    assert says(answer, words), (answer.outcome, answer.confidence, answer.text)


@pytest.mark.parametrize("change", [name for name in CHANGES if name != "none"])
@pytest.mark.parametrize(("question", "words"), QUESTIONS.items())
def test_other_documents_and_other_files_change_no_answer(
    engines: dict[str, AnswerEngine], change: str, question: str, words: str | None
) -> None:
    before, after = engines["none"].answer(question), engines[change].answer(question)
    assert says(after, words), (after.outcome, after.confidence, after.text)
    if change != "a file in two":
        assert [one.quote for one in after.citations] == [one.quote for one in before.citations]
    if change == "ten unrelated documents":
        assert after.confidence == pytest.approx(before.confidence, abs=0.02)


REWORDINGS: dict[str, Callable[[str], str]] = {
    "small letters": str.lower,
    "capitals": str.upper,
    "no question mark": lambda question: question.rstrip("?"),
    "several signs": lambda question: question.rstrip("?") + "??!",
    "white space": lambda question: f"  {question.replace(' ', '  ')}\n",
    "greeting": lambda question: f"Hi! {question}",
    "greeting and thanks": lambda question: f"hey there, {question} thanks!",
    "a new person": lambda question: f"hello everyone, quick question: {question}",
}


@pytest.mark.parametrize("rewording", REWORDINGS)
@pytest.mark.parametrize(("question", "words"), QUESTIONS.items())
def test_case_signs_and_courtesy_change_no_answer(
    engines: dict[str, AnswerEngine], rewording: str, question: str, words: str | None
) -> None:
    before, after = engines["none"].answer(question), engines["none"].answer(REWORDINGS[rewording](question))
    assert says(after, words), (after.searched, after.outcome, after.confidence, after.text)
    assert [one.quote for one in after.citations] == [one.quote for one in before.citations]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("how do i exprot my notes", "press Export"),
        ("who is teh tresurer of the club", "Ingrid Falk"),
        ("how do i upgarde the server", "Install the new package"),
    ],
)
def test_typing_errors_change_no_answer(engines: dict[str, AnswerEngine], question: str, words: str) -> None:
    answer = engines["none"].answer(question)
    assert says(answer, words), (answer.searched, answer.outcome, answer.confidence, answer.text)
