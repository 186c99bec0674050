"""Questions to cited answers, over a real index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from bot.answering.citations import verify
from bot.answering.engine import (
    CLOSEST_SHARE,
    WIDER_THRESHOLD,
    AnswerEngine,
    best_sentences,
    outcome_of,
    ranked_evidence,
)
from bot.types import Answer, Turn
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.errors import QuestionError
from index.reader.answers.trained import TrainedReader
from index.reader.interface import Reading
from index.retrieval.retriever import Retrieved, Retriever
from index.retrieval.search_index import SearchIndex
from index.types import Evidence, Passage, Span
from tests.support.library import Library

FILES: dict[str, str | bytes] = {
    "birds/herons.md": (
        "# Herons\n\nThe grey heron is a long-legged bird. It stands on one leg while it sleeps. "
        "Its nest is built by both parents.\n"
    ),
    "birds/storks.md": "# Storks\n\nThe white stork clatters with its bill. It winters in Africa.\n",
    "beasts/wolves.md": "# Wolves\n\nThe wolf pack is led by a pair. A wolf pack hunts elk in winter.\n",
}
HUNTS = "What does the wolf pack hunt in winter?"


@contextmanager
def engine_over(library: Library, threshold: float = 0.5) -> Iterator[AnswerEngine]:
    """An engine over what is indexed in a library."""
    index = SearchIndex(library.data)
    try:
        yield AnswerEngine(index, Retriever(index, library.embedder, TrainedReader()), threshold)
    finally:
        index.close()


def cited(answer: Answer) -> list[str]:
    """The documents of an answer's footnotes."""
    return [citation.document for citation in answer.citations]


@pytest.fixture(scope="module")
def animals(tmp_path_factory: pytest.TempPathFactory, embedder: SentenceTransformerEmbedder) -> Library:
    """Some animals, indexed. Not to be changed."""
    folder = tmp_path_factory.mktemp("animals")
    library = Library(folder / "seeds", folder / "data", embedder)
    library.write(FILES)
    library.ingest()
    return library


def test_an_answer_is_quoted_and_verified(animals: Library) -> None:
    index = SearchIndex(animals.data)
    try:
        answer = AnswerEngine(index, Retriever(index, animals.embedder, TrainedReader()), 0.5).answer(HUNTS)
        assert (answer.outcome, answer.abstained) == ("answered", False)
        assert cited(answer) == ["beasts/wolves.md"]
        assert "A wolf pack hunts elk in winter." in answer.text
        assert answer.text.endswith("[1]")
        assert answer.question == answer.searched == HUNTS
        for citation in answer.citations:
            document = index.catalog.document(citation.document)
            assert document is not None
            assert verify(citation, document)
        assert answer.confidence >= answer.threshold == 0.5
        assert 0 < answer.timings.retrieve + answer.timings.read <= answer.timings.total
        assert (answer.reader, answer.passages_read) == ("trained", len(answer.passages))
    finally:
        index.close()


def test_what_nothing_answers_is_not_answered(animals: Library) -> None:
    with engine_over(animals) as engine:
        answer = engine.answer("Who won the World Cup?")
    assert (answer.outcome, answer.abstained, answer.form) == ("nothing", True, None)
    assert (answer.blocks, answer.citations, answer.more) == ((), (), None)
    assert answer.text == ""
    assert answer.passages
    assert answer.evidence
    assert answer.confidence < 0.5


@pytest.mark.parametrize(
    ("confidence", "threshold", "outcome"),
    [
        (0.5, 0.5, "answered"),
        (0.49, 0.5, "closest"),
        (CLOSEST_SHARE * 0.5, 0.5, "closest"),
        (CLOSEST_SHARE * 0.5 - 0.01, 0.5, "nothing"),
        (0.0, 0.0, "answered"),
        (0.99, 1.0, "closest"),
    ],
)
def test_the_threshold_decides_between_three_outcomes(confidence: float, threshold: float, outcome: str) -> None:
    assert outcome_of(confidence, threshold) == outcome


