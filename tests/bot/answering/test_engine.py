"""Questions to cited answers, over a real index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from bot.answering.citations import verify
from bot.answering.engine import MOST_SENTENCES, AnswerEngine, best_sentences, choose, ranked_evidence
from bot.types import Answer, Turn
from index.errors import QuestionError
from index.reader.answers.trained import TrainedReader
from index.retrieval.retriever import Retrieved, Retriever
from index.retrieval.search_index import SearchIndex
from index.types import Evidence, FloatArray, Passage, Span
from tests.conftest import Library

FILES: dict[str, str | bytes] = {
    "birds/herons.md": (
        "# Herons\n\nThe grey heron is a long-legged bird. It stands on one leg while it sleeps. "
        "Its nest is built by both parents.\n"
    ),
    "birds/storks.md": "# Storks\n\nThe white stork clatters with its bill. It winters in Africa.\n",
    "beasts/wolves.md": "# Wolves\n\nThe wolf pack is led by a pair. A wolf pack hunts elk in winter.\n",
}


@contextmanager
def engine_over(library: Library, threshold: float = 0.5) -> Iterator[tuple[AnswerEngine, SearchIndex]]:
    """An engine over what is indexed in a library."""
    index = SearchIndex(library.data)
    try:
        retriever = Retriever(index, library.embedder, TrainedReader())
        yield AnswerEngine(index, retriever, threshold), index
    finally:
        index.close()


def cited(answer: Answer) -> list[str]:
    """The documents of an answer's footnotes."""
    return [citation.document for citation in answer.citations]


@pytest.fixture
def animals(library: Library) -> Library:
    """Some animals, indexed."""
    library.write(FILES)
    library.ingest()
    return library


def test_an_answer_is_quoted_and_verified(animals: Library) -> None:
    with engine_over(animals) as (engine, index):
        answer = engine.answer("What does the wolf pack hunt in winter?")
        assert not answer.abstained
        assert cited(answer) == ["beasts/wolves.md"]
        assert "A wolf pack hunts elk in winter." in [sentence.text for sentence in answer.sentences]
        assert answer.question == answer.searched == "What does the wolf pack hunt in winter?"
        for citation in answer.citations:
            document = index.catalog.document(citation.document)
            assert document is not None
            assert verify(citation, document)
        assert answer.confidence >= answer.threshold == 0.5
        assert 0 < answer.timings.retrieve + answer.timings.read <= answer.timings.total


def test_what_nothing_answers_is_not_answered(animals: Library) -> None:
    with engine_over(animals) as (engine, _):
        answer = engine.answer("Who won the World Cup?")
    assert answer.abstained
    assert (answer.sentences, answer.citations) == ((), ())
    assert answer.text == ""
    assert answer.passages
    assert answer.evidence
    assert answer.confidence < 0.5


@pytest.mark.parametrize("question", ["What does the wolf pack hunt?", "Where do storks spend the winter?"])
def test_the_threshold_decides_what_is_shown(animals: Library, question: str) -> None:
    shown: list[int] = []
    for threshold in (0.0, 0.5, 1.0):
        with engine_over(animals, threshold) as (engine, _):
            answer = engine.answer(question)
            shown.append(len(answer.sentences))
            assert answer.abstained == (answer.confidence < threshold)
            assert all(citation.score >= threshold for citation in answer.citations)
    assert shown[0] >= shown[1] >= shown[2] == 0


def test_a_follow_up_is_searched_with_what_was_asked_before(animals: Library) -> None:
    turn = Turn("What does the wolf pack hunt?", "What does the wolf pack hunt?", "A wolf pack hunts elk in winter.")
    with engine_over(animals) as (engine, _):
        answer = engine.answer("Who leads it?", [turn])
    assert answer.question == "Who leads it?"
    assert "wolf pack" in answer.searched
    assert answer.passages[0].document == "beasts/wolves.md"


def test_only_the_folders_that_are_named_are_searched(animals: Library) -> None:
    with engine_over(animals, threshold=0.0) as (engine, _):
        answer = engine.answer("What does the wolf pack hunt in winter?", folders=["birds"])
    assert {passage.document.split("/")[0] for passage in answer.passages} == {"birds"}
    assert all(document.startswith("birds/") for document in cited(answer))


def test_a_question_without_a_word_is_refused(animals: Library) -> None:
    with engine_over(animals) as (engine, _), pytest.raises(QuestionError, match="no word"):
        engine.answer("?!")


