"""Messages checked against the example documents, with the real embedder over a real index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.answering.citations import verify
from bot.answering.claim_check import MOST_SENTENCES, NOT_SEARCHABLE, TOO_MANY, check_message
from bot.answering.claim_sentences import A_QUESTION, NO_CLAIM
from bot.types import CheckedSentence
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.reader.answers.trained import TrainedReader
from index.reader.claims.interface import Support
from index.retrieval.retriever import LONGEST_QUESTION, Retriever
from index.retrieval.search_index import SearchIndex
from index.types import Passage
from tests.support.library import Library


@dataclass(frozen=True)
class Opened:
    """The parts that checking needs."""

    index: SearchIndex
    retriever: Retriever
    embedder: SentenceTransformerEmbedder


@pytest.fixture(scope="module")
def example(indexed: Path, embedder: SentenceTransformerEmbedder) -> Iterator[Opened]:
    """Yield the example documents, indexed and opened."""
    index = SearchIndex(indexed / ".footnote")
    yield Opened(index, Retriever(index, embedder, TrainedReader()), embedder)
    index.close()


def checked(example: Opened, claim: str, folders: Sequence[str] | None = None) -> CheckedSentence:
    """Return the only sentence of a message, checked."""
    (found,) = check_message(claim, example, folders=folders)
    return found


@pytest.mark.parametrize(
    "claim",
    [
        "The Associated Press was founded in 1846.",
        "The AP has its headquarters in New York.",
        "The Associated Press is an American news agency.",
        "John Bolton became national security adviser in April 2018.",
        "Bolton was ambassador to the United Nations from 2005 to 2006.",
        "Bolton said that the talks were about Maduro's departure and free elections.",
        "Bolton used Twitter for his reply.",
        "Bolton did not deny that the contacts existed.",
        "Bolton responded on Wednesday.",
        "Nicolás Maduro became president of Venezuela in 2013.",
        "Maduro became president after the death of Hugo Chávez.",
        "Maduro said that the meetings had his authorization.",
        "Maduro confirmed that the governments were in contact.",
        "Donald Trump took office in January 2017.",
        "Trump refused to give the names of the Venezuelans.",
        "Trump spoke about the contacts on Tuesday.",
        "Cabello accused the AP of spreading lies.",
        "Cabello called the report false.",
        "Cabello took over as president of the Constituent Assembly in June 2018.",
        "The Constituent Assembly was elected in 2017.",
        "The photograph of Trump dates from August 11, 2017.",
        "Jim Watson and Federico Parra took the pictures for AFP.",
    ],
)
def test_a_claim_that_the_documents_make_is_supported(example: Opened, claim: str) -> None:
    found = checked(example, claim)
    assert (found.verdict, found.reason) == ("supported", "")
    assert found.source is not None
    assert found.text == claim


@pytest.mark.parametrize(
    ("claim", "said", "claimed"),
    [
        ("The Associated Press was founded in 1856.", "1846", "1856"),
        ("John Bolton became national security adviser in April 2016.", "April 2018", "April 2016"),
        ("John Bolton became national security adviser in May 2018.", "April 2018", "May 2018"),
        ("Bolton was ambassador to the United Nations from 2001 to 2003.", "2005 to 2006", "2001 to 2003"),
        ("Maduro became president of Venezuela in 2015.", "2013", "2015"),
        ("The Constituent Assembly was elected in 2015.", "2017", "2015"),
        ("Cabello took over as president of the Constituent Assembly in June 2016.", "June 2018", "June 2016"),
        ("Trump spoke about the contacts on Thursday.", "Tuesday", "Thursday"),
        ("The Associated Press published its report on Monday.", "Sunday", "Monday"),
        ("The contacts became known in August 2020.", "August 2019", "August 2020"),
        ("The photograph of Maduro was taken in Caracas on June 22, 2018.", "June 22, 2017", "June 22, 2018"),
        ("Three older photographs have been printed with the story.", "Two", "Three"),
        ("The Associated Press has its headquarters in London.", "New York", "London"),
        ("Bolton denied that the contacts existed.", "not deny", "denied"),
        ("Maduro denied that contacts existed.", "not deny", "denied"),
        ("Maduro did not confirm that the contacts existed.", "confirmed", "not confirm"),
        ("Bolton did not use Twitter for his reply.", "used", "not use"),
        ("Trump gave the names of the Venezuelans.", "refused to give", "gave"),
        ("Cabello confirmed the AP report.", "denied", "confirmed"),
    ],
)
def test_a_claim_that_differs_is_contradicted_with_the_words_of_both(
    example: Opened, claim: str, said: str, claimed: str
) -> None:
    found = checked(example, claim)
    assert (found.verdict, found.reason) == (
        "contradicted",
        f"the documents say “{said}”, the message says “{claimed}”",
    )
    assert found.source is not None
    assert said.rsplit(maxsplit=1)[-1] in found.source.citation.quote


@pytest.mark.parametrize(
    "claim",
    [
        "Macron said that the talks were taking place at a very high level.",
        "Trump became national security adviser in April 2018.",
        "Cabello said that the talks were about nothing except Maduro's departure and free elections.",
        "The capital of Mongolia is Ulaanbaatar.",
        "Herons eat fish and frogs.",
        "Bolton was born in Baltimore.",
        "Bolton met Maduro in Caracas.",
        "Trump plays golf every weekend.",
        "The AP employs 3,200 people.",
        "Maduro used to drive a bus.",
        "Venezuela exports oil to China.",
        "The talks cost two million dollars.",
    ],
)
def test_a_claim_about_something_else_is_not_mentioned(example: Opened, claim: str) -> None:
    assert checked(example, claim).verdict == "not mentioned"


def test_a_claim_about_another_subject_is_not_mentioned_and_the_reason_names_the_subject(example: Opened) -> None:
    found = checked(example, "Trump became national security adviser in April 2018.")
    assert found.reason == "the documents say this of “John Bolton”, not of “Trump”"


MESSAGE = """Hi everyone! What do you think of this?
> The Associated Press was founded in 1846. It has its headquarters in **London**.
- Bolton said that the talks were about Maduro's departure and free elections
- Herons eat fish and frogs, says <@123>
I love it. The AP was founded in 1846!"""


@pytest.fixture(scope="module")
def checked_message(example: Opened) -> list[CheckedSentence]:
    """Return the sentences of `MESSAGE`, checked."""
    return check_message(MESSAGE, example)


def test_every_sentence_of_a_message_has_a_verdict(checked_message: list[CheckedSentence]) -> None:
    assert [(one.text, one.verdict) for one in checked_message] == [
        ("Hi everyone!", "not checked"),
        ("What do you think of this?", "not checked"),
        ("The Associated Press was founded in 1846.", "supported"),
        ("It has its headquarters in London.", "contradicted"),
        ("Bolton said that the talks were about Maduro's departure and free elections", "supported"),
        ("Herons eat fish and frogs, says", "not mentioned"),
        ("I love it.", "not checked"),
        ("The AP was founded in 1846!", "supported"),
    ]
    assert [one.reason for one in checked_message[:2]] == [NO_CLAIM, A_QUESTION]
    assert all(one.source is None for one in checked_message if one.verdict == "not checked")


def test_quotes_are_numbered_over_the_message_and_are_verbatim(
    example: Opened, checked_message: list[CheckedSentence]
) -> None:
    sources = [one.source for one in checked_message if one.source is not None]
    assert list(dict.fromkeys(source.citation.number for source in sources)) == list(range(1, len({
        (source.citation.document, source.citation.start, source.citation.end) for source in sources
    }) + 1))  # fmt: skip
    with example.index.pinned():
        for source in sources:
            citation = source.citation
            document = example.index.catalog.document(citation.document)
            assert document is not None
            assert verify(citation, document)
            assert 0 <= citation.score <= 1
            around = source.before + citation.quote + source.after
            assert document.text[citation.start - len(source.before) :].startswith(around)


def test_a_second_check_gives_the_same_verdicts(example: Opened, checked_message: list[CheckedSentence]) -> None:
    assert check_message(MESSAGE, example) == checked_message


def test_only_the_folders_that_are_named_are_searched(example: Opened) -> None:
    claim = "The Associated Press was founded in 1846."
    found = checked(example, claim, ["profiles"])
    assert found.verdict == "not mentioned"
    assert found.source is None or found.source.citation.document.startswith("profiles/")
    assert checked(example, claim, [""]).verdict == "supported"
    assert checked(example, claim, []) == CheckedSentence(claim, "not mentioned", None, "")


@pytest.mark.parametrize("message", ["", " \n ", "<@123>", "…"])
def test_a_message_without_words_has_nothing_to_check(example: Opened, message: str) -> None:
    assert check_message(message, example) == []


def test_only_the_first_claims_of_a_long_message_are_checked(example: Opened) -> None:
    found = check_message("Hello! " + "Bolton responded on Wednesday. " * 15, example)
    assert [one.verdict for one in found] == ["not checked"] + ["supported"] * MOST_SENTENCES + ["not checked"] * 3
    assert {one.reason for one in found[-3:]} == {TOO_MANY}
    assert {one.source.citation.number for one in found if one.source} == {1}


def test_a_sentence_that_cannot_be_searched_for_is_not_checked(example: Opened) -> None:
    found = checked(example, "Bolton and " * (LONGEST_QUESTION // 10) + "Trump met.")
    assert (found.verdict, found.source, found.reason) == ("not checked", None, NOT_SEARCHABLE)


def test_an_index_without_documents_mentions_nothing(library: Library) -> None:
    library.write({"a.txt": "Herons stand on one leg."})
    library.ingest()
    (library.seeds / "a.txt").unlink()
    library.ingest(prune=True)
    index = SearchIndex(library.data)
    try:
        retriever = Retriever(index, library.embedder, TrainedReader())
        claim = "Herons stand on one leg."
        found = checked(Opened(index, retriever, library.embedder), claim)
    finally:
        index.close()
    assert found == CheckedSentence(claim, "not mentioned", None, "")


class Agreeing:
    """A scorer that finds support in the first sentence of every passage."""

    name = "agreeing"

    def support(self, claim: str, passages: Sequence[Passage]) -> list[Support]:
        """Return support by the first sentence of each passage."""
        return [Support(0.9, 0.0, 0.1, passage.sentences[:1], claim) for passage in passages]


def test_another_scorer_can_judge(example: Opened) -> None:
    (found,) = check_message("The capital of Mongolia is Ulaanbaatar.", example, scorer=Agreeing())
    assert (found.verdict, found.reason) == ("supported", "")
    assert found.source is not None
    assert found.source.citation.score == 0.9
