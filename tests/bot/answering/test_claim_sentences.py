"""Messages split into sentences to check and sentences without a claim."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering.claim_sentences import (
    A_LINK,
    A_QUESTION,
    LONGEST_MESSAGE,
    NO_CLAIM,
    TOO_FAR,
    MessageSentence,
    sentences_of,
)


def texts(message: str) -> list[str]:
    """Return the sentences of a message as they are shown."""
    return [one.text for one in sentences_of(message)]


def claims(message: str) -> list[str]:
    """Return the claims of a message that are checked."""
    return [one.claim for one in sentences_of(message) if not one.unchecked]


def only(message: str) -> MessageSentence:
    """Return its only sentence."""
    (found,) = sentences_of(message)
    return found


def test_a_message_is_split_into_sentences() -> None:
    assert texts("Herons fish at dawn. Dr. Berg said that they sleep at noon! The U.S. has many.") == [
        "Herons fish at dawn.",
        "Dr. Berg said that they sleep at noon!",
        "The U.S. has many.",
    ]


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("**Herons** fish *at* __dawn__ in ~~the~~ ||river||.", ["Herons fish at dawn in the river."]),
        ("> Herons fish at dawn.\n>>> They sleep at noon.", ["Herons fish at dawn.", "They sleep at noon."]),
        ("# Herons\n-# Herons fish at dawn.", ["Herons", "Herons fish at dawn."]),
        ("- Herons fish\n- Storks clatter\n1. Elk sleep", ["Herons fish", "Storks clatter", "Elk sleep"]),
        ("* Herons fish\n* [x] Storks clatter", ["Herons fish", "Storks clatter"]),
        ("<@123> Herons fish <a:heron:456> at dawn <#789> <t:1700000000:R> @everyone.", ["Herons fish at dawn ."]),
        ("Herons fish :fish: at 10:30:15 :wave:", ["Herons fish at 10:30:15"]),
        ("Herons fish.\n```py\nprint('Storks clatter.')\n```\nElk sleep.", ["Herons fish.", "Elk sleep."]),
        ("Herons `fish` at dawn, see [the book](https://example.org/a).", ["Herons fish at dawn, see the book."]),
        (r"The file heron\_list.txt holds 5 \* 3 snake_case_names.",
         ["The file heron_list.txt holds 5 * 3 snake_case_names."]),
        ("Herons fish at dawn\nStorks clatter at noon", ["Herons fish at dawn", "Storks clatter at noon"]),
        ("Herons fish at dawn, when the river is still and nobody walks along\nthe bank.",
         ["Herons fish at dawn, when the river is still and nobody walks along the bank."]),
    ],
)  # fmt: skip
def test_markup_is_removed(message: str, wanted: list[str]) -> None:
    assert texts(message) == wanted


@pytest.mark.parametrize("message", ["", "   \n ", "```\ncode\n```", "<@123>", "…!", ":wave:"])
def test_a_message_without_words_has_no_sentences(message: str) -> None:
    assert sentences_of(message) == []


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ("Do herons fish at dawn?", A_QUESTION),
        ("Herons fish at dawn, right?!", A_QUESTION),
        ("https://example.org/herons", A_LINK),
        ("<https://example.org/herons?a=b>", A_LINK),
        ("Hello!", NO_CLAIM),
        ("Hi everyone!", NO_CLAIM),
        ("Thanks a lot.", NO_CLAIM),
        ("wow lol", NO_CLAIM),
        ("I love this so much!", NO_CLAIM),
        ("I totally agree with you.", NO_CLAIM),
        ("That is great.", NO_CLAIM),
        ("Please read the rules about herons.", NO_CLAIM),
    ],
)
def test_sentences_without_a_claim_are_left_out(message: str, why: str) -> None:
    assert only(message).unchecked == why


@pytest.mark.parametrize(
    ("message", "claim"),
    [
        ("I think that herons fish at dawn.", "Herons fish at dawn."),
        ("Yeah, actually the heron fishes at dawn.", "The heron fishes at dawn."),
        ("Well, as far as I know, Bolton resigned.", "Bolton resigned."),
        ("Nobody danced.", "Nobody danced."),
        ("Herons fish at dawn, see https://example.org/a?b=c.", "Herons fish at dawn, see"),
        ("No herons fish at dawn.", "No herons fish at dawn."),
        ("So many herons fish at dawn.", "So many herons fish at dawn."),
        ("Note the herons of 1912.", "Note the herons of 1912."),
    ],
)
def test_a_preface_is_not_part_of_a_claim(message: str, claim: str) -> None:
    found = only(message)
    assert (found.unchecked, found.claim, found.text) == ("", claim, message)


@pytest.mark.parametrize(
    ("message", "claim"),
    [
        ("The Associated Press is a news agency. It was founded in 1846.", "The Associated Press was founded in 1846."),
        ("Bolton spoke on Wednesday. He said that the talks were over.", "Bolton said that the talks were over."),
        ("Cabello was outraged. His lawyers denied everything.", "Cabello's lawyers denied everything."),
    ],
)
def test_a_leading_pronoun_is_replaced_by_its_meaning(message: str, claim: str) -> None:
    last = sentences_of(message)[-1]
    assert last.claim.replace("’", "'") == claim
    assert last.searched == last.claim


def test_an_unclear_pronoun_is_searched_with_the_sentence_before() -> None:
    last = sentences_of("The report travelled around the continent. This landed like a bomb in Caracas.")[-1]
    assert last.claim == "This landed like a bomb in Caracas."
    assert last.searched == "The report travelled around the continent. This landed like a bomb in Caracas."


def test_a_pronoun_in_the_first_sentence_stays() -> None:
    assert claims("He said that the talks were over.") == ["He said that the talks were over."]


def test_sentences_beyond_the_limit_are_marked() -> None:
    found = sentences_of("Herons fish at dawn. " * (LONGEST_MESSAGE // 21 + 10))
    assert found[0].unchecked == ""
    assert found[-1].unchecked == TOO_FAR


@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("ab .?!\n\\*_~|`<>@#:[]()-0aAé\u200b\u202e"), max_size=80) | st.text(max_size=80)
)
def test_any_text_can_be_split(message: str) -> None:
    for one in sentences_of(message):
        assert one.text
        assert one.unchecked or (one.claim and one.searched)
