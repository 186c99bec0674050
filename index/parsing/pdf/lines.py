"""The lines of a page of a PDF as PDFium finds them, with where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.parsing.pdf.scripts import with_scripts
from index.parsing.text.cleaning import one_line

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage

_DOTS = re.compile(r"(?:\s?\.){5,}")
LEADER = " … "  # what the dots between a heading and its page number become
_SPACE = ord(" ")
WIDE_GAP = 1.2  # of a line's size: no space is as wide, not even in justified lines


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it stands on its page; lengths in points, from the page's lower left corner.

    `size` is the height of its font's line box. `first_word` is the width of its first word. `hyphenated`: its last
    word goes on in the next line, and the hyphen is not part of `text`. `is_cell`: it is a cell of a table, or a line
    of one.
    """

    text: str
    left: float
    right: float
    bottom: float
    size: float
    first_word: float
    hyphenated: bool
    is_cell: bool = False


def read_lines(text_page: PdfTextPage) -> Iterator[Line]:
    """Yield the lines of a page as PDFium finds them, cut where a gap is wider than a space.

    What PDFium takes for a line may go through several columns, where they are drawn row by row.
    """
    from pypdfium2 import raw

    count = text_page.count_chars()
    codes = [raw.FPDFText_GetUnicode(text_page, index) for index in range(count)]
    start = 0
    for index in range(count + 1):
        at_end = index == count
        hyphen = not at_end and codes[index] == 2 and raw.FPDFText_IsHyphen(text_page, index) == 1
        breaks = not at_end and codes[index] in (10, 13) and raw.FPDFText_IsGenerated(text_page, index) == 1
        if at_end or hyphen or breaks:
            for first, last in _between_gaps(text_page, codes, start, index):
                if line := _measured_line(text_page, codes, first, last, hyphen and last == index):
                    yield line
            start = index + 1


def _between_gaps(text_page: PdfTextPage, codes: Sequence[int], start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of a line between gaps that are wider than a space."""
    first = start
    for index in range(start + 1, end - 1):
        if codes[index] != _SPACE or codes[index - 1] <= _SPACE or codes[index + 1] <= _SPACE:
            continue
        _, bottom, right, top = text_page.get_charbox(index - 1, loose=True)
        following = text_page.get_charbox(index + 1, loose=True)[0]
        if following - right > WIDE_GAP * (top - bottom):
            yield first, index
            first = index + 1
    yield first, end


def _measured_line(text_page: PdfTextPage, codes: list[int], start: int, end: int, hyphenated: bool) -> Line | None:
    """The line of the characters from `start` to `end`; None if none of them is visible."""
    inked = [index for index in range(start, end) if codes[index] > 32 and codes[index] not in (0xA0, 0xAD, 0xFFFE)]
    if not inked:
        return None
    left, bottom, _, top = text_page.get_charbox(inked[0], loose=True)
    written = with_scripts(text_page, codes, start, end)
    units = written.encode("utf-16-le", errors="surrogatepass")
    text = one_line(_DOTS.sub(LEADER, units.decode("utf-16-le", errors="ignore")))
    if not text:
        return None
    word_end = inked[0]
    while word_end + 1 < end and codes[word_end + 1] > 32:
        word_end += 1
    right = text_page.get_charbox(inked[-1], loose=True)[2]
    first_word = text_page.get_charbox(word_end, loose=True)[2] - left
    return Line(text, left, right, bottom, max(top - bottom, 1.0), first_word, hyphenated)
