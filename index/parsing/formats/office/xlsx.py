"""Excel workbooks (.xlsx) → a heading for each sheet, and its rows as tables; numbers as the cells show them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from index.parsing.archive import open_archive
from index.parsing.formats.office.cell_text import CellValue, cell_text
from index.parsing.formats.office.xlsx_look import SheetLook, looks_by_sheet, tree_of
from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import one_line
from index.parsing.text.tables import DataRow, write_rows
from index.parsing.text.writer import BlockWriter

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook


def parse_xlsx(data: bytes) -> Parsed:
    """Parse a workbook. Hidden sheets, rows and columns are left out; formulas are read by their last values."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    archive = open_archive(data)
    looks = looks_by_sheet(archive)
    builder = TextBuilder()
    writer = BlockWriter(builder)
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for sheet in workbook.sheets_metadata:
        if sheet.typ != SheetTypeEnum.WorkSheet or sheet.visible != SheetVisibleEnum.Visible:
            continue
        rows = list(_shown(_values(workbook, sheet.name), looks.get(sheet.name, SheetLook())))
        if any(any(row.cells) for row in rows):
            builder.write_heading(1, one_line(sheet.name) or "?")
            write_rows(writer, rows)
    title, modified = _properties(archive)
    return replace(builder.build(title=title), property_date=modified)


def _values(workbook: CalamineWorkbook, name: str) -> Sequence[Sequence[CellValue]]:
    """Return the values of a sheet's cells. A panic of the library, which is no Exception, is raised as ValueError."""
    try:
        return workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise ValueError(str(error)) from error
        raise


def _shown(rows: Sequence[Sequence[CellValue]], look: SheetLook) -> Iterator[DataRow]:
    """Yield the rows that are not hidden, as they are shown."""
    for number, row in enumerate(rows):
        if number not in look.hidden_rows:
            yield DataRow(
                [
                    look.texts.get((number, column)) or cell_text(value, look.formats.get((number, column)))
                    for column, value in enumerate(row)
                    if column not in look.hidden_columns
                ]
            )


def _properties(archive: zipfile.ZipFile) -> tuple[str | None, str | None]:
    """Return the title and the last change that a program wrote into the workbook."""
    core = tree_of(archive, "docProps/core.xml")
    if core is None:
        return None, None
    return core.findtext("{*}title"), core.findtext("{*}modified")
