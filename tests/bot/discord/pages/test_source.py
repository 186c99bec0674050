"""A source with the words around it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.discord.pages.page import LONGEST_DESCRIPTION
from bot.discord.pages.source import source_page
from bot.discord.text.splitting import length
from bot.types import Source
from tests.bot.discord.support.discord_markdown import read, rules
from tests.bot.discord.support.talks import ABSTENTION, ANSWER, CABELLO_SOURCE, transcript


def around(before: str, quote: str, after: str, **changes: Any) -> Source:
    """Return a source of that text."""
    citation = replace(CABELLO_SOURCE.citation, quote=quote)
    whole = replace(CABELLO_SOURCE, citation=citation, before=before, after=after, cut_before=False, cut_after=False)
    return replace(whole, **changes)


def described(source: Source, note: str = "") -> str:
    return source_page(replace(ANSWER, sources=(source,)), 0, note=note).description


def test_the_quote_is_bold_among_the_words_around_it() -> None:
    assert (
        transcript(source_page(ANSWER, 1))
        == """\
| # [2] The Venezuelan talks, day by day
|
| … its report on Sunday. The agency wrote that a
| person close to President Trump had held a meeting with Diosdado Cabello, who is
| called the number two of the Venezuelan leadership. The report travelled around the
| continent almost immediately, and it landed like a bomb. It raised an obvious
| question: were the men closest to President Nicolás Maduro about to give him up?
|
| THE REPLIES FROM CARACAS
|
| **Diosdado Cabello was outraged. He called the report false and said that the**
| **Associated Press was spreading lies.**
|
| President Maduro, too, rejected the idea that he was being betrayed. Yet he
| confirmed that his government and the American government were in contact, and he
| added that nobody had met the Americans without his permission.
|
| TUESDAY
|
| Donald Trump spoke about the contacts on Tuesday. He was taking questions from
| reporters in one of the long, informal sessions that he enjoys, and the contacts
| with …
|
| Location
| week.txt, “THE REPLIES FROM CARACAS”, line 17
|
| (2 of 2)"""
    )


def test_a_note_is_above_the_quote() -> None:
    page = source_page(ANSWER, 0, note="This document has changed since.")
    assert page.description.startswith("⚠️ This document has changed since.\n\n… powerful\nfigures in Caracas.")
    assert page.fields[0].value.endswith("\n[open](<https://example.org/talks>)")


def test_a_passage_of_an_abstention_has_no_footnote_number() -> None:
    page = source_page(ABSTENTION, 1)
    assert (page.title, page.footer) == ("Passage 2 of 2", "")
    assert page.fields[0].name == "The Venezuelan talks, day by day"


def test_only_visible_sources_are_counted() -> None:
    three = replace(ANSWER, sources=(*ANSWER.sources, CABELLO_SOURCE))
    assert source_page(three, 2).footer == "3 of 3"
    assert source_page(three, 2, visible=[1, 2]).footer == "2 of 2"
    assert source_page(three, 2, visible=[2]).footer == "1 of 1"
    with pytest.raises(IndexError):
        source_page(three, 3)


@pytest.mark.parametrize(
    ("before", "quote", "after", "expected"),
    [
        ("One. ", "Two.", " Three.", "One. **Two.** Three."),
        ("un", "believ", "able", "un**believ**able"),
        ("One.\n", "Two.", "\nThree.", "One.\n**Two.**\nThree."),
        ("One.\n\n\n\n", "Two.", "\n\nThree.", "One.\n\n**Two.**\n\nThree."),
        ("One.", "\n Two\nlines. \n", "Three.", "One.\n**Two**\n**lines.**\nThree."),
        ("", "Two.", "", "**Two.**"),
        ("# One\n- ", "1. Two", "\n> Three", "\\# One\n\\- **1\\. Two**\n\\> Three"),
        ("steam:", "\u200b", "//run", "steam:\\//run"),
        ("@", "every", "one", "@**every**one"),
        ("", "\u200b", "", "…"),
    ],
)
def test_the_lines_are_those_of_the_document(before: str, quote: str, after: str, expected: str) -> None:
    assert described(around(before, quote, after)) == expected


def test_an_ellipsis_shows_where_the_document_goes_on() -> None:
    assert described(around("One. ", "Two.", " Three.", cut_before=True, cut_after=True)) == "… One. **Two.** Three. …"


@pytest.mark.parametrize("sign", ["x", "*", "x\n", "💡", "\n"])
@pytest.mark.parametrize("quoted", [50, 1_000, 2_500, 6_000, 60_000])
def test_the_words_around_a_long_quote_are_shortened_first(sign: str, quoted: int) -> None:
    quote = "said " * 5 + sign * quoted + " so"
    description = described(around("before " * 60, quote, " after" * 60), note="It has changed. " * 40)
    assert length(description) <= LONGEST_DESCRIPTION
    assert "**said said" in description
    assert rules(description) == {"bold"}
    if quoted == 50:
        assert "before before" in description
        assert "after after" in description
    if quoted == 60_000 and sign != "\n":
        assert description.endswith(" …")


def test_only_the_words_of_the_quote_are_bold() -> None:
    quote = "it **is**\n*so*\\ and `so`"
    parts = [part for part in read(described(around("**One** ", quote, " **Three**"))) if part.kind == "bold"]
    assert [part.shown for part in parts] == ["it **is**", "*so*\\ and `so`"]
    assert {inner.kind for part in parts for inner in part.parts} == {"text", "escape"}
