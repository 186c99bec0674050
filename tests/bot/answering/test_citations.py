"""Footnotes are the words of their documents, to the character."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.answering.citations import citation_of, verify
from index.types import Document, Heading, Line, Page

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


def test_a_footnote_says_where_its_quote_stands() -> None:
    start = HERONS.text.index("Storks")
    citation = citation_of(3, HERONS, start, start + len("Storks clap."), 0.8)
    assert (citation.number, citation.document, citation.title) == (3, "birds/herons.md", "Herons")
    assert (citation.page, citation.heading, citation.line) == (2, "Herons › Others", 3)
    assert (citation.url, citation.score) == ("https://example.org/herons", 0.8)
    assert HERONS.text[citation.start : citation.end] == citation.quote == "Storks clap."


def test_a_footnote_of_a_plain_text_has_no_page_heading_and_address() -> None:
    citation = citation_of(1, WOLVES, 0, 12, 0.5)
    assert (citation.page, citation.heading, citation.line, citation.url) == (None, None, None, None)


def test_only_the_very_words_at_the_very_place_verify() -> None:
    citation = citation_of(1, WOLVES, 0, 12, 0.9)
    assert citation.quote == "Wolves howl."
    assert verify(citation, WOLVES)
    assert not verify(citation, HERONS)
    assert not verify(citation, replace(WOLVES, text="Wolves growl. They hunt."))
    assert not verify(citation, replace(WOLVES, text="Wolves howl"))
    assert not verify(replace(citation, quote="Wolves howl!"), WOLVES)
    assert not verify(replace(citation, start=1, end=13), WOLVES)
    assert not verify(replace(citation, start=3, end=3, quote=""), WOLVES)
    assert not verify(replace(citation, start=-23, end=-11), WOLVES)


@given(st.text(min_size=1), st.data())
def test_whatever_is_cited_verifies(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    document = Document("any.txt", "Any", text, "text")
    assert verify(citation_of(1, document, start, end, 0.5), document)
