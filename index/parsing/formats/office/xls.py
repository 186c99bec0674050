"""Old Excel workbooks (.xls) → a heading for each sheet, and its rows as tables; numbers as the cells show them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Literal

from index.errors import UnreadableDocument
from index.parsing.formats.office.cell_text import cell_text
from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import one_line
from index.parsing.text.tables import DataRow, write_rows
from index.parsing.text.writer import BlockWriter

if TYPE_CHECKING:
    from xlrd.book import Book
    from xlrd.sheet import Cell


def parse_xls(data: bytes) -> Parsed:
    """Parse a workbook of Excel 5 to 2003. Sheets that are hidden are left out; formulas are read by their values."""
    import xlrd
    from xlrd.biffh import XLRDError

    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, ragged_rows=True, logfile=io.StringIO())
    except XLRDError as error:
        if "encrypted" in str(error):
            raise UnreadableDocument("is locked with a password; save a copy without one") from error
        raise
    builder = TextBuilder()
    writer = BlockWriter(builder)
    for sheet in book.sheets():
        if sheet.visibility or not any(cell.value for row in sheet.get_rows() for cell in row):
            continue
        builder.write_heading(1, one_line(sheet.name) or "?")
        write_rows(writer, (DataRow([_shown(book, cell) for cell in row]) for row in sheet.get_rows()))
    return builder.build()


def _shown(book: Book, cell: Cell) -> str:
    """Return the text of a cell; errors such as a division by zero are left out."""
    import xlrd

    if cell.ctype == xlrd.XL_CELL_TEXT:
        return cell_text(str(cell.value))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return cell_text(bool(cell.value))
    style = book.xf_list[cell.xf_index or 0]
    code = str(book.format_map[style.format_key].format_str)
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return cell_text(float(cell.value), code)
    if cell.ctype == xlrd.XL_CELL_DATE:
        return _shown_date(float(cell.value), code, book.datemode)
    return ""


def _shown_date(value: float, code: str, datemode: Literal[0, 1]) -> str:
    """Return a day, a time of day (below 1) or a duration; a number that is no date is shown as it is."""
    from datetime import timedelta

    from xlrd.xldate import XLDateError, xldate_as_datetime

    if "[h" in code.lower() or "[m" in code.lower():
        return cell_text(timedelta(days=value))
    try:
        moment = xldate_as_datetime(value, datemode)
    except (XLDateError, OverflowError, ValueError):
        return cell_text(value)
    return cell_text(moment.time() if 0 < value < 1 else moment)
