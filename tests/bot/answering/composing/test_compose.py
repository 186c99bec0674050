"""Evidence becomes an answer: blocks as every surface renders them, and footnotes that cover all that is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering.citations import verify
from bot.answering.composing.compose import SECOND_BEST, compose
from bot.blocks import AnswerBlock, Link
from bot.types import More
from tests.bot.answering.composing.documents import MANUAL, composed, evidence_of, markdown


def test_steps_as_blocks() -> None:
    found = composed("how do i install acme with docker", markdown(MANUAL), "Start it with")
    assert found.form == "steps"
    assert [(one.kind, one.label, one.depth, one.text) for one in found.blocks] == [
        ("paragraph", "", 0, "Install Acme with Docker in three steps:"),
        ("item", "1.", 0, "Pull the image:"),
        ("code", "bash", 1, "docker pull acme/acme:4"),
        ("item", "2.", 0, "Start it with acme up:"),
        ("item", "-", 1, "on Linux as root"),
        ("item", "-", 1, "on a Mac as yourself"),
        ("item", "3.", 0, "Open the first page."),
    ]
    assert {one.citation for one in found.blocks} == {1}
    assert found.more is None


@pytest.mark.parametrize(
    ("source", "blocks"),
    [
        (
            '!!! warning "Before the upgrade"\n    Back up the database.\n\n    Then stop the server.\n',
            [("warning", "Before the upgrade"), ("", "Back up the database."), ("", "Then stop the server.")],
        ),
        ("> [!TIP]\n> Back up the database.\n", [("tip", "Back up the database.")]),
        ("> Back up the database.\n", [("", "Back up the database.")]),
    ],
)
def test_quotes_and_admonitions_stay_what_they_are(source: str, blocks: list[tuple[str, str]]) -> None:
    found = composed(
        "tell me about the upgrade", markdown(f"# Manual\n\n## Upgrade\n\n{source}"), "Back up the database."
    )
    assert [(one.kind, one.label, one.text) for one in found.blocks] == [("quote", *block) for block in blocks]


def test_code_words_and_strong_words_are_offsets_into_the_block() -> None:
    found = composed("how do i install acme with docker", markdown(MANUAL), "Start it with")
    block = found.blocks[3]
    assert [block.text[start:end] for start, end in block.code] == ["acme up"]
    assert [block.text[start:end] for start, end in block.strong] == ["Start it with"]
    assert all(one.strong == () for one in found.blocks if one is not block)


@pytest.mark.parametrize(
    ("url", "target", "address"),
    [
        (None, "https://hub.example/x", "https://hub.example/x"),
        (None, "/start", None),
        (None, "ftp://hub.example/x", None),
        ("https://docs.example/guide/install", "/start", "https://docs.example/start"),
        ("https://docs.example/guide/install", "upgrade.md", "https://docs.example/guide/upgrade.md"),
        ("https://docs.example/guide/install", "#part", "https://docs.example/guide/install#part"),
        ("https://docs.example/guide/install", "mailto:help@docs.example", None),
    ],
)
def test_links_keep_their_address_where_there_is_one(url: str | None, target: str, address: str | None) -> None:
    document = replace(markdown(f"See [the page]({target}) first.\n"), url=url)
    (block,) = composed("where do i look", document, "See the page first.").blocks
    assert block.text == "See the page first."
    assert block.links == ((Link(4, 12, address),) if address else ())


def test_a_row_has_its_header_as_a_block_of_its_own() -> None:
    found = composed("what does the team plan cost", markdown(MANUAL), "Team | $12")
    assert [(one.kind, one.label, one.text) for one in found.blocks][:2] == [
        ("row", "header", "Plan | Price | Seats"),
        ("row", "", "Free | $0 | 1"),
    ]


def test_a_quote_keeps_the_kind_of_an_admonition() -> None:
    document = markdown("# A\n\n> [!WARNING]\n> Keep a copy of your data.\n")
    (block,) = composed("what should i keep", document, "Keep a copy of your data.").blocks
    assert block.text == "Keep a copy of your data."


# Footnotes


def test_one_footnote_covers_everything_that_is_shown() -> None:
    document = markdown(MANUAL)
    found = composed("how do i install acme with docker", document, "Start it with")
    (citation,) = found.citations
    assert verify(citation, document)
    assert citation.quote.startswith("Install Acme with Docker")
    assert citation.quote.endswith("Open the first page.")
    assert all(one.text in citation.quote for one in found.blocks)
    assert citation.heading == "Acme › Install › With Docker"
    assert citation.score == 0.9


def test_a_row_far_from_its_header_has_a_footnote_of_its_own() -> None:
    rows = "\n".join(f"| Plan{place} | ${place * 10} | {place} of the seats in the office |" for place in range(120))
    document = markdown(f"# Prices\n\n| Plan | Price | Seats |\n|---|---|---|\n{rows}\n")
    found = composed("what does plan119 cost", document, "Plan119 | $1190 | 119 of the seats in the office")
    assert [one.citation for one in found.blocks] == [1, 2]
    assert [one.quote for one in found.citations] == [
        "Plan | Price | Seats",
        "Plan119 | $1190 | 119 of the seats in the office",
    ]
    assert all(verify(one, document) for one in found.citations)


# More than one piece of evidence

LAKE = "The lake is 40 m deep.\n\nIts water is cold.\n\nThe reservoir is 12 m deep.\n\nThe pond is 2 m deep.\n"


def test_a_second_fact_is_shown_where_it_is_nearly_as_sure() -> None:
    document = markdown(LAKE)
    evidence = [
        evidence_of(document, "The lake is 40 m deep.", probability=0.9),
        evidence_of(document, "The reservoir is 12 m deep.", probability=0.9 * SECOND_BEST),
    ]
    found = compose("how deep is it", evidence, {document.path: document})
    assert [one.text for one in found.blocks] == ["The lake is 40 m deep.", "The reservoir is 12 m deep."]
    assert [one.number for one in found.citations] == [1, 2]


def test_a_second_fact_that_is_much_less_sure_is_not_shown() -> None:
    document = markdown(LAKE)
    evidence = [
        evidence_of(document, "The lake is 40 m deep.", probability=0.9),
        evidence_of(document, "The reservoir is 12 m deep.", probability=0.5),
    ]
    assert len(compose("how deep is it", evidence, {document.path: document}).blocks) == 1


def test_the_same_paragraph_is_not_shown_twice() -> None:
    document = markdown("The lake is 40 m deep. The reservoir is 12 m deep.\n")
    evidence = [
        evidence_of(document, "The lake is 40 m deep.", probability=0.9),
        evidence_of(document, "The reservoir is 12 m deep.", probability=0.9),
    ]
    found = compose("how deep is it", evidence, {document.path: document})
    assert [one.text for one in found.blocks] == ["The lake is 40 m deep. The reservoir is 12 m deep."]


def test_what_other_documents_say_differently_is_shown_whatever_the_form() -> None:
    manual, other = markdown(MANUAL), markdown("# FAQ\n\n**Do you support SSO?**\n\nNo.\n", name="old.md")
    found = compose(
        "do you support sso?",
        [evidence_of(manual, "Yes, on the Works plan, with SAML.")],
        {one.path: one for one in (manual, other)},
        besides=[evidence_of(other, "No.", probability=0.6)],
    )
    assert found.form == "entry"
    assert [(one.text, one.citation) for one in found.blocks] == [("Yes, on the Works plan, with SAML.", 1), ("No.", 2)]
    assert [one.document for one in found.citations] == ["manual.md", "old.md"]
    assert [one.score for one in found.citations] == [0.9, 0.6]


# What is left out


def test_what_is_left_out_is_counted_by_its_kind() -> None:
    steps = "\n".join(f"{n}. Do thing number {n} of the many that are to be done in the end." for n in range(1, 31))
    found = composed("how do i move", markdown(f"Do this:\n\n{steps}\n"), "Do thing number 2 of the many")
    items = [one for one in found.blocks if one.kind == "item"]
    assert found.more == More("item", 30 - len(items))


@pytest.mark.parametrize("inside", ["- so\n    - or so", "```\n    make\n    ```"])
def test_what_lies_inside_steps_is_not_counted_as_steps(inside: str) -> None:
    steps = "\n".join(f"{n}. Do thing number {n} of those that are to be done.\n\n    {inside}" for n in range(1, 41))
    found = composed("how do i move", markdown(f"Do this:\n\n{steps}\n"), "Do thing number 2 of those")
    numbered = [one for one in found.blocks if one.kind == "item" and one.depth == 0]
    assert found.more == More("item", 40 - len(numbered))


def test_a_number_in_brackets_stays_as_it_stands_in_the_document() -> None:
    found = composed(
        "where do herons stand", markdown("As [1] and [2] show, herons stand in water.\n"), "herons stand in"
    )
    assert found.blocks == (
        AnswerBlock("paragraph", "As [1] and [2] show, herons stand in water.", 1, strong=((21, 36),)),
    )


ABOUT_FALK = """\
The club met on Monday.

Ingrid Falk is the treasurer of the club.

The new oars were paid for by Ingrid Falk.

A heron stood by.

Everybody thanked Ingrid Falk.

Ingrid Falk went home.
"""


def test_what_is_said_of_somebody_is_collected_from_several_places() -> None:
    said = [line for line in ABOUT_FALK.splitlines() if "Falk" in line]
    found = composed("tell me about Ingrid Falk", markdown(ABOUT_FALK), *said)
    assert [block.text for block in found.blocks] == said[:3]
    assert [block.text for block in composed("who is Ingrid Falk", markdown(ABOUT_FALK), *said).blocks] == said[:2]
