"""Excel workbooks (.xlsx) → a heading for each sheet, and its rows as tables; numbers as the cells show them."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from index.parsing.archive import open_archive
from index.parsing.formats.office.cell_text import BUILT_IN, CellValue, cell_text, refuse_large_sheet
from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import one_line
from index.parsing.text.tables import DataRow, write_rows
from index.parsing.text.writer import BlockWriter

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

Element = Any  # an element of lxml, which ships no types
Place = tuple[int, int]  # row and column, from 0

_REFERENCE = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def parse_xlsx(data: bytes) -> Parsed:
    """Parse a workbook. Sheets that are hidden are left out, and so are formulas: their last values are read."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    archive = open_archive(data)
    formats = _formats_by_sheet(archive)
    builder = TextBuilder()
    writer = BlockWriter(builder)
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for sheet in workbook.sheets_metadata:
        if sheet.typ != SheetTypeEnum.WorkSheet or sheet.visible != SheetVisibleEnum.Visible:
            continue
        rows = _rows(workbook, sheet.name)
        if not any(cell != "" for row in rows for cell in row):
            continue
        shown = formats.get(sheet.name, {})
        builder.write_heading(1, one_line(sheet.name) or "?")
        write_rows(
            writer,
            (
                DataRow([cell_text(cell, shown.get((number, column))) for column, cell in enumerate(row)])
                for number, row in enumerate(rows)
            ),
        )
    title, modified = _properties(archive)
    return replace(builder.build(title=title), property_date=modified)


def _rows(workbook: CalamineWorkbook, name: str) -> Sequence[Sequence[CellValue]]:
    """Return the values of a sheet's cells. A panic of the library, which is no Exception, is raised as ValueError."""
    try:
        return workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise ValueError(str(error)) from error
        raise


def _formats_by_sheet(archive: zipfile.ZipFile) -> dict[str, dict[Place, str]]:
    """Return the number formats of the cells of each sheet, where they have one that matters.

    Raises UnreadableDocument for a sheet that would fill the memory: the library ends the process then.
    """
    codes = _codes(archive)
    parts = {
        name: _formats_of(content, codes)
        for name in archive.namelist()
        if b"worksheet" in (content := archive.read(name))
    }
    relations, workbook = _tree(archive, "xl/_rels/workbook.xml.rels"), _tree(archive, "xl/workbook.xml")
    if relations is None or workbook is None:
        return {}
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations.iterfind("{*}Relationship")}
    return {
        sheet.get("name", ""): parts.get(posixpath.join("/xl", targets.get(sheet.get(_RELATION), ""))[1:], {})
        for sheet in workbook.iterfind("{*}sheets/{*}sheet")
    }


def _formats_of(content: bytes, codes: dict[str, str]) -> dict[Place, str]:
    """Return the number formats of a sheet's cells, and check how far apart the cells are."""
    from lxml import etree  # type: ignore[import-untyped]

    found = {}
    row = column = last_row = last_column = -1
    parsing = etree.iterparse(
        io.BytesIO(content), events=("start", "end"), tag=("{*}c", "{*}row"), resolve_entities=False, huge_tree=True
    )
    for event, element in parsing:
        is_row = element.tag.endswith("row")
        if event == "end":
            if is_row:
                _forget(element)
            continue
        if is_row:
            row, column = _number(element.get("r"), row + 1), -1
        else:
            row, column = _place(element.get("r")) or (row, column + 1)
            if code := codes.get(element.get("s", "0")):
                found[row, column] = code
            last_row, last_column = max(last_row, row), max(last_column, column)
            refuse_large_sheet((last_row + 1) * (last_column + 1))  # calamine keeps the whole rectangle
    return found


def _forget(element: Element) -> None:
    """Free the memory of a row and of those before it."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _codes(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the number formats of the styles that cells name by their number."""
    styles = _tree(archive, "xl/styles.xml")
    if styles is None:
        return {}
    by_id = {str(number): code for number, code in BUILT_IN.items()}
    by_id |= {known.get("numFmtId", ""): known.get("formatCode", "") for known in styles.iterfind(".//{*}numFmt")}
    ids = [style.get("numFmtId", "0") for style in styles.iterfind("{*}cellXfs/{*}xf")]
    return {str(number): by_id[one] for number, one in enumerate(ids) if one in by_id}


def _properties(archive: zipfile.ZipFile) -> tuple[str | None, str | None]:
    """Return the title and the last change that a program wrote into the workbook."""
    core = _tree(archive, "docProps/core.xml")
    if core is None:
        return None, None
    return core.findtext("{*}title"), core.findtext("{*}modified")


def _tree(archive: zipfile.ZipFile, name: str) -> Element | None:
    from lxml import etree

    if name not in archive.namelist():
        return None
    return etree.fromstring(archive.read(name), etree.XMLParser(resolve_entities=False, huge_tree=True))


def _place(reference: str | None) -> Place | None:
    """Return the row and the column, from 0, of a reference such as "AB12"."""
    found = _REFERENCE.fullmatch(reference or "")
    if not found:
        return None
    column = 0
    for letter in found[1].upper():
        column = 26 * column + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def _number(text: str | None, default: int) -> int:
    """Return a number of the file that counts from 1, counted from 0."""
    return int(text) - 1 if text and text.isdecimal() and len(text) < 10 else default
