"""Excel workbooks, written by XlsxWriter."""

from __future__ import annotations

import zipfile
from datetime import datetime
from io import BytesIO

import pytest
import xlsxwriter

from index.errors import UnreadableDocument
from index.parsing import archive as archives
from index.parsing.parse import parse_bytes


def workbook(sheets: dict[str, list[list[object]]], *, hidden: str = "") -> bytes:
    """Return a workbook; a cell may be a pair of a value and its number format."""
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    value, code = cell if isinstance(cell, tuple) else (cell, None)
                    sheet.write(number, column, value, book.add_format({"num_format": code}) if code else None)
            if name == hidden:
                sheet.hide()
    return stream.getvalue()


def test_sheets_are_headings_and_numbers_read_as_they_are_shown() -> None:
    day = datetime(2024, 5, 1)  # noqa: DTZ001 - cells have no time zone
    document = parse_bytes(
        "a.xlsx",
        workbook(
            {
                "Prices": [
                    ["Item", "Pieces", "Price", "Share", "Since"],
                    ["Bolt", 12, (1250.5, '#,##0.00 "€"'), (0.15, "0%"), (day, "dd/mm/yyyy")],
                ],
                "Empty": [],
                "Secret": [["Salary"], [1]],
                "People": [["Name", "Role"], ["Ada", "Chair"]],
            },
            hidden="Secret",
        ),
    )
    assert document.text == (
        "Prices\n\nItem | Pieces | Price | Share | Since\nBolt | 12 | 1,250.50 € | 15% | 2024-05-01\n\n"
        "People\n\nName | Role\nAda | Chair"
    )
    assert document.heading_at(document.text.index("Ada")) == "People"
    labels = [(block.kind, block.label) for block in document.blocks]
    assert labels == [("heading", ""), ("table", ""), ("row", "header"), ("row", "")] * 2


def test_formulas_are_read_by_their_last_value_and_properties_are_kept() -> None:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        created = datetime(2023, 2, 3)  # noqa: DTZ001 - XlsxWriter wants it without a zone
        book.set_properties({"title": "Terms", "created": created})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Sum", "Ratio"])
        sheet.write_formula(1, 0, "=1+1", None, 2)
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
    document = parse_bytes("a.xlsx", stream.getvalue())
    assert document.text == "Sheet1\n\nSum | Ratio\n2 |"
    assert (document.title, document.date) == ("Terms", "2023-02-03")


def test_cells_too_far_apart_would_fill_the_memory() -> None:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "near")
        sheet.write(1_048_575, 16_383, "far")
    with pytest.raises(UnreadableDocument, match="has a sheet of more than 10,000,000 cells"):
        parse_bytes("a.xlsx", stream.getvalue())


def test_damaged_and_oversized_workbooks() -> None:
    data = workbook({"A": [["Name", "Role"], ["Ada", "Chair"]]})
    with pytest.raises(UnreadableDocument, match="damaged or cut short"):
        parse_bytes("a.xlsx", data[:-100])
    for part, content, reason in (
        ("xl/worksheets/sheet1.xml", b"<worksheet><broken", "is damaged: it can't be parsed as an Excel workbook"),
        ("xl/workbook.xml", b"", "is damaged: it can't be parsed as an Excel workbook"),
        ("xl/sharedStrings.xml", bytes(archives.LARGEST_PART + 1), r"unpacks to more than \d+ MB"),
    ):
        with pytest.raises(UnreadableDocument, match=reason):
            parse_bytes("a.xlsx", with_part(data, part, content))


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """Return an archive with another content of one part."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            new.writestr(one, content if one == name else old.read(one))
    return stream.getvalue()


def test_a_workbook_that_is_another_file() -> None:
    with pytest.raises(UnreadableDocument, match=r"looks like an HTML page; rename it to \.html"):
        parse_bytes("a.xlsx", b"<html><table><tr><td>1</table>")
    with pytest.raises(UnreadableDocument, match=r"looks like an Excel workbook \(\.xlsx\); rename it to \.xlsx"):
        parse_bytes("a.xls", workbook({"A": [["x"]]}))
