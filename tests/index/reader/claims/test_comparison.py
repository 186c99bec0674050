"""What can be shown of a claim and a sentence: quantities, names, negations and opposites that differ."""

from __future__ import annotations

import pytest

from index.embedding.sentences import runs
from index.english.names import is_named, names
from index.english.negations import negations
from index.english.quantities.extract import quantities
from index.english.quantities.quantity import Quantity, compared
from index.english.words import telling, words
from index.reader.claims.comparison import Compared, compare, lacking_names
from index.types import Document


def one_quantity(text: str) -> Quantity:
    """The only quantity of a text."""
    (found,) = quantities(text)
    return found


def compared_with(claim: str, evidence: str) -> Compared:
    """A claim compared with a text, sentence by sentence."""
    document = Document(path="a.txt", title="A", text=evidence, format="text", language="en")
    (run,) = runs(document, 0, len(evidence))
    return compare(claim, [evidence[span.start : span.end] for span in run])


def reasons(claim: str, evidence: str) -> list[str]:
    """Why the two can't both be true."""
    return [conflict.reason for conflict in compared_with(claim, evidence).conflicts if conflict.contradicts]


def kinds(found: Compared) -> set[str]:
    """What kinds of difference were found."""
    return {conflict.kind for conflict in found.conflicts}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("The AP was founded in 1846 and has 3,200 employees in over 100 countries.", ["1846", "3,200", "100"]),
        ("It cost $1.2 million, about 5 km away.", ["$1.2 million", "5 km"]),
        ("On June 22, 2017 at 10:30 pm he met 22 people.", ["June 22, 2017", "10:30 pm", "22"]),
        ("Rye bread costs 4.20 euros and twenty-one cents.", ["4.20 euros", "twenty-one cents"]),
        ("Two hundred and five people paid $5bn, that is 12 percent or 50 %.",
         ["Two hundred and five", "$5bn", "12 percent", "50 %"]),
        ("From 2005 to 2006 it was on 5-10 km, in the 1990s on two dozen.",
         ["2005 to 2006", "5-10 km", "1990s", "two dozen"]),
        ("One of the two, each another one; no one came.", ["two"]),
        ("COVID-19, the F16 and Apollo 11 are names; Python 3.11.2 is a version.", ["3.11.2"]),
        ("On Tuesday 1500 people came, on May 5th none.", ["Tuesday", "1500", "May 5th"]),
        ("It may march on.", []),
    ],
)  # fmt: skip
def test_quantities_are_found(text: str, written: list[str]) -> None:
    found = quantities(text)
    assert [one.text for one in found] == written
    assert all(text[one.start : one.end] == one.text for one in found)


@pytest.mark.parametrize(
    ("claimed", "said", "comparison"),
    [
        ("in 1846", "in 1846", "same"),
        ("in 1846", "in 1856", "differs"),
        ("in 2017", "in June 2017", "same"),
        ("in June 2017", "in 2017", "unknown"),
        ("in June 2017", "on 22 June 2017", "same"),
        ("in May 2017", "on June 22, 2017", "differs"),
        ("on June 22", "on 22 June 2017", "same"),
        ("in the 1990s", "in 1994", "same"),
        ("in the 19th century", "in 1846", "same"),
        ("in the 18th century", "in 1846", "differs"),
        ("before 2005", "in 2001", "same"),
        ("after 2005", "in 2001", "differs"),
        ("from 2005 to 2006", "from 2005 to 2006", "same"),
        ("from 2005 to 2008", "from 2005 to 2006", "differs"),
        ("in 2005", "from 2004 to 2006", "same"),
        ("on Tuesday", "on Wednesday", "differs"),
        ("at 5 pm", "at 17:00", "same"),
        ("at 5 am", "at 17:00", "differs"),
        ("5 km", "5000 m", "same"),
        ("5 km", "5 miles", "differs"),
        ("five birds", "5 birds", "same"),
        ("a dozen birds", "12 birds", "same"),
        ("about 100 birds", "104 birds", "same"),
        ("about 100 birds", "150 birds", "differs"),
        ("more than 100 birds", "150 birds", "same"),
        ("more than 100 birds", "90 birds", "differs"),
        ("150 birds", "more than 100 birds", "unknown"),
        ("1.2 million birds", "1,204,000 birds", "same"),
        ("1.2 million birds", "1.3 million birds", "differs"),
        ("7 birds", "5 to 10 birds", "unknown"),
        ("$5", "€5", "unknown"),
        ("5 percent", "5 birds", "unknown"),
        ("the third bird", "the second bird", "differs"),
        ("version 3.11.2", "version 3.11.4", "differs"),
    ],
)
def test_quantities_are_compared_by_what_they_mean(claimed: str, said: str, comparison: str) -> None:
    assert compared(one_quantity(claimed), one_quantity(said)) == comparison


def test_another_number_for_the_same_thing_contradicts() -> None:
    evidence = "The library lends up to twelve books to its 340 members."
    assert reasons("The library has 410 members.", evidence) == ["the documents say “340”, the message says “410”"]
    assert reasons("The library has 340 members.", evidence) == []


