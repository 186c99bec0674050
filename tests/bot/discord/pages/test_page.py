"""Pages, and lists over several pages."""

from __future__ import annotations

from bot.discord.pages.page import LONGEST_DESCRIPTION, Field, Page, list_pages
from bot.discord.text.amounts import counted


def test_a_page_has_an_embed_if_it_has_more_than_content() -> None:
    assert not Page("Herons wade.").has_embed
    assert Page(title="Herons").has_embed
    assert Page(description="They wade.").has_embed
    assert Page(fields=(Field("Legs", "2"),)).has_embed
    assert Page(footer="1 of 2").has_embed


def test_the_length_of_an_embed_is_that_of_all_its_texts() -> None:
    page = Page("content does not count", "💡", "abc", (Field("a", "b"), Field("é", "💡")), "1 of 2")
    assert page.embed_length == 2 + 3 + 2 + 3 + 6


def test_a_list_that_fits_is_one_page() -> None:
    assert list_pages("Birds", "2 of them", ["heron", "egret"], 10) == [
        Page(title="Birds", description="2 of them\n\nheron\negret")
    ]
    assert list_pages("Birds", "", ["heron", "egret"], 10, separator="\n\n")[0].description == "heron\n\negret"
    assert list_pages("Birds", "none", [], 10) == [Page(title="Birds", description="none")]


def test_pages_of_a_longer_list_are_numbered() -> None:
    pages = list_pages("Birds", "5 of them", list("abcde"), 2)
    assert [page.description for page in pages] == ["5 of them\n\na\nb", "c\nd", "e"]
    assert [page.footer for page in pages] == ["page 1 of 3", "page 2 of 3", "page 3 of 3"]


def test_a_page_holds_fewer_long_units() -> None:
    pages = list_pages("Birds", "", ["heron " * 300] * 5, 10)
    assert [page.description.count("heron") for page in pages] == [600, 600, 300]
    assert all(len(page.description) <= LONGEST_DESCRIPTION for page in pages)


def test_things_are_in_the_plural_unless_there_is_one() -> None:
    assert [counted(number, "document") for number in (0, 1, 1_200)] == ["0 documents", "1 document", "1,200 documents"]
