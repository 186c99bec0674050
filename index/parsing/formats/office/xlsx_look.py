"""Read what calamine does not tell of an Excel workbook: number formats, what is hidden, raised and lowered letters."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from index.parsing.formats.office.cell_text import BUILT_IN, refuse_large_sheet
from index.parsing.text.cleaning import clean
from index.parsing.text.inline import InlineText

Element = Any  # an element of lxml, which ships no types
Place = tuple[int, int]  # row and column, from 0

_REFERENCE = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_READ = ("c", "row", "col", "filterColumn")
_MOST_COLUMNS = 16_384


@dataclass(slots=True)
class SheetLook:
    """The look of a sheet: number formats that matter, texts with superscripts, rows and columns that are hidden."""

    formats: dict[Place, str] = field(default_factory=dict)
    texts: dict[Place, str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


def looks_by_sheet(archive: zipfile.ZipFile) -> dict[str, SheetLook]:
    """Return the look of each sheet by its name.

    Raises UnreadableDocument for a sheet that would fill the memory: calamine ends the process then.
    """
    codes, texts = _codes(archive), dict(_texts_with_scripts(archive))
    parts = {
        part.filename: _look_of(content, codes, texts)
        for part in archive.infolist()
        if b"worksheet" in (content := archive.read(part))
    }
    relations, workbook = tree_of(archive, "xl/_rels/workbook.xml.rels"), tree_of(archive, "xl/workbook.xml")
    if relations is None or workbook is None:
        return {}
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations.iterfind("{*}Relationship")}
    paths = {
        sheet.get("name", ""): posixpath.join("/xl", targets.get(sheet.get(_RELATION), ""))[1:]
        for sheet in workbook.iterfind("{*}sheets/{*}sheet")
    }
    return {name: parts[path] for name, path in paths.items() if path in parts}


def tree_of(archive: zipfile.ZipFile, name: str) -> Element | None:
    """Return a part of the archive as a tree; None if there is none of that name."""
    from lxml import etree  # type: ignore[import-untyped]

    if name not in archive.namelist():
        return None
    return etree.fromstring(archive.read(name), etree.XMLParser(resolve_entities=False, huge_tree=True))


class _SheetReading:
    """Notes the look of a sheet, element by element."""

    def __init__(self, codes: Mapping[str, str], texts: Mapping[str, str]) -> None:
        self.look = SheetLook()
        self._codes = codes
        self._texts = texts
        self._row = self._column = self._last_row = self._last_column = -1

    def begin(self, name: str, element: Element) -> None:
        """Note what the attributes of an element say."""
        # A group that somebody folded up hides nothing for good either.
        is_hidden = element.get("hidden") in ("1", "true") and element.get("outlineLevel", "0") == "0"
        if name == "c":
            self._row, self._column = _place(element.get("r")) or (self._row, self._column + 1)
            if code := self._codes.get(element.get("s", "0")):
                self.look.formats[self._row, self._column] = code
            self._last_row, self._last_column = max(self._last_row, self._row), max(self._last_column, self._column)
            # calamine keeps the whole rectangle.
            refuse_large_sheet((self._last_row + 1) * (self._last_column + 1))
        elif name == "row":
            self._row, self._column = _number(element.get("r"), self._row + 1), -1
            if is_hidden:
                self.look.hidden_rows.add(self._row)
        elif name == "col" and is_hidden:
            first, last = _number(element.get("min"), 0), _number(element.get("max"), 0)
            self.look.hidden_columns.update(range(first, min(last, _MOST_COLUMNS) + 1))

    def end(self, name: str, element: Element) -> None:
        """Note what is inside an element, and free its memory."""
        if name == "filterColumn":  # a filter that somebody left on hides nothing for good
            self.look.hidden_rows.clear()
        elif name == "c" and self._texts and element.get("t") == "s":
            text = self._texts.get((element.findtext("{*}v") or "").strip())
            if text is not None:
                self.look.texts[self._row, self._column] = text
        elif name == "row":
            _forget(element)


def _look_of(content: bytes, codes: Mapping[str, str], texts: Mapping[str, str]) -> SheetLook:
    from lxml import etree

    reading = _SheetReading(codes, texts)
    tags = tuple(f"{{*}}{name}" for name in _READ)
    source = io.BytesIO(content)
    for event, element in etree.iterparse(
        source, events=("start", "end"), tag=tags, resolve_entities=False, huge_tree=True
    ):
        name = element.tag.rpartition("}")[2]
        if event == "start":
            reading.begin(name, element)
        else:
            reading.end(name, element)
    return reading.look


def _texts_with_scripts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield the number and the text of each shared text that has superscripts or subscripts."""
    from lxml import etree

    part = "xl/sharedStrings.xml"
    if part not in archive.namelist() or b"vertAlign" not in (content := archive.read(part)):
        return
    texts = etree.iterparse(io.BytesIO(content), tag="{*}si", resolve_entities=False, huge_tree=True)
    for number, (_, text) in enumerate(texts):
        if text.find("{*}r/{*}rPr/{*}vertAlign") is not None:
            inline = InlineText(keep_spaces=True)
            for run in text.iterfind("{*}r"):
                align = run.find("{*}rPr/{*}vertAlign")
                kind = "baseline" if align is None else align.get("val", "baseline")
                if kind != "baseline":
                    inline.open_script(is_raised=kind == "superscript")
                inline.add(clean(run.findtext("{*}t") or ""))
                if kind != "baseline":
                    inline.close_script()
            yield str(number), inline.text
        _forget(text)


def _codes(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the number formats of the styles that cells name by their number."""
    styles = tree_of(archive, "xl/styles.xml")
    if styles is None:
        return {}
    by_id = {str(number): code for number, code in BUILT_IN.items()}
    by_id |= {known.get("numFmtId", ""): known.get("formatCode", "") for known in styles.iterfind(".//{*}numFmt")}
    ids = [style.get("numFmtId", "0") for style in styles.iterfind("{*}cellXfs/{*}xf")]
    return {str(number): by_id[one] for number, one in enumerate(ids) if one in by_id}


def _forget(element: Element) -> None:
    """Free the memory of an element and of those before it."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


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