@pytest.mark.parametrize("question", [HUNTS, "Where do storks spend the winter?"])
def test_a_higher_threshold_shows_the_same_words_less_surely(animals: Library, question: str) -> None:
    answers = []
    for threshold in (0.0, 0.5, 0.999):
        with engine_over(animals, threshold) as engine:
            answers.append(engine.answer(question))
    sure, usual, unsure = answers
    assert sure.outcome == usual.outcome == "answered"
    assert unsure.outcome in ("closest", "nothing")
    assert sure.confidence == usual.confidence == unsure.confidence
    if unsure.outcome == "closest":
        assert [one.quote for one in unsure.citations] == [one.quote for one in usual.citations]


def test_what_comes_closest_is_shown_with_its_footnote(animals: Library) -> None:
    with engine_over(animals, 0.999) as engine:
        answer = engine.answer(HUNTS)
    assert (answer.outcome, answer.abstained) == ("closest", True)
    assert cited(answer) == ["beasts/wolves.md"]
    assert answer.blocks
    assert answer.disagreements == ()


def test_a_follow_up_is_searched_with_what_was_asked_before(animals: Library) -> None:
    turn = Turn("What does the wolf pack hunt?", "What does the wolf pack hunt?", "A wolf pack hunts elk in winter.")
    with engine_over(animals) as engine:
        answer = engine.answer("Who leads it?", turns=[turn])
    assert answer.question == "Who leads it?"
    assert "wolf pack" in answer.searched
    assert answer.passages[0].document == "beasts/wolves.md"


def test_only_the_folders_that_are_named_are_searched(animals: Library) -> None:
    with engine_over(animals, threshold=0.0) as engine:
        answer = engine.answer(HUNTS, folders=["birds"])
    assert {passage.document.split("/")[0] for passage in answer.passages} == {"birds"}
    assert all(document.startswith("birds/") for document in cited(answer))


def test_searching_wider_answers_from_a_lower_threshold_on(animals: Library) -> None:
    with engine_over(animals) as engine:
        answer = engine.answer(HUNTS, wider=True)
    assert answer.threshold == pytest.approx(WIDER_THRESHOLD * 0.5)
    assert answer.outcome == "answered"


def test_a_question_without_a_word_is_refused(animals: Library) -> None:
    with engine_over(animals) as engine, pytest.raises(QuestionError, match="no word"):
        engine.answer("?!")


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("hey there!", "greeting"),
        ("thanks a lot", "thanks"),
        ("what can you do?", "capabilities"),
        ("help", "capabilities"),
    ],
)
def test_small_talk_is_not_searched_for(animals: Library, text: str, note: str) -> None:
    with engine_over(animals, threshold=0.0) as engine:
        answer = engine.answer(text)
    assert (answer.note, answer.outcome, answer.passages) == (note, "nothing", ())


def test_a_vague_message_is_searched_for_only_as_a_follow_up(animals: Library) -> None:
    turn = Turn(HUNTS, HUNTS, "A wolf pack hunts elk in winter.")
    with engine_over(animals) as engine:
        assert engine.answer("why?").note == "vague"
        assert engine.answer("why?", turns=[turn]).note is None


def test_several_questions_are_answered_part_by_part(animals: Library) -> None:
    with engine_over(animals) as engine:
        answer = engine.answer(f"{HUNTS} And where do white storks winter? Who won the World Cup?")
    assert answer.outcome == "answered"
    assert cited(answer) == ["beasts/wolves.md", "birds/storks.md"]
    assert [one.number for one in answer.citations] == [1, 2]
    assert [block.citation for block in answer.blocks] == sorted(block.citation for block in answer.blocks)
    assert answer.unanswered == ("Who won the World Cup?",)


def test_several_questions_without_an_answer_are_one_without(animals: Library) -> None:
    with engine_over(animals) as engine:
        answer = engine.answer("Who won the World Cup? How do I bake sourdough bread?")
    assert answer.outcome == "nothing"
    assert answer.unanswered == ()


def test_an_index_without_documents_answers_nothing(library: Library) -> None:
    library.write({"a.txt": "Herons stand on one leg."})
    library.ingest()
    (library.seeds / "a.txt").unlink()
    library.ingest(prune=True)
    for threshold in (0.0, 0.5):
        with engine_over(library, threshold) as engine:
            answer = engine.answer("What do herons do?")
        assert answer.outcome == "nothing"
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


