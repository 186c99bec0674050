"""Typing errors in a question: what is put right, and what is left alone."""

from __future__ import annotations

import pytest

from index.retrieval.retriever import Retriever
from index.retrieval.search_index import SearchIndex
from index.retrieval.spelling import edits
from tests.support.library import Library

MINUTES = "Our treasurer keeps the accounts.\n\nThe lighthouse is open in summer. People have worn boots there.\n"


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("teh", "the", 1),
        ("tresurer", "treasurer", 1),
        ("lighthuose", "lighthouse", 1),
        ("cat", "dog", 3),
        ("", "ab", 2),
    ],
)
def test_edits_count_letters_and_swaps(one: str, other: str, distance: int) -> None:
    assert edits(one, other) == edits(other, one) == distance


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("who is teh tresurer", "who is the treasurer"),
        ("when is the lighthuose open", "when is the lighthouse open"),
        ("is porn allowed", "is porn allowed"),  # not "worn"
        ("who is the treasurer", "who is the treasurer"),
        ("what about zxqvw", "what about zxqvw"),
    ],
)
def test_an_unknown_word_becomes_the_nearest_that_the_documents_know(
    library: Library, typed: str, searched: str
) -> None:
    from index.reader.answers.trained import TrainedReader

    library.write({"minutes.md": MINUTES})
    library.ingest()
    index = SearchIndex(library.data)
    try:
        assert Retriever(index, library.embedder, TrainedReader()).retrieve(typed).question == searched
    finally:
        index.close()
