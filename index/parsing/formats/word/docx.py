"""Word documents (.docx) → headings, paragraphs, list items and table rows in the order of the page."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from index.parsing.archive import open_archive
from index.parsing.formats.office.properties import changed_on
from index.parsing.formats.word.formulas import FORMULA, formula_text
from index.parsing.formats.word.numbering import Numbering
from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import clean_layout, one_line
from index.parsing.text.inline import InlineText

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

Element = Any  # an element of lxml, which ships no types

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SEEN_NOWHERE = frozenset((f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}txbxContent", f"{_W}instrText"))
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SPECIAL = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_NOTE_REFERENCES = {f"{_W}footnoteReference": "footnote", f"{_W}endnoteReference": "endnote"}
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_HEADING_STYLE = re.compile(r"heading (\d)", re.IGNORECASE)


def parse_docx(data: bytes) -> Parsed:
    """Parse a Word document. Tracked deletions and its table of contents are left out, insertions kept."""
    import docx

    open_archive(data)
    document = docx.Document(io.BytesIO(data))
    builder = TextBuilder()
    walk = _WordWalk(document, builder)
    walk.write_blocks(document.element.body)
    walk.finish()
    title = one_line(document.core_properties.title or "")
    parsed = builder.build(title=title or walk.title or walk.first_heading)
    return replace(parsed, property_date=changed_on(document.core_properties.modified))


class _WordWalk:
    """Writes the blocks of a body, a content control or a text box, in their order."""

    def __init__(self, document: WordDocument, builder: TextBuilder) -> None:
        self.title: str | None = None
        self.first_heading: str | None = None
        self._builder = builder
        self._depths: list[int] = []  # of the lists that are open, the outermost first
        self._relations = document.part.rels
        self._styles = {style.style_id: style for style in document.styles}
        has_lists = any(relation.reltype.endswith("/numbering") for relation in document.part.rels.values())
        self._numbering = Numbering.of(document.part.numbering_part.element if has_lists else None)
        self._style_properties = cache(self._read_style)
        self._notes = _notes_of(document)
        self._pending_notes: list[str] = []  # of the paragraph or table that is being written
        self._notes_before = 0

    def write_blocks(self, parent: Element) -> None:
        """Write the children of `parent`."""
        for child in parent.iterchildren():
            if child.tag == f"{_W}p":
                self._write_paragraph(child)
            elif child.tag == f"{_W}tbl":
                self._write_table(child)
            elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml", f"{_W}smartTag"):
                self.write_blocks(child)

    def finish(self) -> None:
        """Close the lists that are open."""
        self._close_lists()

    def _write_paragraph(self, paragraph: Element) -> None:
        inline = self._inline(paragraph)
        text = inline.text.strip()
        name, level, style_list = self._style_properties(_value(paragraph, "w:pPr/w:pStyle"))
        own_level = _value(paragraph, "w:pPr/w:outlineLvl")
        level = int(own_level) + 1 if own_level and own_level.isdigit() and int(own_level) < 9 else level
        if text and level is not None:
            mark, _ = self._list_mark(paragraph, style_list)
            numbered = f"{mark} {text}" if mark.strip("-") else text
            self._write_heading(level, one_line(numbered), is_title=name == "title")
        elif text and not name.startswith(("toc ", "table of contents")):
            self._write_text(inline, *self._list_mark(paragraph, style_list))
        self._write_notes()
        for box in paragraph.iter(f"{_W}txbxContent"):
            if not any(ancestor.tag == _FALLBACK for ancestor in box.iterancestors()):
                self.write_blocks(box)

    def _write_text(self, inline: InlineText, mark: str, depth: int) -> None:
        """A paragraph, or the item of a list if it has a `mark`."""
        builder = self._builder
        if not mark:
            self._close_lists()
            builder.separate()
            with builder.block("paragraph"):
                builder.write_inline(inline)
            return
        builder.separate("\n" if self._depths else "\n\n")
        while self._depths and self._depths[-1] >= depth:
            builder.close()
            if self._depths[-1] == depth:
                break
            self._depths.pop()
            builder.close()
        else:
            self._depths.append(depth)
            builder.open("list")
        builder.open("item", mark)
        builder.write("  " * min(depth, 8) + mark + " ")
        with builder.block("paragraph"):
            builder.write_inline(inline)

    def _close_lists(self) -> None:
        for _ in self._depths:
            self._builder.close()
            self._builder.close()
        self._depths.clear()

    def _inline(self, paragraph: Element) -> InlineText:
        """The visible text of a paragraph with its links and bold words."""
        inline = InlineText(keep_spaces=True)
        for text, strong, target, script in self._pieces(paragraph, target=""):
            if target:
                inline.open("link", target)
            if strong:
                inline.open("strong")
            if script:
                inline.open_script(is_raised=script == "superscript")
            inline.add(clean_layout(text))
            if script:
                inline.close_script()
            inline.close("strong")
            inline.close("link")
        inline.join_marks()
        inline.strip()
        return inline

    def _pieces(self, parent: Element, *, target: str) -> Iterator[tuple[str, bool, str, str]]:
        """The visible pieces of a paragraph: (text, is bold, address of its link, "superscript" or the like)."""
        for child in parent.iterchildren():
            if child.tag in _SEEN_NOWHERE or child.tag == _FALLBACK:
                continue
            if child.tag == FORMULA:
                yield formula_text(child), False, target, ""
            elif child.tag == f"{_W}r":
                for reference in child.iterchildren(*_NOTE_REFERENCES):
                    yield self._refer_to_note(reference), False, "", ""
                bold = child.find(f"{_W}rPr/{_W}b")
                strong = bold is not None and bold.get(f"{_W}val") not in ("0", "false", "off")
                style = self._styles.get(_value(child, "w:rPr/w:rStyle") or "")
                of_style = None if style is None else _value(style.element, "w:rPr/w:vertAlign")
                script = _value(child, "w:rPr/w:vertAlign") or of_style or "baseline"
                yield "".join(_texts(child)), strong, target, "" if script == "baseline" else script
            elif child.tag == f"{_W}hyperlink":
                relation = self._relations.get(child.get(_RELATION, ""))
                linked = relation.target_ref if relation is not None and relation.is_external else ""
                yield from self._pieces(child, target=linked)
            else:
                yield from self._pieces(child, target=target)

    def _refer_to_note(self, reference: Element) -> str:
        """Return the mark of a footnote, whose text is written below the paragraph; empty if it has none."""
        note = self._notes.get((_NOTE_REFERENCES[reference.tag], reference.get(f"{_W}id", "")))
        if not note:
            return ""
        self._pending_notes.append(note)
        return f"[{self._notes_before + len(self._pending_notes)}]"

    def _write_notes(self) -> None:
        for note in self._pending_notes:
            self._notes_before += 1
            inline = InlineText()
            inline.add(f"[{self._notes_before}] {note}")
            self._write_text(inline, "", 0)
        self._pending_notes.clear()

    def _write_heading(self, level: int, text: str, is_title: bool) -> None:
        self._close_lists()
        self._builder.write_heading(level, text)
        if is_title:
            self.title = self.title or text
        self.first_heading = self.first_heading or text

    def _write_table(self, table: Element) -> None:
        """One row a line, its cells separated by bars; the first row is the header."""
        self._close_lists()
        gap = "\n\n"
        self._builder.open("table")
        for row in _own(table, "tr"):
            cells = (one_line(" ".join(self._inline(p).text for p in cell.iter(f"{_W}p"))) for cell in _own(row, "tc"))
            line = " | ".join(cells)
            if line.strip(" |"):
                self._builder.separate(gap)
                with self._builder.block("row", "header" if gap == "\n\n" else ""):
                    self._builder.write(line)
                gap = "\n"
        self._builder.close()
        self._write_notes()

    def _read_style(self, style_id: str | None) -> tuple[str, int | None, tuple[str, int] | None]:
        """Of a paragraph style: its name in lower case, its heading's level, and the list and depth it belongs to.

        Word keeps the English names of its own styles in every language; styles made by users inherit from those.
        """
        style = self._styles.get(style_id or "")
        name = (style.name or "").lower() if style is not None else ""
        level, item = None, None
        for _ in range(20):  # a chain of styles may run in a circle
            if style is None:
                break
            found = _HEADING_STYLE.fullmatch(style.name or "")
            outline = _value(style.element, "w:pPr/w:outlineLvl")
            if level is None and (found or (style.name or "").lower() == "title"):
                level = int(found[1]) if found else 1
            elif level is None and outline and outline.isdigit() and int(outline) < 9:
                level = int(outline) + 1
            number = _value(style.element, "w:pPr/w:numPr/w:numId")
            if item is None and number:
                item = number, int(_value(style.element, "w:pPr/w:numPr/w:ilvl") or 0)
            style = getattr(style, "base_style", None)
        return name, level, item

    def _list_mark(self, paragraph: Element, style_list: tuple[str, int] | None) -> tuple[str, int]:
        """The mark of a list item ("-", "3.", "§ 6") and its depth; an empty mark for other paragraphs."""
        number = _value(paragraph, "w:pPr/w:numPr/w:numId") or (style_list[0] if style_list else "0")
        own_depth = _value(paragraph, "w:pPr/w:numPr/w:ilvl")
        depth = int(own_depth) if own_depth and own_depth.isdigit() else style_list[1] if style_list else 0
        if number == "0":  # Word's way to take a paragraph out of its style's list
            return "", 0
        return self._numbering.next_mark(number, depth), depth


def _own(element: Element, name: str) -> Iterator[Element]:
    """The rows of a table, or the cells of a row, in content controls as well; none of a table inside."""
    for child in element.iterchildren():
        if child.tag == f"{_W}{name}":
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins"):
            yield from _own(child, name)


def _texts(paragraph: Element) -> Iterator[str]:
    """The visible pieces of text of a paragraph."""
    for child in paragraph.iterchildren():
        if child.tag in _SEEN_NOWHERE or child.tag == _FALLBACK:
            continue
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _SPECIAL:
            yield _SPECIAL[child.tag]
        else:
            yield from _texts(child)


def _value(element: Element, path: str) -> str | None:
    """The `w:val` of the first element at `path`."""
    found = element.find(path, {"w": _W[1:-1]})
    return None if found is None else found.get(f"{_W}val")


def _notes_of(document: WordDocument) -> dict[tuple[str, str], str]:
    """The texts of footnotes and endnotes by their kind and number."""
    from lxml import etree  # type: ignore[import-untyped]

    found = {}
    for relation in document.part.rels.values():
        kind = relation.reltype.rpartition("/")[2].removesuffix("s")
        if kind not in _NOTE_REFERENCES.values() or relation.is_external:
            continue
        parser = etree.XMLParser(resolve_entities=False, huge_tree=True)
        for note in etree.fromstring(relation.target_part.blob, parser).iterchildren(f"{_W}{kind}"):
            text = one_line(" ".join("".join(_texts(paragraph)) for paragraph in note.iter(f"{_W}p")))
            found[kind, note.get(f"{_W}id", "")] = text
    return found
