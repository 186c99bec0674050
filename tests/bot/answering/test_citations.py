"""Footnotes are the words of their documents, to the character."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.answering.citations import cite, verify
from index.types import Document, Evidence, Heading, Line, Page, Passage, Span

HERONS = Document(
    path="birds/herons.md",
    title="Herons",
    text="Herons stand. They fish at dawn.\n\nStorks clap. Egrets are white.",
    format="markdown",
    url="https://example.org/herons",
    headings=(Heading(0, 1, "Herons"), Heading(34, 2, "Others")),
    lines=(Line(1, 0), Line(3, 34)),
    pages=(Page(1, 0), Page(2, 34)),
)
WOLVES = Document("wolves.txt", "Wolves", "Wolves howl. They hunt.", "text")


def passage_of(document: Document) -> Passage:
    """The whole of a document as one passage."""
    return Passage(
        chunk_id=1,
        document=document.path,
        title=document.title,
        url=document.url,
        start=0,
        end=len(document.text),
        text=document.text,
        heading=None,
        page=None,
        line=None,
        sentences=(),
        score=1.0,
        dense_rank=1,
        lexical_rank=None,
        dense_score=0.5,
        lexical_score=0.0,
        fused_score=1.0,
    )


def evidence(document: Document, probability: float, *sentences: str) -> Evidence:
    """Evidence of sentences as they stand in a document."""
    starts = [document.text.index(sentence) for sentence in sentences]
    spans = tuple(Span(start, start + len(sentence)) for start, sentence in zip(starts, sentences, strict=True))
    return Evidence(passage_of(document), spans, probability)


def documents(*some: Document) -> dict[str, Document]:
    """Documents by their paths."""
    return {document.path: document for document in some}


def test_nothing_chosen_is_nothing_said() -> None:
    assert cite([], {}) == ((), ())


def test_a_footnote_says_where_its_quote_stands() -> None:
    (sentence,), (citation,) = cite([evidence(HERONS, 0.8, "Storks clap.")], documents(HERONS))
    assert (sentence.text, sentence.citations) == ("Storks clap.", (1,))
    assert (citation.number, citation.document, citation.title) == (1, "birds/herons.md", "Herons")
    assert (citation.page, citation.heading, citation.line) == (2, "Herons › Others", 3)
    assert (citation.url, citation.score) == ("https://example.org/herons", 0.8)
    assert HERONS.text[citation.start : citation.end] == citation.quote == "Storks clap."


def test_sentences_that_follow_each_other_share_a_footnote() -> None:
    chosen = [evidence(HERONS, 0.9, "Storks clap."), evidence(HERONS, 0.7, "They fish at dawn.")]
    sentences, citations = cite(chosen, documents(HERONS))
    assert [one.text for one in sentences] == ["They fish at dawn.", "Storks clap."]
    assert [one.citations for one in sentences] == [(1,), (1,)]
    assert [one.quote for one in citations] == ["They fish at dawn.\n\nStorks clap."]
    assert citations[0].score == 0.9


def test_sentences_apart_have_footnotes_of_their_own() -> None:
    chosen = [evidence(HERONS, 0.9, "Egrets are white."), evidence(HERONS, 0.7, "Herons stand.")]
    sentences, citations = cite(chosen, documents(HERONS))
    assert [(one.text, one.citations) for one in sentences] == [("Herons stand.", (1,)), ("Egrets are white.", (2,))]
    assert [one.number for one in citations] == [1, 2]
    assert [one.score for one in citations] == [0.7, 0.9]


def test_documents_come_in_the_order_of_their_best_evidence() -> None:
    chosen = [evidence(WOLVES, 0.9, "They hunt."), evidence(HERONS, 0.8, "Herons stand.")]
    _, citations = cite(chosen, documents(HERONS, WOLVES))
    assert [one.document for one in citations] == ["wolves.txt", "birds/herons.md"]
    assert (citations[0].page, citations[0].heading, citations[0].line, citations[0].url) == (None, None, None, None)


def test_a_sentence_chosen_twice_is_said_once() -> None:
    chosen = [evidence(WOLVES, 0.9, "Wolves howl.", "They hunt."), evidence(WOLVES, 0.8, "Wolves howl.")]
    sentences, citations = cite(chosen, documents(WOLVES))
    assert [one.text for one in sentences] == ["Wolves howl.", "They hunt."]
    assert len(citations) == 1


def test_parts_of_a_sentence_are_not_said_beside_it() -> None:
    chosen = [
        evidence(WOLVES, 0.9, "howl. They"),
        evidence(WOLVES, 0.8, "Wolves howl. They"),
        evidence(WOLVES, 0.7, "They"),
    ]
    sentences, (citation,) = cite(chosen, documents(WOLVES))
    assert [one.text for one in sentences] == ["Wolves howl. They"]
    assert citation.quote == "Wolves howl. They"


def test_only_the_very_words_at_the_very_place_verify() -> None:
    _, (citation,) = cite([evidence(WOLVES, 0.9, "Wolves howl.")], documents(WOLVES))
    assert verify(citation, WOLVES)
    assert not verify(citation, HERONS)
    assert not verify(citation, replace(WOLVES, text="Wolves growl. They hunt."))
    assert not verify(citation, replace(WOLVES, text="Wolves howl"))
    assert not verify(replace(citation, quote="Wolves howl!"), WOLVES)
    assert not verify(replace(citation, start=1, end=13), WOLVES)
    assert not verify(replace(citation, start=3, end=3, quote=""), WOLVES)
    assert not verify(replace(citation, start=-23, end=-11), WOLVES)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60), st.floats(0, 1)), max_size=6), st.text(min_size=130))
def test_whatever_is_chosen_every_sentence_is_cited_and_every_quote_verifies(
    pieces: list[tuple[int, int, float]], text: str
) -> None:
    document = Document("any.txt", "Any", text, "text")
    passage = passage_of(document)
    chosen = [Evidence(passage, (Span(start, start + length),), score) for start, length, score in pieces]
    sentences, citations = cite(chosen, documents(document))
    assert [one.number for one in citations] == list(range(1, len(citations) + 1))
    assert all(verify(citation, document) for citation in citations)
    quotes = {one.number: one.quote for one in citations}
    for sentence in sentences:
        assert any(sentence.text in quotes[number] for number in sentence.citations)
