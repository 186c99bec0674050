"""The answer cases of `tests/answers` hold: those on the example documents, and those in people's own words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answering.engine import AnswerEngine
from bot.cli.answer_cases.cases import AnswerCase, load_cases
from bot.cli.answer_cases.report import run_cases
from bot.config.prompts import bundled
from bot.config.settings import load_settings
from index.config import IndexConfig
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.ingestion.ingestion import Ingestion
from index.reader.answers.trained import TrainedReader
from index.retrieval.retriever import Retriever
from index.retrieval.search_index import SearchIndex

ROOT = Path(__file__).resolve().parents[1]
ANSWERS = ROOT / "tests" / "answers"
SEEDS = bundled("seeds")  # the example documents
# The documents that the cases of a folder are about.
DOCUMENTS = {ANSWERS: SEEDS, ANSWERS / "people": ANSWERS / "people" / "documents"}
CASES = [pytest.param(folder, case, id=case.name) for folder in DOCUMENTS for case in load_cases([folder])]


@pytest.fixture(scope="module")
def engines(
    tmp_path_factory: pytest.TempPathFactory, embedder: SentenceTransformerEmbedder, indexed: Path
) -> Iterator[dict[Path, AnswerEngine]]:
    """An engine over the documents of each folder of cases."""
    settings = load_settings(environment={}, folder=tmp_path_factory.mktemp("settings"))
    indexes: list[SearchIndex] = []
    engines: dict[Path, AnswerEngine] = {}
    for folder, documents in DOCUMENTS.items():
        if documents == SEEDS:
            data = indexed / ".footnote"
        else:
            data = tmp_path_factory.mktemp("data")
            Ingestion(data, documents, IndexConfig(), embedder).run()
        index = SearchIndex(data)
        indexes.append(index)
        retriever = Retriever(index, embedder, TrainedReader())
        engines[folder] = AnswerEngine(index, retriever, settings.answer_threshold, most_read=settings.read_passages)
    yield engines
    for index in indexes:
        index.close()


@pytest.mark.parametrize(("folder", "case"), CASES)
def test_the_answer_is_as_the_case_wants_it(engines: dict[Path, AnswerEngine], folder: Path, case: AnswerCase) -> None:
    (result,) = run_cases([case], engines[folder].answer)
    got = f"{result.answer.outcome} {result.answer.confidence:.2f}: {result.answer.text}"
    assert result.passed, f"{case.questions[-1]}: {'; '.join(result.failures)}\n{got}"


def test_there_are_cases_of_every_kind() -> None:
    kinds = {Path(case.file).stem for case in load_cases([ANSWERS / "people"])}
    assert kinds == {
        "definitions", "entries", "errors", "facts", "procedures", "refusals", "tables", "typed",
    }  # fmt: skip


def test_every_document_that_is_to_be_cited_exists() -> None:
    folder = ANSWERS / "people"
    for case in load_cases([folder, *([folder / "wanted"] if (folder / "wanted").is_dir() else [])]):
        for document in (document for alternatives in case.cites for document in alternatives):
            assert (DOCUMENTS[folder] / document).is_file(), f"{case.file}, line {case.line}: {document}"
