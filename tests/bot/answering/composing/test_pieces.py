"""A section is cut into the smallest parts that can be shown: whole steps, rows, paragraphs, pieces of code."""

from __future__ import annotations

import pytest

from bot.answering.composing.pieces import Piece, pieces_of, section_at
from index.types import Document
from tests.bot.answering.composing.documents import MANUAL, markdown, section_with, texts


def described(document: Document, pieces: tuple[Piece, ...]) -> list[tuple[str, str, int, str]]:
    """Return (kind, label, depth, text) of pieces."""
    return [(one.kind, one.label, one.depth, document.text[one.start : one.end]) for one in pieces]


def test_steps_with_code_and_a_list_inside() -> None:
    document = markdown(MANUAL)
    section = section_with(document, "Install Acme with Docker")
    assert described(document, section.pieces) == [
        ("paragraph", "", 0, "Install Acme with Docker in three steps:"),
        ("item", "1.", 0, "1. Pull the image:"),
        ("code", "bash", 1, "docker pull acme/acme:4"),
        ("item", "2.", 0, "2. Start it with acme up:"),
        ("item", "-", 1, "- on Linux as root"),
        ("item", "-", 1, "- on a Mac as yourself"),
        ("item", "3.", 0, "3. Open the first page."),
    ]
    groups = [piece.group for piece in section.pieces]
    assert groups[0] is None
    assert len(set(groups[1:])) == 1


def test_rows_of_a_table_know_their_header() -> None:
    document = markdown(MANUAL)
    section = section_with(document, "Every plan has")
    assert described(document, section.pieces)[1:] == [
        ("row", "header", 0, "Plan | Price | Seats"),
        ("row", "", 0, "Free | $0 | 1"),
        ("row", "", 0, "Team | $12 | 20"),
        ("row", "", 0, "Works | $40 | 200"),
    ]
    assert [piece.is_header for piece in section.pieces] == [False, True, False, False, False]
    assert len({piece.group for piece in section.pieces[1:]}) == 1


def test_an_item_of_several_paragraphs() -> None:
    document = markdown("1. Pull it.\n\n   It is large.\n\n2. Run it.\n")
    (section,) = [section_at(document, 0)]
    assert described(document, section.pieces) == [
        ("item", "1.", 0, "1. Pull it."),
        ("paragraph", "", 1, "It is large."),
        ("item", "2.", 0, "2. Run it."),
    ]


def test_lists_in_lists_in_lists() -> None:
    document = markdown("- a\n  - b\n    - c\n    - d\n  - e\n- f\n")
    pieces = section_at(document, 0).pieces
    assert [(piece.depth, document.text[piece.start : piece.end]) for piece in pieces] == [
        (0, "- a"),
        (1, "- b"),
        (2, "- c"),
        (2, "- d"),
        (1, "- e"),
        (0, "- f"),
    ]
    assert {piece.group for piece in pieces} == {0}


def test_quotes_and_definitions_are_cut_into_their_paragraphs() -> None:
    document = markdown("> Keep your data.\n>\n> Twice.\n")
    assert [piece.group for piece in section_at(document, 0).pieces] == [0, 0]
    assert texts(section_at(document, 0)) == ["Keep your data.", "Twice."]
    page = markdown("<dl><dt>Seat</dt><dd>One person.</dd></dl>", name="a.html")
    assert texts(section_at(page, 0)) == ["Seat", "One person."]
    assert [piece.kind for piece in section_at(page, 0).pieces] == ["definition", "paragraph"]


@pytest.mark.parametrize(
    "front", ["---\ndescription: How to install Acme on any machine.\n---\n", "Acme keeps notes.\n\n"]
)
def test_what_stands_above_the_title_leads_into_the_page(front: str) -> None:
    document = markdown(f"{front}# Acme\n\nRun it.\n\n## More\n\nWait.\n")
    assert texts(section_at(document, 0, nested=True))[1:] == ["Acme", "Run it.", "More", "Wait."]
    assert len(section_at(document, 0).pieces) == 1


def test_a_document_without_blocks_is_cut_at_blank_lines() -> None:
    document = Document("a.txt", "A", "  Herons stand\non one leg.\n\n\nStorks clap.\n", "text")
    assert texts(section_at(document, 0)) == ["Herons stand\non one leg.", "Storks clap."]


def test_pieces_between_two_offsets() -> None:
    document = markdown(MANUAL)
    start = document.text.index("Every plan")
    end = document.text.index("Team |")
    assert [document.text[one.start : one.end] for one in pieces_of(document, start, end)] == [
        "Every plan has unlimited notes.",
        "Plan | Price | Seats",
        "Free | $0 | 1",
    ]
    assert pieces_of(document, start, start) == []


# Sections


@pytest.mark.parametrize(
    ("words", "heading", "first", "last"),
    [
        ("Acme keeps", "Acme", "Acme keeps notes on your own server.", "Acme keeps notes on your own server."),
        ("You need a server", "Install", "You need a server with 2 GB of memory.", None),
        ("2. Start it", "With Docker", "Install Acme with Docker in three steps:", "3. Open the first page."),
        ("Yes, on the", "Do you support SSO?", "Yes, on the Works plan, with SAML.", None),
        ("Write to", "Support", "Write to help@acme.example.", None),
    ],
)
def test_a_section_goes_from_its_heading_to_the_next(words: str, heading: str, first: str, last: str | None) -> None:
    section = section_with(markdown(MANUAL), words)
    assert section.heading == heading
    assert texts(section)[0] == first
    assert texts(section)[-1] == (last or first)


def test_a_nested_section_has_those_below_its_own() -> None:
    section = section_with(markdown(MANUAL), "You need a server", nested=True)
    assert (section.heading, section.level) == ("Install", 2)
    headings = [section.text_of(piece) for piece in section.pieces if piece.kind == "heading"]
    assert headings == ["With Docker", "From source"]
    assert texts(section)[-1] == "Then start it as above."


def test_words_of_a_heading_belong_to_its_section() -> None:
    document = markdown(MANUAL)
    assert section_with(document, "Prices").heading == "Prices"
    assert texts(section_with(document, "Prices"))[0] == "Every plan has unlimited notes."


def test_what_stands_above_the_first_heading_is_a_section() -> None:
    section = section_with(markdown("Hello.\n\n# One\n\nText.\n"), "Hello")
    assert (section.heading, section.level, texts(section)) == ("", 0, ["Hello."])


def test_a_heading_without_text_has_no_pieces() -> None:
    document = markdown("# One\n\n## Two\n\nText.\n\n## Three")
    assert section_with(document, "One").pieces == ()
    assert section_with(document, "Three").pieces == ()
    assert texts(section_with(document, "One", nested=True)) == ["Two", "Text.", "Three"]


def test_the_place_of_a_span() -> None:
    section = section_with(markdown(MANUAL), "Every plan has")
    start = section.document.text.index("Team | $12")
    assert section.place_of(start, start + 5) == 3
    assert section.place_of(section.start, section.end) is not None
    assert section.place_of(0, 4) is None


def test_a_line_with_a_colon_announces_what_follows() -> None:
    section = section_with(markdown(MANUAL), "Install Acme with")
    assert [section.announces(place) for place in range(4)] == [True, True, False, True]
