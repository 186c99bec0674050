"""PowerPoint presentations (.pptx) → a heading for each slide, its texts, lists, tables and notes; slides are pages."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from index.parsing.archive import open_archive
from index.parsing.formats.office.properties import changed_on
from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import clean_layout, one_line
from index.parsing.text.inline import InlineText
from index.parsing.text.writer import BlockWriter

if TYPE_CHECKING:
    from pptx.slide import Slide

Element = Any  # an element of lxml, which ships no types
Shape = Any  # python-pptx has a class for each kind of shape, and no type for what they share

BANDS = 20  # shapes whose tops lie in the same of these parts of a slide's height are read from left to right

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_BULLETS = {f"{_A}buNone": None, f"{_A}buChar": False, f"{_A}buBlip": False, f"{_A}buAutoNum": True}
_FURNITURE = frozenset(("SLIDE_NUMBER", "DATE", "FOOTER", "HEADER"))
_TITLES = frozenset(("TITLE", "CENTER_TITLE", "VERTICAL_TITLE"))
_WITH_BULLETS = frozenset(("BODY", "OBJECT", "VERTICAL_BODY", "VERTICAL_OBJECT"))


def parse_pptx(data: bytes) -> Parsed:
    """Parse a presentation. Hidden slides are left out, and so are page numbers, dates and footers."""
    from pptx import Presentation

    open_archive(data)
    presentation = Presentation(io.BytesIO(data))
    builder = TextBuilder()
    walk = _SlideWalk(BlockWriter(builder), (presentation.slide_height or 0) // BANDS or 1)
    for number, slide in enumerate(presentation.slides, 1):
        if slide.element.get("show") not in ("0", "false"):
            walk.write_slide(slide, number)
    properties = presentation.core_properties
    title = one_line(properties.title or "")
    if title in ("", "PowerPoint Presentation"):
        title = walk.title
    return replace(builder.build(title=title), property_date=changed_on(properties.modified))


class _SlideWalk:
    """Writes slides: the title, the shapes in reading order, the notes. `title` is that of the first slide."""

    def __init__(self, writer: BlockWriter, band: int) -> None:
        self.title = ""
        self._writer = writer
        self._band = band
        self._styles: Element = None  # of the master's text

    def write_slide(self, slide: Slide, number: int) -> None:
        """Write a slide; `number` counts from 1, hidden slides included."""
        self._writer.builder.mark_page(number)
        self._styles = slide.slide_layout.slide_master.element.find("{*}txStyles/{*}bodyStyle")
        title = slide.shapes.title
        name = one_line(title.text_frame.text.replace("\v", " ")) if title is not None else ""
        self.title = self.title or name
        self._writer.heading(1, _words(name or f"Slide {number}"))
        self._write_shapes(shape for shape in slide.shapes if _kind(shape) not in _TITLES)
        notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
        if notes is not None and notes.text.strip():
            self._writer.heading(2, _words("Notes"))
            for paragraph in notes.paragraphs:
                self._writer.paragraph(_inline(paragraph._p, slide.notes_slide.part))

    def _write_shapes(self, shapes: Iterable[Shape]) -> None:
        """Write shapes by their places, or in the order of the file if all are parts of the slide's layout."""
        ordered = list(shapes)
        if not all(shape.is_placeholder for shape in ordered):
            ordered.sort(key=lambda shape: ((shape.top or 0) // self._band, shape.left or 0))
        for shape in ordered:
            if _kind(shape) in _FURNITURE:
                continue
            if hasattr(shape, "shapes"):
                self._write_shapes(shape.shapes)
            elif shape.has_text_frame:
                self._write_text(shape)
            elif getattr(shape, "has_table", False):
                self._write_table(shape)
            else:
                self._write_diagram(shape)

    def _write_text(self, shape: Shape) -> None:
        """Write the paragraphs of a shape; those with bullets or numbers are the items of lists."""
        open_lists: list[bool] = []  # True for a numbered list; the outermost first
        for paragraph in shape.text_frame.paragraphs:
            inline = _inline(paragraph._p, shape.part)
            inline.strip()
            if not inline.text:
                continue
            numbered = _bullet(shape, paragraph._p, paragraph.level, self._styles)
            depth = 0 if numbered is None else min(paragraph.level, len(open_lists)) + 1
            while len(open_lists) > depth or (open_lists and len(open_lists) == depth and open_lists[-1] != numbered):
                self._close_list(open_lists)
            if numbered is None:
                self._writer.paragraph(inline)
                continue
            if len(open_lists) == depth:
                self._writer.close_item()
            else:
                self._writer.open_list(1 if numbered else None)
                open_lists.append(numbered)
            self._writer.open_item()
            self._writer.paragraph(inline)
        while open_lists:
            self._close_list(open_lists)

    def _close_list(self, open_lists: list[bool]) -> None:
        self._writer.close_item()
        self._writer.close_list()
        open_lists.pop()

    def _write_table(self, shape: Shape) -> None:
        self._writer.open_table()
        for number, row in enumerate(shape.table.rows):
            cells = [InlineText() if cell.is_spanned else _cell(cell, shape.part) for cell in row.cells]
            self._writer.row(cells, is_header=number == 0 and shape.table.first_row)
        self._writer.close_table()

    def _write_diagram(self, shape: Shape) -> None:
        """Write the texts of a diagram (SmartArt), which lie in a part of their own, as a list."""
        from lxml import etree  # type: ignore[import-untyped]

        for relations in shape.element.iter(f"{{{_DIAGRAM}}}relIds"):
            content = shape.part.related_part(relations.get(f"{_RELATION}dm")).blob
            tree = etree.fromstring(content, etree.XMLParser(resolve_entities=False))
            self._writer.open_list(None)
            for point in tree.iter(f"{{{_DIAGRAM}}}pt"):
                text = _words(" ".join("".join(p.itertext(f"{_A}t")) for p in point.iter(f"{_A}p")))
                if text.text and point.get("type", "node") in ("node", "asst"):
                    self._writer.open_item()
                    self._writer.paragraph(text)
                    self._writer.close_item()
            self._writer.close_list()


def _kind(shape: Shape) -> str:
    """Return the kind of a placeholder, such as "TITLE"; empty for other shapes."""
    return str(shape.placeholder_format.type.name) if shape.is_placeholder else ""


def _bullet(shape: Shape, paragraph: Element, level: int, styles: Element) -> bool | None:
    """True if a paragraph is the item of a numbered list, False of a bulleted one; None if it is no item.

    What the paragraph does not say, the shape says, else the placeholders of its layout and of its master, and last the
    master's `styles`.
    """
    for properties in _paragraph_properties(shape, paragraph, level, styles):
        for child in properties:
            if child.tag in _BULLETS:
                return _BULLETS[child.tag]
    return None


def _paragraph_properties(shape: Shape, paragraph: Element, level: int, styles: Element) -> Iterator[Element]:
    """Yield the elements that may say how a paragraph begins, the nearest first."""
    yield from paragraph.iterchildren(f"{_A}pPr")
    at_level = f"{_A}lvl{level + 1}pPr"
    has_bullets = _kind(shape) in _WITH_BULLETS
    while shape is not None:
        yield from shape.element.iterfind(f".//{_A}lstStyle/{at_level}")
        shape = getattr(shape, "_base_placeholder", None)
    if has_bullets and styles is not None:
        yield from styles.iterchildren(at_level)


def _inline(paragraph: Element, part: Any) -> InlineText:
    """Return the text of a paragraph with its links and bold words; `part` knows the addresses of the links."""
    inline = InlineText(keep_spaces=True)
    for run in paragraph:
        if run.tag == f"{_A}br":
            inline.break_line()
        if run.tag not in (f"{_A}r", f"{_A}fld"):
            continue
        properties = run.find(f"{_A}rPr")
        link = None if properties is None else properties.find(f"{_A}hlinkClick")
        relation = None if link is None else part.rels.get(link.get(f"{_RELATION}id", ""))
        is_strong = properties is not None and properties.get("b") in ("1", "true")
        if relation is not None and relation.is_external:
            inline.open("link", relation.target_ref)
        if is_strong:
            inline.open("strong")
        raised_by = 0 if properties is None else int(properties.get("baseline") or 0)  # in thousandths
        if raised_by:
            inline.open_script(is_raised=raised_by > 0)
        inline.add(clean_layout(run.findtext(f"{_A}t") or ""))
        if raised_by:
            inline.close_script()
        inline.close("strong")
        inline.close("link")
    inline.join_marks()
    return inline


def _cell(cell: Any, part: Any) -> InlineText:
    """Return the paragraphs of a cell in one line."""
    return _words(" ".join(_inline(paragraph._p, part).text for paragraph in cell.text_frame.paragraphs))


def _words(text: str) -> InlineText:
    inline = InlineText()
    inline.add(one_line(text))
    return inline
