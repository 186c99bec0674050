"""The public names of both packages: which they are, that loading is lazy, and that a stranger can use them."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import bot
import index
from index import FootnoteRetriever, OpenIndex, open_index
from index.errors import NotIndexed
from tests.architecture import REPOSITORY, is_for_type_checkers, parsed

PUBLIC = {
    "index": [
        "Block",
        "ChromaServer",
        "Chunk",
        "Document",
        "FootnoteError",
        "FootnoteRetriever",
        "IndexConfig",
        "IngestOptions",
        "Ingestion",
        "OpenIndex",
        "Passage",
        "Report",
        "Retrieved",
        "Retriever",
        "Span",
        "open_index",
    ],
    "bot": [
        "Answer",
        "AnswerEngine",
        "Citation",
        "FootnoteError",
        "Parts",
        "Settings",
        "Turn",
        "load_settings",
        "opened",
    ],
}


@pytest.mark.parametrize("package", [index, bot])
def test_the_public_names_are_these_and_each_can_be_loaded(package: object) -> None:
    name = package.__name__  # type: ignore[attr-defined]
    assert import_module(name).__all__ == PUBLIC[name]
    for public in PUBLIC[name]:
        assert getattr(package, public).__name__ == public
        assert public in dir(package)
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = package.nonsense  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", PUBLIC)
def test_a_type_checker_sees_the_names_where_they_are_loaded_from(name: str) -> None:
    tree = parsed(REPOSITORY / name / "__init__.py")
    (for_type_checkers,) = [node for node in tree.body if isinstance(node, ast.If) and is_for_type_checkers(node.test)]
    seen = {
        imported.name: statement.module
        for statement in for_type_checkers.body
        if isinstance(statement, ast.ImportFrom)
        for imported in statement.names
    }
    (modules,) = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_MODULES"
    ]
    assert seen == modules
    assert sorted(seen) == sorted(PUBLIC[name])


def test_importing_the_packages_imports_no_library_and_none_of_their_modules() -> None:
    program = "import sys; before = set(sys.modules); import bot, index; print(*sorted(set(sys.modules) - before))"
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert {name.split(".")[0] for name in done.stdout.split()} - sys.stdlib_module_names == {"bot", "index"}
    assert not any(name.startswith(("bot.", "index.")) for name in done.stdout.split())


@pytest.mark.parametrize("name", PUBLIC)
def test_both_packages_declare_that_they_are_typed(name: str) -> None:
    assert (REPOSITORY / name / "py.typed").is_file()


def test_three_lines_index_a_folder_and_search_it(tmp_path: Path) -> None:
    (tmp_path / "documents" / "birds").mkdir(parents=True)
    (tmp_path / "documents" / "birds" / "herons.md").write_text("# Herons\n\nHerons stand on one leg.\n")
    (tmp_path / "documents" / "ferry.txt").write_text("The ferry leaves at nine.\n")

    with open_index(tmp_path / "data", seeds=tmp_path / "documents") as opened:
        passages = opened.search("When does the ferry leave?")

        assert passages[0].document == "ferry.txt"
        for passage in passages:
            document = opened.document(passage.document)
            assert document is not None
            assert document.text[passage.start : passage.end] == passage.text
        assert opened.document("nothing.txt") is None
        assert [one.document for one in opened.search("ferry", limit=5, folders=["birds"])] == ["birds/herons.md"]
        assert len(opened.search("ferry", limit=1)) == 1
        nodes = FootnoteRetriever(opened.retriever).retrieve("When does the ferry leave?")
        assert nodes[0].node.metadata["document"] == "ferry.txt"

    # The index is there now, so the documents need not be.
    (tmp_path / "documents").rename(tmp_path / "elsewhere")
    with open_index(tmp_path / "data") as again:
        assert isinstance(again, OpenIndex)
        assert again.search("When does the ferry leave?")[0].text == "The ferry leaves at nine."


def test_a_folder_without_an_index_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotIndexed, match=r"there is no index in .*; run `footnote index`"):
        open_index(tmp_path / "data")


def test_three_lines_answer_a_question(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "ferry.txt").write_text("The ferry to the island leaves at nine in the morning.\n")
    settings = bot.load_settings(environment={}, folder=tmp_path)
    with bot.opened(settings) as parts:
        answer = parts.engine.answer("When does the ferry leave?")
    assert [citation.document for citation in answer.citations] == ["ferry.txt"]
    assert "nine in the morning" in answer.text