def test_another_number_elsewhere_in_the_sentence_does_not_contradict() -> None:
    found = compared_with("The library has 7 rooms.", "The library lends twelve books to its 340 members.")
    assert found.conflicts == ()
    assert [one.text for one in found.lacking] == ["7"]


def test_of_several_dates_that_of_the_same_event_counts() -> None:
    evidence = "The agency was founded in 1846. It moved to New York in 1900."
    assert reasons("The agency was founded in 1856.", evidence) == ["the documents say “1846”, the message says “1856”"]
    assert reasons("The agency moved to New York in 1900.", evidence) == []


def test_a_year_that_is_part_of_a_name_does_not_contradict() -> None:
    assert reasons("The 1932 Grand Prix was a handicap race.", "A handicap race was held in 1937.") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("John Bolton said that Maduro left the White House.", ["John Bolton", "Maduro", "White House"]),
        ("The AP was founded in New York on a Sunday in May 2018.", ["AP", "New York"]),
        ("Dr. Anna Berg-Meyer wrote to U.S. officials.", ["Dr. Anna Berg-Meyer", "U.S."]),
        ("He starred in Blade Runner 2049.", ["Blade Runner 2049"]),
        ("People say so. However, nothing came of it.", []),
        ("Maduro's people met.", ["Maduro"]),
    ],
)
def test_names_are_found(text: str, found: list[str]) -> None:
    assert [name.text for name in names(text)] == found


@pytest.mark.parametrize(
    ("name", "text", "is_there"),
    [
        ("John Bolton", "Bolton chose Twitter.", True),
        ("Bolton", "john bolton chose twitter", True),
        ("Michael Bolton", "Michael Jordan sang.", False),
        ("AP", "The Associated Press said so.", True),
        ("Associated Press", "It was in the AP report.", True),
        ("Venezuela", "the Venezuelan leadership", True),
        ("France", "the French minister", True),
        ("United States", "an American agency", True),
        ("Nicolás Maduro", "nicolas maduro", True),
        ("Antartica", "everywhere but in Antarctica", True),
        ("Iran", "in Iraq", False),
        ("Blade Runner 2049", "the first Blade Runner", False),
    ],
)
def test_a_name_is_known_in_its_other_forms(name: str, text: str, is_there: bool) -> None:
    (found,) = names(f"It was {name}.")
    assert is_named(found, text) is is_there


def test_names_that_a_text_lacks() -> None:
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


def test_what_is_said_of_another_is_a_difference_that_contradicts_nothing() -> None:
    found = compared_with("Trump said that the talks were over.", "Bolton said that the talks were over.")
    assert kinds(found) == {"subject"}
    assert not any(conflict.contradicts for conflict in found.conflicts)
    assert found.conflicts[0].reason == "the documents say this of “Bolton”, not of “Trump”"


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        ("Bolton did not deny that the contacts existed.", [["deny"]]),
        ("He refused to give their names.", [["give", "names"]]),
        ("The talks were about nothing except his departure.", []),
        ("It was not only good, but cheap.", []),
        ("I don't know who came.", []),
        ("No, they came.", []),
        ("It shows a lack of awareness.", [["awareness"]]),
        ("The album No Way Out was released.", []),
    ],
)
def test_negations_reach_the_words_after_them(text: str, reached: list[list[str]]) -> None:
    assert [[word.text for word in one.reached] for one in negations(text)] == reached


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
def test_what_denies_nothing_does_not_contradict(claim: str, evidence: str) -> None:
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
def test_opposites_are_known_by_themselves_or_by_their_beginning(claimed: str, said: str, contradicts: bool) -> None:
    assert bool(reasons(claimed, said)) is contradicts


def test_what_denies_something_of_the_kind_is_told_though_it_contradicts_nothing() -> None:
    found = compared_with("The drug increases the risk.", "Use was not associated with an increased risk of the drug.")
    assert found.is_denied
    assert not compared_with("The drug increases the risk.", "The drug leads to an increased risk.").is_denied


def test_a_number_that_is_said_of_something_else_does_not_bear_a_claim_out() -> None:
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
def test_of_whom_it_is_said_is_told(claim: str, evidence: str, other: str | None) -> None:
    said = [conflict.said for conflict in compared_with(claim, evidence).conflicts if conflict.kind == "subject"]
    assert said == ([other] if other else [])


def test_where_it_is_unclear_whom_a_pronoun_means_nothing_is_said_of_the_subject() -> None:
    evidence = "AP named Cabello as the man who had met Trump. He accused the agency of lies."
    assert compared_with("Cabello accused the agency.", evidence).is_of_subject
    found = compared_with("Trump accused the agency.", evidence)
    assert not found.is_of_subject
    assert found.conflicts == ()


def test_words_know_their_stems_and_which_of_them_tell() -> None:
    assert [word.stem for word in telling("He gave the names to the US.")] == ["give", "name", "us"]
    assert [word.lower for word in words("Maduro's people didn’t say.")] == ["maduro", "people", "didn't", "say"]
    assert [word.text for word in words("Maduro's people didn’t say.")] == ["Maduro's", "people", "didn’t", "say"]
