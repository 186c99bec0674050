"""OpenDocument texts, spreadsheets and presentations (.odt, .ods, .odp) → headings, text, lists, tables, notes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from index.errors import UnreadableDocument
from index.parsing.archive import open_archive
from index.parsing.formats.office.cell_text import refuse_large_sheet
from index.parsing.formats.office.opendocument_text import NAMES, TextWalk, name, words_of
from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import one_line
from index.parsing.text.tables import DataRow, write_rows
from index.parsing.text.writer import BlockWriter

Element = Any  # an element of lxml, which ships no types

_FURNITURE = frozenset("page-number date-time footer header".split())
_MOST_COLUMNS = 16_384
_MOST_CELLS = 2_000_000  # that are not empty: a few characters of the file can repeat a cell as often as they like


def parse_opendocument(data: bytes) -> Parsed:
    """Parse a document of LibreOffice. Hidden sheets and slides, comments and deleted text are left out."""
    archive = open_archive(data)
    if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise UnreadableDocument("is locked with a password; save a copy without one")
    content, styles = _tree(archive, "content.xml"), _tree(archive, "styles.xml")
    builder = TextBuilder()
    walk = TextWalk(BlockWriter(builder), [tree for tree in (styles, content) if tree is not None])
    if content is not None:
        for body in content.iterfind("office:body/office:*", NAMES):
            if body.tag == name("office:spreadsheet"):
                _write_sheets(walk, body)
            elif body.tag == name("office:presentation"):
                _write_slides(walk, body)
            else:
                walk.write_blocks(body)
    meta = _tree(archive, "meta.xml")
    title = None if meta is None else meta.findtext("office:meta/dc:title", None, NAMES)
    changed = None if meta is None else meta.findtext("office:meta/dc:date", None, NAMES)
    return replace(builder.build(title=title or walk.title or builder.first_heading(level=1)), property_date=changed)


def _write_sheets(walk: TextWalk, body: Element) -> None:
    """Write each sheet under its name, as it is shown; dates in ISO form."""
    for sheet in body.iterchildren(name("table:table")):
        if walk.sets(sheet, "table:style-name", "table:display", "false"):
            continue
        rows = list(_rows(sheet))
        if any(any(row.cells) for row in rows):
            walk.writer.builder.write_heading(1, one_line(sheet.get(name("table:name"), "")) or "?")
            write_rows(walk.writer, rows)


def _rows(sheet: Element) -> Iterator[DataRow]:
    """Yield the rows of a sheet; of those that repeat without any content only one."""
    count = 0
    for row in sheet.iter(name("table:table-row")):
        cells = _cells(row)
        times = _repeated(row, "table:number-rows-repeated") if cells else 1
        count += times * len(cells)
        refuse_large_sheet(count, most=_MOST_CELLS)
        for _ in range(times):
            yield DataRow(cells)


def _cells(row: Element) -> list[str]:
    """Return the texts of the cells of a row, up to the last one that is not empty."""
    cells: list[str] = []
    gap = 0
    for cell in row.iterchildren(name("table:table-cell"), name("table:covered-table-cell")):
        text = "" if cell.tag == name("table:covered-table-cell") else _shown(cell)
        times = _repeated(cell, "table:number-columns-repeated")
        if not text:
            gap += times
        elif len(cells) + gap + times <= _MOST_COLUMNS:
            cells += [*[""] * gap, *[text] * times]
            gap = 0
    return cells


def _shown(cell: Element) -> str:
    """Return what a cell shows, a date in ISO form."""
    if cell.get(name("office:value-type")) == "date":
        day, _, time = cell.get(name("office:date-value"), "").partition("T")
        return f"{day} {time.removesuffix(':00')}" if time.strip("0:") else str(day)
    return " ".join(words_of(paragraph) for paragraph in cell.iterchildren(name("text:p")))


def _repeated(element: Element, attribute: str) -> int:
    times = element.get(name(attribute), "1")
    return int(times) if times.isdecimal() and len(times) < 10 else 1


def _write_slides(walk: TextWalk, body: Element) -> None:
    """Write each slide as a page under its title, with its notes."""
    for number, slide in enumerate(body.iterchildren(name("draw:page")), 1):
        if walk.sets(slide, "draw:style-name", "presentation:visibility", "hidden"):
            continue
        walk.writer.builder.mark_page(number)
        shapes = [shape for shape in slide if shape.get(name("presentation:class")) not in _FURNITURE]
        title = next((shape for shape in shapes if shape.get(name("presentation:class")) == "title"), None)
        words = "" if title is None else " ".join(map(words_of, title.iter(name("text:p"))))
        walk.writer.builder.write_heading(1, words or f"Slide {number}")
        walk.title = walk.title or words
        for shape in shapes:
            if shape is not title and shape.tag != name("presentation:notes"):
                walk.write_blocks(shape)
        for notes in slide.iterchildren(name("presentation:notes")):
            frames = [frame for frame in notes if frame.get(name("presentation:class")) == "notes"]
            if any(words_of(frame) for frame in frames):
                walk.writer.builder.write_heading(2, "Notes")
                for frame in frames:
                    walk.write_blocks(frame)


def _tree(archive: zipfile.ZipFile, part: str) -> Element | None:
    from lxml import etree  # type: ignore[import-untyped]

    if part not in archive.namelist():
        return None
    return etree.fromstring(archive.read(part), etree.XMLParser(resolve_entities=False, huge_tree=True))
