"""Read the values of form fields, and the free text that was written onto a page: PDFium's text lacks both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ctypes import byref, c_ushort, sizeof
from typing import TYPE_CHECKING

from index.parsing.pdf.lines import Line
from index.parsing.text.cleaning import one_line

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

LONGEST_VALUE = 20_000  # characters
USUAL_SIZE = 11.0  # points, of a line on a page that has no other


def with_annotations(page: PdfPage, lines: Sequence[Line]) -> list[Line]:
    """Return the lines of a page with its annotations: each behind what stands to its left, or above it."""
    placed = list(lines)
    for written in _annotations(page, lines[0].size if lines else USUAL_SIZE):
        before = [place for place, line in enumerate(placed) if _is_before(line, written)]
        placed.insert(before[-1] + 1 if before else 0, written)
    return placed


def _is_before(line: Line, written: Line) -> bool:
    height = line.bottom - written.bottom
    return height > 0.5 * line.size or (abs(height) <= 0.5 * line.size and line.left < written.left)


def _annotations(page: PdfPage, size: float) -> Iterator[Line]:
    from pypdfium2 import raw

    keys = {raw.FPDF_ANNOT_WIDGET: b"V", raw.FPDF_ANNOT_FREETEXT: b"Contents"}
    for number in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, number)
        if not annotation:
            continue
        try:
            key = keys.get(raw.FPDFAnnot_GetSubtype(annotation))
            is_hidden = raw.FPDFAnnot_GetFlags(annotation) & (raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW)
            place = raw.FS_RECTF()
            if key and not is_hidden and raw.FPDFAnnot_GetRect(annotation, byref(place)):
                text = one_line(_string(annotation, key))
                if text:
                    # Text lies in the middle of a field, and at the top of one of several lines.
                    bottom = max((place.top + place.bottom - size) / 2, place.top - 2 * size)
                    yield Line(text, place.left, place.right, bottom, size, place.right - place.left, hyphenated=False)
        finally:
            raw.FPDFPage_CloseAnnot(annotation)


def _string(annotation: object, key: bytes) -> str:
    """A text in the annotation's dictionary; empty for a name, such as the state of a check box."""
    from pypdfium2 import raw

    if raw.FPDFAnnot_GetValueType(annotation, key) != raw.FPDF_OBJECT_STRING:
        return ""
    length = min(raw.FPDFAnnot_GetStringValue(annotation, key, None, 0) // sizeof(c_ushort), LONGEST_VALUE)
    buffer = (c_ushort * length)()
    raw.FPDFAnnot_GetStringValue(annotation, key, buffer, sizeof(buffer))
    return bytes(buffer).decode("utf-16-le", errors="replace").rstrip("\0")
