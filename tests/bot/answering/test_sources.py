"""What is kept of the words around a quote."""

from __future__ import annotations

import hashlib

import pytest

from bot.answering.sources import SURROUNDINGS, document_hash, source_of
from bot.types import Citation
from index.types import Document

WORDS = " ".join(f"Heron number {number} stands on one leg." for number in range(100))


def document_of(text: str) -> Document:
    return Document(path="herons.md", title="Herons", text=text, format="markdown")


def cited(document: Document, quote: str) -> Citation:
    start = document.text.index(quote)
    return Citation(1, document.path, document.title, None, None, None, 1, start, start + len(quote), quote, 0.9)


def test_a_quote_is_kept_with_whole_words_around_it() -> None:
    document = document_of(WORDS)
    citation = cited(document, "Heron number 50 stands on one leg.")
    source = source_of(citation, document)
    assert source.citation == citation
    assert source.before + citation.quote + source.after in document.text
    assert WORDS.startswith(source.before, citation.start - len(source.before))
    assert SURROUNDINGS - 10 < len(source.before) <= SURROUNDINGS
    assert SURROUNDINGS - 10 < len(source.after) <= SURROUNDINGS
    assert WORDS[citation.start - len(source.before) - 1] == " " == WORDS[citation.end + len(source.after)]
    assert (source.cut_before, source.cut_after) == (True, True)
    assert source.document_hash == hashlib.sha256(WORDS.encode()).hexdigest()


def test_a_short_document_is_kept_whole() -> None:
    document = document_of("Herons fish.\n\nA heron stands on one leg.\nIt sleeps so.")
    source = source_of(cited(document, "A heron stands on one leg."), document)
    assert (source.before, source.after) == ("Herons fish.\n\n", "\nIt sleeps so.")
    assert (source.cut_before, source.cut_after) == (False, False)


def test_a_quote_that_is_the_whole_document_has_nothing_around_it() -> None:
    document = document_of("A heron stands on one leg.")
    source = source_of(cited(document, document.text), document)
    assert (source.before, source.after, source.cut_before, source.cut_after) == ("", "", False, False)


@pytest.mark.parametrize("between", ["", "鷺は魚を食べる"])
def test_text_without_spaces_is_cut_all_the_same(between: str) -> None:
    document = document_of("x" * 1000 + between + "QUOTE" + between + "y" * 1000)
    source = source_of(cited(document, "QUOTE"), document)
    assert len(source.before) == len(source.after) == SURROUNDINGS
    assert (source.cut_before, source.cut_after) == (True, True)


def test_a_document_that_has_changed_has_another_hash() -> None:
    assert document_hash(document_of("Herons fish.")) == document_hash(document_of("Herons fish."))
    assert document_hash(document_of("Herons fish.")) != document_hash(document_of("Herons fish!"))
