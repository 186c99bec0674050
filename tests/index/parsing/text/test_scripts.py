"""Superscripts and subscripts, in every format that has them: they never become a part of a number."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from fpdf import FPDF
from pptx import Presentation
from pptx.util import Inches

from index.parsing.parse import parse_bytes
from index.parsing.text.scripts import script_affixes

PIECES = (
    ("", "Sold 25"),
    ("super", "3"),
    ("", " times.", ),
    ("super", "4"),
    ("", " H"),
    ("sub", "2"),
    ("", "O on 9 km"),
    ("super", "2"),
    ("", " of base 10"),
    ("sub", "2"),
    ("", " by 10"),
    ("super", "-6"),
    ("", " on the 1"),
    ("super", "st"),
    ("", " day"),
)  # fmt: skip
SHOWN = "Sold 25^3 times.[4] H2O on 9 km^2 of base 10_2 by 10^-6 on the 1st day"


@pytest.mark.parametrize(
    ("before", "script", "is_raised", "shown"),
    [
        ("25", "3", True, "25^3"),
        ("x", "n", True, "x^n"),
        ("e", "x + 1", True, "e^(x + 1)"),
        ("e", "2x", True, "e^2x"),
        ("refunds", "3", True, "refunds[3]"),
        ("refunds", "1,2", True, "refunds[1,2]"),
        ("paid.", "12", True, "paid.[12]"),
        ("(a+b)", "2", True, "(a+b)^2"),
        ("2", "nd", True, "2nd"),
        ("Acme", "TM", True, "AcmeTM"),
        ("Search", "new", True, "Search new"),
        ("e", "kt", True, "e^kt"),
        ("Acme", "®", True, "Acme®"),
        ("word", "[4]", True, "word[4]"),
        ("", "1", True, "[1]"),
        (" ", "3", True, " ^3"),
        ("25", " 3", True, "25 3"),
        ("25", "words of a sentence, that is long", True, "25words of a sentence, that is long"),
        ("CO", "2", False, "CO2"),
        ("10", "2", False, "10_2"),
        ("x", "i", False, "xi"),
    ],
)
def test_what_is_written_around_a_script(before: str, script: str, is_raised: bool, shown: str) -> None:
    head, tail = script_affixes(before, script, is_raised=is_raised)
    assert before + head + script + tail == shown


def markup(super_tags: tuple[str, str], sub_tags: tuple[str, str]) -> str:
    tags = {"": ("", ""), "super": super_tags, "sub": sub_tags}
    return "".join(f"{tags[kind][0]}{text}{tags[kind][1]}" for kind, text in PIECES)


HTML = markup(("<sup>", "</sup>"), ("<sub>", "</sub>"))
STYLED = markup(
    ('<span style="color:red; vertical-align: super">', "</span>"), ('<span class="x subscript">', "</span>")
)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.html", f"<html><body><p>{HTML}</p></body></html>"),
        ("a.html", f"<html><body><p>{STYLED}</p></body></html>"),
        ("a.md", HTML),
        ("a.md", f"<p>{HTML}</p>"),
        ("a.md", f"<table><tr><td>{HTML}</td></tr></table>"),
        ("a.adoc", markup(("^", "^"), ("~", "~"))),
        ("a.rst", markup((r"\ :sup:`", r"`\ "), (r"\ :sub:`", r"`\ "))),
        ("a.rtf", r"{\rtf1\pard " + markup((r"{\super ", "}"), (r"{\sub ", "}")) + r"\par}"),
    ],
)
def test_text_formats(name: str, source: str) -> None:
    document = parse_bytes(name, source.encode())
    assert document.text == SHOWN


def test_a_link_to_a_note_is_a_note() -> None:
    source = 'Sold 25<sup><a href="#n3">3</a></sup>, 26<a href="#n4"><sup>4</sup></a> and **27<sup>2</sup>**'
    for name, text in (("a.md", source), ("a.html", f"<html><p>{source.replace('**', '')}</p></html>")):
        assert parse_bytes(name, text.encode()).text == "Sold 25[3], 26[4] and 27^2"
    document = parse_bytes("a.md", source.encode())
    marks = [(mark.kind, document.text[mark.start : mark.end]) for mark in document.marks]
    assert marks == [("link", "3"), ("link", "[4]"), ("strong", "27^2")]


def test_word_documents_and_their_tables() -> None:
    document = docx.Document()
    for paragraph in (document.add_paragraph(), document.add_table(1, 1).cell(0, 0).paragraphs[0]):
        for kind, text in PIECES:
            font = paragraph.add_run(text).font
            if kind:
                setattr(font, f"{kind}script", True)
    stream = BytesIO()
    document.save(stream)
    assert parse_bytes("a.docx", stream.getvalue()).text == f"{SHOWN}\n\n{SHOWN}"


def test_a_style_of_a_word_document() -> None:
    document = docx.Document()
    style = document.styles.add_style("Raised", WD_STYLE_TYPE.CHARACTER)
    style.font.superscript = True
    document.add_paragraph("Sold 25").add_run("3", style="Raised")
    stream = BytesIO()
    document.save(stream)
    assert parse_bytes("a.docx", stream.getvalue()).text == "Sold 25^3"


def test_presentations() -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    paragraph = slide.shapes.add_textbox(*4 * [Inches(1)]).text_frame.paragraphs[0]
    for kind, text in PIECES:
        run = paragraph.add_run()
        run.text = text
        if kind:
            run._r.get_or_add_rPr().set("baseline", "30000" if kind == "super" else "-25000")
    stream = BytesIO()
    deck.save(stream)
    assert parse_bytes("a.pptx", stream.getvalue()).text == f"Slide 1\n\n{SHOWN}"


def test_pdfs() -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    for kind, text in PIECES:
        pdf.char_vpos = {"": "LINE", "super": "SUP", "sub": "SUB"}[kind]
        pdf.write(8, text)
    assert parse_bytes("a.pdf", bytes(pdf.output())).text == SHOWN


def test_numbers_in_small_type_are_no_scripts() -> None:
    pdf = FPDF()
    pdf.add_page()
    for size, text in ((12, "Room B"), (10, "25"), (12, "-"), (9, "30 and 20"), (12, "24.")):
        pdf.set_font("Helvetica", size=size)
        pdf.write(8, text)
    assert parse_bytes("a.pdf", bytes(pdf.output())).text == "Room B25-30 and 2024."