def reading(*shares: float, probability: float = 1.0) -> Reading:
    """A reading with the shares of a passage's sentences."""
    return Reading(probability, probability, np.asarray(shares, np.float32))


def words(evidence: Evidence) -> list[str]:
    """The sentences of a piece of evidence."""
    return [evidence.passage.text_of(span) for span in evidence.spans]


def test_evidence_is_ranked_over_all_passages_and_says_nothing_twice() -> None:
    passages = [passage_of("Herons stand on one leg.", "Storks clap."), passage_of("Herons stand on one leg!", "Elk.")]
    found = ranked_evidence(passages, [reading(0.9, 0.2), reading(0.8, 0.5)])
    assert [words(one) for one in found] == [["Herons stand on one leg."], ["Elk."], ["Storks clap."]]
    assert [passages.index(one.passage) for one in found] == [0, 1, 0]


def test_the_first_evidence_is_of_the_first_passage_however_sure_others_are() -> None:
    passages = [passage_of("Herons.", "Storks clap."), passage_of("Elk.")]
    found = ranked_evidence(passages, [reading(0.1, 1, probability=0.5), reading(1, probability=0.9)])
    assert [words(one) for one in found] == [["Storks clap."], ["Elk."], ["Herons."]]
    assert [round(one.probability, 3) for one in found] == [0.5, 0.9, 0.05]


def test_sentences_that_differ_in_a_figure_or_a_name_do_not_say_the_same() -> None:
    texts = ["The Hollow Bridge was opened in 1846.", "The Hollow Bridge was opened in 1848.", "A bridge."]
    found = ranked_evidence([passage_of(text) for text in texts], [reading(0.9), reading(0.8)])
    assert [words(one) for one in found] == [[text] for text in texts[:2]]
    shorter = "The great Hollow Bridge was opened in 1846."
    found = ranked_evidence([passage_of(texts[0]), passage_of(shorter)], [reading(0.9), reading(0.8)])
    assert len(found) == 1


def test_the_best_sentence_of_each_passage_that_was_read() -> None:
    passages = (passage_of("Herons are patient.", "They fish at dawn."), passage_of("Elk."))
    readings = (reading(0.25, 1, probability=0.75), Reading(0.1, 0.1, None))
    assert best_sentences(Retrieved("Where?", passages, readings, 0.0, 0.0)) == [(0.75, "They fish at dawn."), None]
    assert best_sentences(Retrieved("Where?", passages, None, 0.0, 0.0)) == [None, None]


def test_a_sentence_that_leans_on_the_one_before_brings_it_along() -> None:
    found = ranked_evidence([passage_of("Herons are patient.", "They fish at dawn.")], [reading(0.1, 0.9)])
    assert words(found[0]) == ["Herons are patient.", "They fish at dawn."]


def test_passages_that_were_not_read_give_no_evidence() -> None:
    (found,) = ranked_evidence([passage_of("Elk."), passage_of("Herons.")], [reading(0.4), Reading(0.1, 0.1, None)])
    assert words(found) == ["Elk."]
    assert ranked_evidence([passage_of("Elk.")], ()) == []
    assert ranked_evidence([], ()) == []


def test_an_entry_that_shows_only_its_beginning_can_disagree_with_another_document(library: Library) -> None:
    wood = "The wood beyond the town was still, and nothing moved in it for hours on end. " * 12
    asked = "When was the Hollow Bridge opened?"
    library.write(
        {
            "faq.md": f"# Town\n\n## {asked}\n\n{wood}\n\nThe Hollow Bridge was opened in 1846.\n",
            "guide.md": "Stop at the Hollow Bridge. The Hollow Bridge was opened in 1848.\n",
        }
    )
    library.ingest()
    with engine_over(library, threshold=0.0) as engine:
        answer = engine.answer(asked)
    numbers = {citation.number for citation in answer.citations}
    assert answer.outcome == "answered"
    assert all(set(one.citations) <= numbers for one in answer.disagreements)
