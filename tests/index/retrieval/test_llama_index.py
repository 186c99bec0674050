"""A stock query engine of llama-index over Footnote's retrieval."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import TextNode

from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.errors import QuestionError
from index.reader.answers.trained import TrainedReader
from index.retrieval.llama_index import FootnoteRetriever
from index.retrieval.retriever import Retriever
from index.retrieval.search_index import SearchIndex
from tests.support.library import Library

TOWER = "The tower of the old castle is forty metres high. Pigeons live in its attic."
FILES = {
    "mill.md": "# The mill\n\nIt was built in 1820.\n\n# Fires\n\nThe mill burned down twice.\n",
    "castle/tower.txt": TOWER + "\n",
}


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory, embedder: SentenceTransformerEmbedder) -> Iterator[Retriever]:
    """A retriever over two documents."""
    folder = tmp_path_factory.mktemp("town")
    library = Library(folder / "seeds", folder / "data", embedder)
    library.write(FILES)
    library.ingest()
    index = SearchIndex(library.data)
    yield Retriever(index, embedder, TrainedReader())
    index.close()


def test_a_query_engine_gets_nodes_with_their_places(retriever: Retriever) -> None:
    engine = RetrieverQueryEngine.from_args(FootnoteRetriever(retriever, limit=2), llm=MockLLM())
    response = engine.query("How high is the tower of the castle?")
    assert "forty metres" in str(response), "the mock model repeats its prompt"
    best, other = response.source_nodes
    node = best.node
    assert isinstance(node, TextNode)
    assert (node.get_content(), node.start_char_idx, node.end_char_idx) == (TOWER, 0, len(TOWER))
    assert node.metadata == {
        "document": "castle/tower.txt",
        "title": "tower",
        "heading": None,
        "page": None,
        "line": 1,
        "url": None,
    }
    assert best.get_score() >= other.get_score()
    assert 0 < best.get_score() <= 1
    assert other.node.metadata["document"] == "mill.md"


def test_questions_may_be_asked_at_the_same_time(retriever: Retriever) -> None:
    engine = RetrieverQueryEngine.from_args(FootnoteRetriever(retriever, limit=1), llm=MockLLM())

    async def ask() -> list[str]:
        responses = await asyncio.gather(*(engine.aquery("When did the mill burn down?") for _ in range(4)))
        return [response.source_nodes[0].node.metadata["heading"] for response in responses]

    assert asyncio.run(ask()) == ["Fires"] * 4


def test_folders_and_errors_are_passed_on(retriever: Retriever) -> None:
    scoped = FootnoteRetriever(retriever, folders=["castle"])
    assert {one.node.metadata["document"] for one in scoped.retrieve("mill")} == {"castle/tower.txt"}
    with pytest.raises(QuestionError):
        scoped.retrieve("?!")
