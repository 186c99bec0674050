"""Retrieval: what either search finds best is in the result, once, from the right folders, ranked as it says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.errors import QuestionError
from index.reader.answers.trained import TrainedReader
from index.retrieval.retriever import LONGEST_QUESTION, READ_PASSAGES, Retriever
from index.retrieval.search_index import SearchIndex
from index.types import Passage
from tests.support.library import Library

FILES = {
    "mill.md": "# The mill\n\nThe mill was built in 1820 by Jakob Brandt. It burned down twice.\n",
    "castle/tower.txt": "The tower of the old castle is forty metres high. Pigeons live in its attic.\n",
    "castle/keep.txt": "Visitors may climb the keep from May to October. Children pay half the price.\n",
    "roads/bridge.txt": "The bridge over the river was closed to lorries last spring.\n",
    "roads/copy.txt": "The bridge over the river was closed to lorries last spring.\n",
    "roads/part.txt": "Order KX-4471 replaces the guard rails along the northern bypass.\n",
    "roads/signs.txt": "Speed limits on the ring road changed after three accidents near the school.\n",
    "market/fish.txt": "Fresh fish is sold on Fridays from six in the morning until noon.\n",
}


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory, embedder: SentenceTransformerEmbedder) -> Iterator[Retriever]:
    """A retriever over eight documents in four folders."""
    folder = tmp_path_factory.mktemp("town")
    library = Library(folder / "seeds", folder / "data", embedder)
    library.write(FILES)
    library.ingest()
    index = SearchIndex(library.data)
    yield Retriever(index, embedder, TrainedReader())
    index.close()


def documents(passages: tuple[Passage, ...]) -> list[str]:
    return [passage.document for passage in passages]


QUESTIONS = ["Who made the water wheel house?", "KX-4471", "How tall is the castle's tower?", "When can I buy seafood?"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_best_hit_of_either_search_is_in_the_result(retriever: Retriever, question: str) -> None:
    hybrid = documents(retriever.retrieve(question, limit=5).passages)
    dense = retriever.retrieve(question, limit=1, mode="dense", rerank=False).passages
    lexical = retriever.retrieve(question, limit=1, mode="lexical", rerank=False).passages
    assert documents(dense)[0] in hybrid
    assert not lexical or documents(lexical)[0] in hybrid


def test_each_search_finds_what_the_other_can_not(retriever: Retriever) -> None:
    assert documents(retriever.retrieve("KX-4471", limit=1).passages) == ["roads/part.txt"]
    assert documents(retriever.retrieve("When can I buy seafood?", limit=1).passages) == ["market/fish.txt"]


def test_near_identical_passages_are_shown_once(retriever: Retriever) -> None:
    found = documents(retriever.retrieve("Which bridge was closed to lorries?", limit=10).passages)
    assert len({"roads/bridge.txt", "roads/copy.txt"} & set(found)) == 1
    assert len(found) == len(set(found))


@pytest.mark.parametrize("rerank", [True, False])
def test_ranks_and_scores_are_what_they_say(retriever: Retriever, rerank: bool) -> None:
    found = retriever.retrieve("How high is the tower of the castle?", limit=8, rerank=rerank)
    best = found.passages[0]
    assert (best.document, best.dense_rank, best.lexical_rank) == ("castle/tower.txt", 1, 1)
    for passage in found.passages:
        assert 0 <= passage.score <= 1
        assert 0 <= passage.fused_score <= 1
        assert -1 <= passage.dense_score <= 1.001
        assert (passage.lexical_score > 0) == (passage.lexical_rank is not None)
        assert passage.text == FILES[passage.document][passage.start : passage.end] or passage.document == "mill.md"
        assert passage.sentences[0].start == passage.start
        assert passage.sentences[-1].end == passage.end
    assert found.retrieve_seconds > 0
    if not rerank:
        scores = [passage.score for passage in found.passages]
        assert scores == sorted(scores, reverse=True)
        assert found.readings is None
        return
    assert found.readings is not None
    order = [reading.score for reading in found.readings]
    assert order == sorted(order, reverse=True)
    assert [passage.score for passage in found.passages] == [reading.probability for reading in found.readings]
    assert sum(reading.shares is not None for reading in found.readings) == READ_PASSAGES
    for passage, reading in zip(found.passages, found.readings, strict=True):
        assert reading.shares is None or len(reading.shares) == len(passage.sentences)


def test_reading_does_not_put_a_worse_passage_first(retriever: Retriever) -> None:
    for question, document in {
        "How high is the tower of the castle?": "castle/tower.txt",
        "when can i buy fish": "market/fish.txt",
        "bridge closed?": "roads/bridge.txt",
        "who built the mill": "mill.md",
    }.items():
        for rerank in (True, False):
            first = retriever.retrieve(question, limit=8, rerank=rerank).passages[0].document
            assert first == document or {first, document} == {"roads/bridge.txt", "roads/copy.txt"}, question


def test_only_the_given_folders_are_searched(retriever: Retriever) -> None:
    question = "Which bridge was closed to lorries?"
    assert set(documents(retriever.retrieve(question, limit=10, folders=["castle"]).passages)) == {
        "castle/tower.txt",
        "castle/keep.txt",
    }
    assert documents(retriever.retrieve(question, limit=10, folders=[""]).passages) == ["mill.md"]
    two = documents(retriever.retrieve(question, limit=10, folders=["castle", "market"]).passages)
    assert {path.split("/")[0] for path in two} == {"castle", "market"}
    assert retriever.retrieve(question, limit=10, folders=["none"]).passages == ()
    assert retriever.retrieve(question, limit=10, folders=[]).passages == ()


def test_no_more_than_the_limit(retriever: Retriever) -> None:
    assert len(retriever.retrieve("the castle", limit=3).passages) == 3
    assert len(retriever.retrieve("the castle", limit=50).passages) == 7


@pytest.mark.parametrize("question", ["", " \n\t", "?!… —", "🙂", "why " * 12_500, "x" * (LONGEST_QUESTION + 1)])
def test_what_can_not_be_searched_is_an_error_of_one_line(retriever: Retriever, question: str) -> None:
    with pytest.raises(QuestionError) as caught:
        retriever.retrieve(question)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("question", ['"tower', "tower) AND (", "[tower TO", "text:tower", "tower\x00", "tower 🙂"])
def test_signs_in_a_question_are_only_signs(retriever: Retriever, question: str) -> None:
    assert documents(retriever.retrieve(question, limit=1).passages) == ["castle/tower.txt"]
