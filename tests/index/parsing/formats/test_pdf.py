"""PDFs, written by fpdf2 and pypdf."""

from __future__ import annotations

from io import BytesIO

import pypdf
import pytest
from fpdf import FPDF
from PIL import Image

from index.errors import UnreadableDocument
from index.parsing.parse import parse_bytes

REFUNDS = (
    "Refunds are paid within fourteen days of the day on which the parcel reaches our warehouse, counted from the "
    "morning after the delivery was recorded there by a member of our staff."
)
SOFTWARE = (
    "Opened software is not refunded unless it is faulty. An exception applies to hardware that was damaged on its "
    "way to the customer, provided that the damage was photographed."
)


class Handbook(FPDF):
    """Pages with a running header and a page number, as word processors make them."""

    def header(self) -> None:
        self.set_font("Helvetica", size=8)
        self.cell(0, 8, "Acme handbook 2024", align="C", new_x="LMARGIN", new_y="NEXT")

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("Helvetica", size=8)
        self.cell(0, 8, f"Page {self.page_no()} of 4", align="C")

    def chapter(self, name: str) -> None:
        self.start_section(name)
        self.set_font("Helvetica", "B", 14)
        self.multi_cell(0, 8, name, new_x="LMARGIN", new_y="NEXT")

    def paragraph(self, text: str) -> None:
        self.set_font("Helvetica", size=11)
        self.multi_cell(0, 6, text, align="J", new_x="LMARGIN", new_y="NEXT")
        self.ln(2)


def handbook(chapters: int = 4) -> bytes:
    pdf = Handbook()
    pdf.set_title("The handbook")
    pdf.add_page()
    for number in range(chapters):
        pdf.chapter(f"Chapter {number + 1}: Returns")
        for _ in range(9):
            pdf.paragraph(REFUNDS)
            pdf.paragraph(SOFTWARE)
    return bytes(pdf.output())


def pages_of(*texts: str) -> bytes:
    pdf = FPDF()
    for text in texts:
        pdf.add_page()
        pdf.set_font("Helvetica", size=11)
        pdf.multi_cell(0, 6, text, new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def test_paragraphs_headings_and_pages_without_running_lines() -> None:
    document = parse_bytes("some-file.pdf", handbook())
    expected = []
    for number in range(4):
        expected += [f"Chapter {number + 1}: Returns", *[REFUNDS, SOFTWARE] * 9]
    assert document.text == "\n\n".join(expected)
    assert (document.title, document.format, document.language) == ("The handbook", "pdf", "en")
    assert [heading.text for heading in document.headings] == [f"Chapter {number}: Returns" for number in range(1, 5)]
    assert all(document.text.startswith(heading.text, heading.start) for heading in document.headings)
    assert [page.number for page in document.pages] == list(range(1, len(document.pages) + 1))
    assert len(document.pages) > 2


def test_a_sentence_over_a_page_break_stays_one_sentence() -> None:
    document = parse_bytes("a.pdf", pages_of("Refunds are paid within", "fourteen days of the delivery.", "The end."))
    assert document.text == "Refunds are paid within fourteen days of the delivery.\n\nThe end."
    assert [document.page_at(document.text.index(word)) for word in ("Refunds", "within", "fourteen", "end")] == [
        1,
        1,
        2,
        3,
    ]


def test_pages_of_a_line_each_are_not_taken_for_running_lines() -> None:
    texts = [f"This is page {number}." for number in range(1, 6)]
    assert parse_bytes("a.pdf", pages_of(*texts)).text == "\n\n".join(texts)


def test_lines_that_were_meant_stay_lines() -> None:
    document = parse_bytes("a.pdf", pages_of(f"{REFUNDS}\n- first item\n- second item\n1. third item\n{SOFTWARE}"))
    assert document.text == f"{REFUNDS}\n- first item\n- second item\n1. third item\n{SOFTWARE}"


def test_a_word_parted_at_the_end_of_a_line_is_made_whole() -> None:
    document = parse_bytes(
        "a.pdf", pages_of("The parcel reaches our ware-\nhouse. A well-known\nrule: it is well-\nknown.")
    )
    assert "our warehouse." in document.text
    assert "it is well-known." in document.text


@pytest.mark.parametrize("title", ["Microsoft Word - terms.doc", "untitled", "terms_v3.indd", "  "])
def test_a_title_that_a_program_left_there(title: str) -> None:
    pdf = FPDF()
    pdf.set_title(title)
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    pdf.cell(text="Words")
    assert parse_bytes("terms-of-trade.pdf", bytes(pdf.output())).title == "terms of trade"


def test_a_scan_without_text_layer() -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.image(Image.new("L", (200, 200), 200), w=100)
    with pytest.raises(UnreadableDocument, match=r"has no text layer: it is a scan; run it through OCR .*ocrmypdf"):
        parse_bytes("a.pdf", bytes(pdf.output()))


@pytest.mark.parametrize(("user_password", "opens"), [("secret", False), ("", True)])
def test_passwords(user_password: str, opens: bool) -> None:
    writer = pypdf.PdfWriter(BytesIO(pages_of("Locked words.")))
    writer.encrypt(user_password, owner_password="owner", algorithm="RC4-128")
    stream = BytesIO()
    writer.write(stream)
    if opens:
        assert parse_bytes("a.pdf", stream.getvalue()).text == "Locked words."
    else:
        with pytest.raises(UnreadableDocument, match="is locked with a password"):
            parse_bytes("a.pdf", stream.getvalue())


@pytest.mark.parametrize("share", [0.05, 0.5, 0.97])
def test_a_pdf_cut_short(share: float) -> None:
    data = handbook()
    with pytest.raises(UnreadableDocument, match="is cut short"):
        parse_bytes("a.pdf", data[: int(share * len(data))])


def test_a_pdf_of_garbage() -> None:
    with pytest.raises(UnreadableDocument, match="is damaged"):
        parse_bytes("a.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 20 + b"\nstartxref\n12\n%%EOF")
