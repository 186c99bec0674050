"""Superscripts and subscripts as plain text, in every format that has them."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest
from fpdf import FPDF

from index.parsing.parse import parse_bytes
from index.parsing.text.scripts import subscript, superscript

# What stands on the line, and what is raised ("SUP") or lowered ("SUB").
PIECES = [
    ("The lake has 25", "LINE"),
    ("3", "SUP"),
    (" reeds, 10 km", "LINE"),
    ("2", "SUP"),
    (" of H", "LINE"),
    ("2", "SUB"),
    ("O. As the keeper said.", "LINE"),
    ("4", "SUP"),
    (" It costs 12 euros.", "LINE"),
]
TEXT = "The lake has 25^3 reeds, 10 km^2 of H2O. As the keeper said.[4] It costs 12 euros."


def in_html(pieces: list[tuple[str, str]]) -> str:
    return "".join(text if place == "LINE" else f"<{place.lower()}>{text}</{place.lower()}>" for text, place in pieces)


@pytest.mark.parametrize(
    ("before", "text", "written"),
    [
        ("25", "3", "^3"),
        ("m", "2", "^2"),
        ("(a + b)", "2", "^2"),
        ("10", "-6", "^-6"),
        ("herons", "3", "[3]"),
        ("said.", "12", "[12]"),
        ("1", "st", "st"),
        ("Heron", "™", "™"),
        ("25", "[3]", "[3]"),
        ("25", "", ""),
    ],
)
def test_a_superscript_is_told_from_the_number_before_it(before: str, text: str, written: str) -> None:
    assert superscript(before, text) == written


def test_the_mark_of_a_note_is_set_in_brackets() -> None:
    assert superscript("25", "3", is_note=True) == "[3]"


def test_a_subscript_is_told_from_the_number_before_it() -> None:
    assert [subscript("H", "2"), subscript("10", "2"), subscript("x", "i")] == ["2", "_2", "i"]


def test_in_html() -> None:
    page = f"<article><p>{in_html(PIECES)}</p><p>It has 30<sup><a href='#n1'>1</a></sup> nests.</p></article>"
    assert parse_bytes("a.html", page.encode()).text == f"{TEXT}\n\nIt has 30[1] nests."


@pytest.mark.parametrize("around", ["{}", "<p>{}</p>", "> {}"])
def test_in_markdown(around: str) -> None:
    assert parse_bytes("a.md", around.format(in_html(PIECES)).encode()).text == TEXT


def test_in_cells() -> None:
    table = "| a | 10<sup>6</sup> |\n|---|---|\n| `x<sup>2</sup>` | 5<sup>th</sup> |\n"
    assert parse_bytes("a.md", table.encode()).text == "a | 10^6\nx<sup>2</sup> | 5th"


def test_in_word() -> None:
    document = docx.Document()
    for paragraph in (document.add_paragraph(), document.add_table(1, 1).cell(0, 0).paragraphs[0]):
        for text, place in PIECES:
            run = paragraph.add_run(text)
            run.font.superscript, run.font.subscript = place == "SUP", place == "SUB"
    file = BytesIO()
    document.save(file)
    assert parse_bytes("a.docx", file.getvalue()).text == f"{TEXT}\n\n{TEXT}"


def test_in_pdf() -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=11)
    for text, place in PIECES:
        pdf.char_vpos = place
        pdf.write(8, text)
    pdf.ln()
    pdf.char_vpos = "LINE"
    pdf.write(8, "Total: ")
    pdf.set_font("helvetica", size=8)
    pdf.write(8, "100 of 200 nests.")
    assert parse_bytes("a.pdf", bytes(pdf.output())).text == f"{TEXT} Total: 100 of 200 nests."