def test_an_index_without_documents_abstains(library: Library) -> None:
    library.write({"a.txt": "Herons stand on one leg."})
    library.ingest()
    (library.seeds / "a.txt").unlink()
    library.ingest(prune=True)
    with engine_over(library, threshold=0.0) as (engine, _):
        answer = engine.answer("What do herons do?")
    assert answer.abstained
    assert answer.passages == ()
    assert answer.confidence == 0.0


def passage_of(*sentences: str) -> Passage:
    """A passage of sentences, which begins at offset 10 of its document."""
    text, spans = "", []
    for sentence in sentences:
        spans.append(Span(10 + len(text), 10 + len(text) + len(sentence)))
        text += f"{sentence} "
    return Passage(
        chunk_id=1,
        document="a.txt",
        title="A",
        url=None,
        start=10,
        end=10 + len(text),
        text=text,
        heading=None,
        page=None,
        line=None,
        sentences=tuple(spans),
        score=1.0,
        dense_rank=1,
        lexical_rank=1,
        dense_score=0.5,
        lexical_score=1.0,
        fused_score=1.0,
    )


def probabilities(*values: float) -> FloatArray:
    """The probabilities of a passage's sentences."""
    return np.asarray(values, np.float32)


def words(evidence: Evidence) -> list[str]:
    """The sentences of a piece of evidence."""
    return [evidence.passage.text_of(span) for span in evidence.spans]


def test_evidence_is_ranked_over_all_passages_and_says_nothing_twice() -> None:
    passages = [passage_of("Herons stand on one leg.", "Storks clap."), passage_of("Herons stand on one leg!", "Elk.")]
    found = ranked_evidence(passages, [probabilities(0.9, 0.2), probabilities(0.8, 0.5)])
    assert [words(one) for one in found] == [["Herons stand on one leg."], ["Elk."], ["Storks clap."]]
    assert [passages.index(one.passage) for one in found] == [0, 1, 0]


def test_sentences_that_differ_in_a_figure_or_a_name_do_not_say_the_same() -> None:
    texts = ["The Hollow Bridge was opened in 1846.", "The Hollow Bridge was opened in 1848.", "A bridge."]
    found = ranked_evidence([passage_of(text) for text in texts], [probabilities(0.9), probabilities(0.8)])
    assert [words(one) for one in found] == [[text] for text in texts[:2]]
    shorter = "The great Hollow Bridge was opened in 1846."
    found = ranked_evidence([passage_of(texts[0]), passage_of(shorter)], [probabilities(0.9), probabilities(0.8)])
    assert len(found) == 1


def test_the_best_sentence_of_each_passage_that_was_read() -> None:
    passages = (passage_of("Herons are patient.", "They fish at dawn."), passage_of("Elk."))
    retrieved = Retrieved(passages, (probabilities(0.25, 0.75),), 0.0, 0.0)
    assert best_sentences(retrieved) == [(0.75, "They fish at dawn."), None]
    assert best_sentences(Retrieved(passages, None, 0.0, 0.0)) == [None, None]


def test_a_sentence_that_leans_on_the_one_before_brings_it_along() -> None:
    found = ranked_evidence([passage_of("Herons are patient.", "They fish at dawn.")], [probabilities(0.1, 0.9)])
    assert words(found[0]) == ["Herons are patient.", "They fish at dawn."]


def test_passages_that_were_not_read_give_no_evidence() -> None:
    (found,) = ranked_evidence([passage_of("Elk."), passage_of("Herons.")], [probabilities(0.4)])
    assert words(found) == ["Elk."]
    assert ranked_evidence([passage_of("Elk.")], ()) == []


def test_an_answer_shows_what_is_sure_and_nothing_much_less_sure_than_that() -> None:
    passage = passage_of("One.", "Two.", "Three.", "Four.", "Five.")

    def chosen(threshold: float, *values: float) -> int:
        return len(choose([Evidence(passage, (passage.sentences[0],), value) for value in values], threshold))

    assert chosen(0.5) == 0
    assert chosen(0.5, 0.49) == 0
    assert chosen(0.5, 0.5) == 1
    assert chosen(0.5, 0.9, 0.6, 0.55) == 3
    assert chosen(0.5, 0.9, 0.53) == 1
    assert chosen(0.0, 0.2, 0.1) == 1
    assert chosen(0.5, *[0.9] * 5) == MOST_SENTENCES
