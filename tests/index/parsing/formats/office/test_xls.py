"""Old Excel workbooks, written by xlwt."""

from __future__ import annotations

from datetime import date, time
from io import BytesIO

import pytest
import xlwt

from index.errors import UnreadableDocument
from index.parsing.parse import parse_bytes


def saved(book: xlwt.Workbook) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_sheets_are_headings_and_numbers_read_as_they_are_shown() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Prices")
    cells: list[list[tuple[object, str]]] = [
        [("Prices of 2024", "")],
        [],
        [("Item", ""), ("Price", ""), ("Share", ""), ("Since", ""), ("Opens", ""), ("Takes", ""), ("In stock", "")],
        [
            ("Bolt", ""),
            (1250.5, "#,##0.00"),
            (0.15, "0%"),
            (date(2024, 5, 1), "D/M/YY"),
            (time(9, 30), "h:mm"),
            (1.25, "[h]:mm"),
            (True, ""),
        ],
        [("Nut", ""), (12, "")],
    ]
    for number, row in enumerate(cells):
        for column, (value, code) in enumerate(row):
            sheet.write(number, column, value, xlwt.easyxf(num_format_str=code or "General"))
    secret = book.add_sheet("Secret")
    secret.write(0, 0, "Salary")
    secret.visibility = 1
    book.add_sheet("Empty")
    document = parse_bytes("a.xls", saved(book))
    assert document.text == (
        "Prices\n\nPrices of 2024\n\nItem | Price | Share | Since | Opens | Takes | In stock\n"
        "Bolt | 1,250.50 | 15% | 2024-05-01 | 09:30 | 30:00 | TRUE\nNut | 12 |  |  |  |  |"
    )
    assert document.heading_at(document.text.index("Bolt")) == "Prices › Prices of 2024"
    assert document.format == "xls"


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_workbook_cut_short(share: float) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("A")
    for number in range(2_000):
        sheet.write(number, 0, f"Word {number}")
    data = saved(book)
    with pytest.raises(UnreadableDocument, match=r"is damaged|looks like|whatever its name says"):
        parse_bytes("a.xls", data[: int(share * len(data))])
