"""Differences between a claim and a sentence: quantities, names, negations and opposites."""

from __future__ import annotations

import pytest

from index.embedding.sentences import runs
from index.reader.claims.comparison import Comparison, compare, lacking_names
from index.types import Document


def compared_with(claim: str, evidence: str) -> Comparison:
    """Compare a claim with a text, sentence by sentence."""
    document = Document(path="a.txt", title="A", text=evidence, format="text", language="en")
    (run,) = runs(document, 0, len(evidence))
    return compare(claim, [evidence[span.start : span.end] for span in run])


def reasons(claim: str, evidence: str) -> list[str]:
    """Return the reasons why the two cannot both be true."""
    return [conflict.reason for conflict in compared_with(claim, evidence).conflicts if conflict.contradicts]


def kinds(found: Comparison) -> set[str]:
    """Return the kinds of difference that were found."""
    return {conflict.kind for conflict in found.conflicts}


def test_another_number_of_the_same_thing_contradicts() -> None:
    evidence = "The library lends up to twelve books to its 340 members."
    assert reasons("The library has 410 members.", evidence) == ["the documents say “340”, the message says “410”"]
    assert reasons("The library has 340 members.", evidence) == []


def test_another_number_elsewhere_in_the_sentence_does_not_contradict() -> None:
    found = compared_with("The library has 7 rooms.", "The library lends twelve books to its 340 members.")
    assert found.conflicts == ()
    assert [one.text for one in found.lacking] == ["7"]


def test_the_date_of_the_same_event_counts() -> None:
    evidence = "The agency was founded in 1846. It moved to New York in 1900."
    assert reasons("The agency was founded in 1856.", evidence) == ["the documents say “1846”, the message says “1856”"]
    assert reasons("The agency moved to New York in 1900.", evidence) == []


def test_a_year_that_is_part_of_a_name_does_not_contradict() -> None:
    assert reasons("The 1932 Grand Prix was a handicap race.", "A handicap race was held in 1937.") == []


def test_names_missing_from_a_text_are_found() -> None:
    assert [one.text for one in lacking_names("Macron met Maduro in Paris.", "Maduro stayed in Caracas.")] == [
        "Macron",
        "Paris",
    ]


def test_another_name_in_the_same_place_is_a_difference() -> None:
    evidence = "The agency has its headquarters in New York."
    assert reasons("The agency has its headquarters in London.", evidence) == [
        "the documents say “New York”, the message says “London”"
    ]
    assert reasons("The agency has its headquarters in New York.", evidence) == []


def test_a_statement_about_another_subject_does_not_contradict() -> None:
    found = compared_with("Trump said that the talks were over.", "Bolton said that the talks were over.")
    assert kinds(found) == {"subject"}
    assert not any(conflict.contradicts for conflict in found.conflicts)
    assert found.conflicts[0].reason == "the documents say this of “Bolton”, not of “Trump”"


@pytest.mark.parametrize(
    ("claim", "evidence", "reason"),
    [
        ("Bolton denied that the contacts existed.", "Bolton did not deny that the contacts existed.",
         "the documents say “not deny”, the message says “denied”"),
        ("Bolton never met Maduro.", "Bolton met Maduro in May.",
         "the documents say “met”, the message says “never met”"),
        ("Trump gave their names.", "Trump refused to give their names.",
         "the documents say “refused to give”, the message says “gave”"),
        # The same word stands in the sentence twice: what counts is where the same is spoken of.
        ("Maduro denied that contacts existed.",
         "Maduro denied that his people were leaving him, but he did not deny that contacts existed.",
         "the documents say “not deny”, the message says “denied”"),
        ("Cabello confirmed the report.", "Cabello denied the AP report angrily.",
         "the documents say “denied”, the message says “confirmed”"),
    ],
)  # fmt: skip
def test_a_denial_contradicts(claim: str, evidence: str, reason: str) -> None:
    assert reasons(claim, evidence) == [reason]


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Bolton did not deny the contacts.", "Bolton did not deny that the contacts existed."),
        ("Bolton confirmed the contacts.", "Bolton did not deny the contacts."),
        ("Maduro denied that his people were leaving him.",
         "Maduro denied that his people were leaving him, but he did not deny that contacts existed."),
        ("The talks were about his departure.", "The talks were about nothing except his departure."),
        ("Nobody met them without his permission.", "Nobody had met them without his permission."),
        ("The meetings had his permission.", "Nobody had met them without his permission."),
    ],
)  # fmt: skip
def test_a_negation_that_denies_nothing_does_not_contradict(claim: str, evidence: str) -> None:
    assert reasons(claim, evidence) == []


@pytest.mark.parametrize(
    ("claimed", "said", "contradicts"),
    [
        ("The report is inaccurate.", "The report is accurate.", True),
        ("The talks were unofficial.", "The talks were official.", True),
        ("The report was informed.", "The report was formed.", False),
        ("Prices rise in May.", "Prices fall in May.", True),
        ("The old bridge is in New Haven.", "The bridge is in New Haven.", False),
    ],
)
def test_opposites_are_known_from_the_list_or_by_a_prefix(claimed: str, said: str, contradicts: bool) -> None:
    assert bool(reasons(claimed, said)) is contradicts


def test_a_denial_of_something_close_is_noticed() -> None:
    found = compared_with("The drug increases the risk.", "Use was not associated with an increased risk of the drug.")
    assert found.is_denied
    assert not compared_with("The drug increases the risk.", "The drug leads to an increased risk.").is_denied


def test_a_number_of_something_else_does_not_confirm_a_claim() -> None:
    evidence = "The assembly was elected in 2017. Its members wrote a draft. Cabello became its president in June 2018."
    found = compared_with("The assembly was elected in 2018.", evidence)
    assert [one.text for one in found.lacking] == ["2018"]
    assert reasons("The assembly was elected in 2018.", evidence) == [
        "the documents say “2017”, the message says “2018”"
    ]


@pytest.mark.parametrize(
    ("claim", "evidence", "other"),
    [
        ("Trump denied the report.", "Cabello denied the report that Trump liked.", "Cabello"),
        ("Maduro accused the agency.", "Cabello denied it and accused the agency. Maduro did not.", "Cabello"),
        ("Trump said so.", "John Bolton, the adviser of the president, said so.", "John Bolton"),
        ("Cabello denied the report.", "On Sunday Cabello denied the report.", None),
        ("Michael Bolton denied the report.", "Bolton denied the report.", None),
        ("The Tribune was founded in May.", "Anna Berg founded the Tribune in May.", None),
        ("Anna Berg produced the film.", "Titanic is a film produced by Jane Roe and Anna Berg.", None),
        ("Cabello denied the report.", "Cabello was outraged. He denied the report.", None),
    ],
)
def test_the_subject_of_the_evidence_is_named(claim: str, evidence: str, other: str | None) -> None:
    said = [conflict.said for conflict in compared_with(claim, evidence).conflicts if conflict.kind == "subject"]
    assert said == ([other] if other else [])


def test_an_unclear_pronoun_gives_no_subject() -> None:
    evidence = "AP named Cabello as the man who had met Trump. He accused the agency of lies."
    assert compared_with("Cabello accused the agency.", evidence).is_of_subject
    found = compared_with("Trump accused the agency.", evidence)
    assert not found.is_of_subject
    assert found.conflicts == ()
