"""PDF → pages, lines, paragraphs: what PDFium reads, put back into running text by where the lines stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from index.errors import UnreadableDocument
from index.parsing.pdf.annotations import with_annotations
from index.parsing.pdf.columns import in_reading_order
from index.parsing.pdf.lines import LEADER, Line, read_lines
from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import one_line, space_between
from index.parsing.text.layout import blocks_by_layout

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

_SENTENCE_END = re.compile(r"[.!?:;。！？…][\"'”’»)\]]*$")
_ITEM = re.compile(r"(?:[•‣◦▪●○■–—*-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s")
_PAGE_NUMBER = re.compile(r"(?:page |seite |p\. ?)?[-–— ]*#[-–— ]*(?:(?:/|of|von|sur|de) ?#)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Page:
    number: int
    height: float
    lines: tuple[Line, ...]


def parse_pdf(data: bytes) -> Parsed:
    """Parse a PDF: paragraphs separated by blank lines, its bookmarks as headings, running headers left out."""
    import pypdfium2

    if not any(mark in data for mark in (b"%%EOF", b"startxref")):
        raise UnreadableDocument("is cut short: the end of the PDF is missing; copy or download it again")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableDocument("is locked with a password; save a copy without one") from error
        raise UnreadableDocument("is damaged: PDFium can't read it as a PDF; save or download it again") from error
    with closing(document):
        pages = [_read_page(document, number) for number in range(1, len(document) + 1)]
        if not any(character.isalnum() for page in pages for line in page.lines for character in line.text):
            raise UnreadableDocument(
                "has no text layer: it is a scan; run it through OCR first (for instance `ocrmypdf`)"
            )
        bookmarks = _read_bookmarks(document, pages)
        title = one_line(document.get_metadata_value("Title") or "")
        created = document.get_metadata_value("CreationDate") or ""
    parsed = _write(_without_running_lines(pages, bookmarks), bookmarks, title)
    return replace(parsed, property_date=created.removeprefix("D:")[:8] or None)


def _read_page(document: PdfDocument, number: int) -> _Page:
    with closing(document[number - 1]) as page, closing(page.get_textpage()) as text_page:
        left, bottom, right, top = page.get_bbox()
        seen = [
            line
            for line in read_lines(text_page)
            if line.left < right and line.right > left and bottom - line.size < line.bottom < top
        ]
        return _Page(number, float(page.get_height()), tuple(in_reading_order(with_annotations(page, seen))))


def _read_bookmarks(document: PdfDocument, pages: Sequence[_Page]) -> dict[int, list[tuple[int, str]]]:
    """The (level, title) of the bookmarks by the number of the page that they lead to."""
    bookmarks: dict[int, list[tuple[int, str]]] = {}
    for bookmark in document.get_toc(max_depth=6):
        destination, title = bookmark.get_dest(), one_line(bookmark.get_title() or "")
        page = destination.get_index() if destination else None
        if page is not None and title:
            number = page + 1 + _is_overleaf(title, pages[page : page + 2])
            bookmarks.setdefault(number, []).append((bookmark.level + 1, title))
    return bookmarks


def _is_overleaf(title: str, pages: Sequence[_Page]) -> bool:
    """True if a bookmark leads to the end of the page before the one that begins with its heading."""
    named = [any(_same(title, line.text) for line in page.lines) for page in pages]
    return named == [False, True]


def _without_running_lines(pages: list[_Page], bookmarks: dict[int, list[tuple[int, str]]]) -> list[_Page]:
    """The pages without headers, footers and page numbers: what recurs in the margins, but for its numbers.

    Only small lines of the outer parts of a page that stand apart from its text are looked at, so that neither the
    chapters' headings nor the lines of a table that goes on over pages fall victim.
    """
    sizes = [line.size for page in pages for line in page.lines]
    usual = median(sizes) if sizes else 0.0
    edges = {page.number: set(_marginal_lines(page, usual)) for page in pages}
    for number, lines in edges.items():
        headings = {title for _, title in bookmarks.get(number, [])}
        lines -= {line for line in lines if line.text in headings}
    recurring = Counter(shape for lines in edges.values() for shape in {_shape(line) for line in lines})
    needed = max(3, 0.3 * len(pages))
    return [
        _Page(
            page.number,
            page.height,
            tuple(
                line
                for line in page.lines
                if line not in edges[page.number]
                or recurring[_shape(line)] < (2 if _PAGE_NUMBER.fullmatch(_shape(line)) else needed)
            ),
        )
        for page in pages
    ]


def _marginal_lines(page: _Page, usual_size: float) -> Iterator[Line]:
    """The up to two first and two last lines of a page that may be headers or footers."""
    ordered = sorted(page.lines, key=lambda line: -line.bottom)
    for lines, outward in ((ordered, 1), (ordered[::-1], -1)):
        for position in range(min(2, len(lines) - 1)):
            line, following = lines[position], lines[position + 1]
            in_margin = line.bottom > 0.85 * page.height if outward == 1 else line.bottom < 0.15 * page.height
            apart = outward * (line.bottom - following.bottom) > 1.6 * usual_size or (position == 0 and len(lines) > 2)
            if in_margin and apart and line.size <= 1.1 * usual_size and len(line.text) < 120:
                yield line


def _shape(line: Line) -> str:
    """Its text with every number, Roman ones that stand alone as well, made "#"."""
    return re.sub(r"\d+|^[ivxlc]+$", "#", line.text)


def _write(pages: list[_Page], bookmarks: dict[int, list[tuple[int, str]]], title: str) -> Parsed:
    builder = TextBuilder()
    flow = _Flow([line for page in pages for line in page.lines])
    previous: Line | None = None
    after_heading = False
    for page in pages:
        headings = _locate_headings(page, bookmarks.get(page.number, []))
        if not page.lines:
            builder.mark_page(page.number)
        for position, line in enumerate(page.lines):
            here = headings.get(position, [])
            if previous is not None:
                own_block = bool(here) or after_heading
                builder.write("\n\n" if own_block else flow.gap(previous, line, page))
            if position == 0:
                builder.mark_page(page.number)
            for level, text in here:
                builder.mark_heading(level, text)
            builder.write(line.text)
            previous = line
            after_heading = any(_same(text, line.text) for _, text in here)
    parsed = builder.build(title=title)
    return replace(parsed, blocks=blocks_by_layout(parsed.text, parsed.headings))


def _locate_headings(page: _Page, bookmarks: list[tuple[int, str]]) -> dict[int, list[tuple[int, str]]]:
    """The bookmarks by the position of the line that they name; the page's first line where none is found."""
    located: dict[int, list[tuple[int, str]]] = {}
    for level, title in bookmarks:
        exact = (position for position, line in enumerate(page.lines) if _same(title, line.text))
        begun = (
            position
            for position, line in enumerate(page.lines)
            if len(line.text) > 12 and _letters(title).startswith(_letters(line.text))
        )
        located.setdefault(next(exact, next(begun, 0)), []).append((level, title))
    return dict(sorted(located.items()))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _same(title: str, line: str) -> bool:
    """True if a line is the heading `title`, but for its number and punctuation."""
    return _letters(line).lstrip("0123456789") == _letters(title).lstrip("0123456789") != ""


