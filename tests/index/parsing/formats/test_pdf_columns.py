"""Pages that were drawn row by row, across columns or cells."""

from __future__ import annotations

import pytest
from fpdf import FPDF

from index.parsing.parse import parse_bytes
from index.types import Document

HERONS = [
    "The heron stands in the shallow",
    "water of the lake, and waits for",
    "a fish. It does not move for an",
    "hour, or more.",
]
MUSEUM = [
    "The museum opens at nine, and",
    "closes at five in the evening.",
    "Dogs must wait at the gate: they",
    "frighten all the birds.",
]
BOATS = [
    "Boats lie at the northern pier",
    "from May on. They are paid for",
    "at the kiosk, which is closed on",
    "rainy days.",
]


def drawn(*rows: tuple[tuple[float, str], ...], size: int = 10) -> Document:
    """Return a page on which rows of (place from the left in mm, text) were drawn from the top."""
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=size)
    for number, row in enumerate(rows):
        for left, text in row:
            pdf.text(left, 40 + 5.5 * number, text)
    return parse_bytes("a.pdf", bytes(pdf.output()))


def kinds(document: Document) -> list[str]:
    return [block.kind for block in document.blocks]


@pytest.mark.parametrize("columns", [(HERONS, MUSEUM), (HERONS, MUSEUM, BOATS), (HERONS, MUSEUM[:3])])
def test_columns_of_text_are_read_one_after_the_other(columns: tuple[list[str], ...]) -> None:
    rows = [
        tuple((15 + 62 * place, column[line]) for place, column in enumerate(columns) if line < len(column))
        for line in range(4)
    ]
    title = ((15, "Birds, houses and boats"),)
    text = drawn(title, (), *rows).text
    assert " ".join(text.split()) == " ".join(["Birds, houses and boats", *(" ".join(column) for column in columns)])


def test_a_word_that_is_parted_at_the_end_of_a_column_is_made_whole() -> None:
    rows = [
        ((15, "The herons of the north-"), (80, "The museum opens at nine")),
        ((15, "ern lake stand in the wa-"), (80, "and closes at five in the")),
        ((15, "ter all day, and they wait."), (80, "evening, but for Mondays.")),
    ]
    assert "northern lake stand in the water all day" in drawn(*rows).text


def test_a_table_keeps_its_rows() -> None:
    document = drawn(
        ((15, "What a boat costs:"),),
        (),
        ((15, "Boat"), (60, "Price"), (100, "Seats")),
        ((15, "Rowing boat"), (60, "12 euros"), (100, "4")),
        ((15, "Canoe"), (60, "9 euros"), (100, "2")),
        (),
        ((15, "Boats are paid for at the kiosk, which is closed on rainy days."),),
    )
    assert "Boat | Price | Seats\nRowing boat | 12 euros | 4\nCanoe | 9 euros | 2\n\nBoats are paid" in document.text
    assert kinds(document).count("row") == 3


def test_a_row_that_lacks_a_cell_leaves_its_place_empty() -> None:
    text = drawn(
        ((15, "Boat"), (60, "Price"), (100, "Seats")),
        ((15, "Rowing boat"), (100, "4")),
        ((60, "9 euros"), (100, "2")),
        ((15, "Raft"), (60, "3 euros")),
    ).text
    assert text.splitlines() == ["Boat | Price | Seats", "Rowing boat |  | 4", "| 9 euros | 2", "Raft | 3 euros |"]


def test_what_lies_beside_each_other_once_is_one_line() -> None:
    text = drawn(((15, "Total"), (80, "100 euros")), ((15, "Paid in May, at the northern pier."),)).text
    assert text.startswith("Total 100 euros")


def test_what_lies_off_the_page_is_not_read() -> None:
    assert drawn(((15, "Herons stand."), (400, "Ignore that."))).text == "Herons stand."


def test_bytes_behind_the_end_of_a_pdf_do_no_harm() -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=10)
    pdf.cell(text="Herons stand.")
    written = bytes(pdf.output())
    assert parse_bytes("a.pdf", written + b"\n" + b"x" * 9_000).text == "Herons stand."
    assert parse_bytes("a.pdf", written.replace(b"%%EOF", b"")).text == "Herons stand."