def _column_right(page: _Page, above: Line, below: Line) -> float:
    """Where the longest of the lines ends that begin where one of the two does; of all lines if these are too few."""
    column = [
        line.right
        for line in page.lines
        if min(abs(line.left - above.left), abs(line.left - below.left)) < 0.3 * line.size
    ]
    return max(column if len(column) > 2 else (line.right for line in page.lines))


class _Flow:
    """What stands between two lines: nothing or a space inside a paragraph, else the end of a line or paragraph."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._words = Counter(word for line in lines for word in re.findall(r"[\w-]+", line.text.casefold()))
        steps = [(above.bottom - below.bottom) / above.size for above, below in pairwise(lines)]
        ratios = [step for step in steps if 0 < step < 3]
        self._usual_step = median(ratios) if ratios else 1.2  # from line to line, in heights of a line

    def gap(self, above: Line, below: Line, page: _Page) -> str:
        """Return what to write between two lines, of which the second stands on `page`."""
        if above.hyphenated:
            return self._hyphen(above.text, below.text)
        if above.is_cell or below.is_cell:
            beside = abs(above.bottom - below.bottom) < 0.3 * above.size and below is not page.lines[0]
            return ("\n\n", " | " if beside else "\n")[above.is_cell and below.is_cell]
        if abs(above.size - below.size) > 0.15 * max(above.size, below.size):
            return "\n\n"
        ended = bool(_SENTENCE_END.search(above.text))
        step = (above.bottom - below.bottom) / above.size
        goes_on = below is page.lines[0] or step < -0.5  # at the top of the next page or column
        if not goes_on and step > 1.35 * self._usual_step:
            return "\n\n"
        if not goes_on and -0.3 < step < 0.3:  # beside each other: cells of a table
            return " | " if below.left > above.right + above.size else " "
        if _ITEM.match(below.text) or LEADER in above.text:
            return "\n"
        if goes_on:
            return "\n\n" if ended else space_between(above.text, below.text)
        fits = above.right + 0.3 * above.size + below.first_word < _column_right(page, above, below) - 0.5 * above.size
        indented = 0.5 * above.size < below.left - above.left < 4 * above.size and not _ITEM.match(above.text)
        if fits or (indented and ended):
            return "\n\n" if ended else "\n"
        return space_between(above.text, below.text)

    def _hyphen(self, above: str, below: str) -> str:
        """A hyphen where the document writes the word with one elsewhere, or a name or number follows; else nothing."""
        head = re.findall(r"[\w-]*$", above.casefold())[0]
        tail = re.findall(r"^[\w-]*", below.casefold())[0]
        kept = self._words[f"{head}-{tail}"] > self._words[f"{head}{tail}"]
        return "-" if kept or not below[:1].islower() or "-" in head else ""
