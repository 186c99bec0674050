"""Lines of a page in the order in which they are read, where the page was drawn row by row across columns or cells.

Rows that leave the same gap free are either columns of running text, which are read one after the other, or the rows of
a table. What lies beside each other in a single row stays one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from statistics import median

from index.parsing.pdf.lines import Line

FEWEST_ROWS = 2  # with the same gap: one alone is chance
FEWEST_COLUMN_ROWS = 3
CLOSE = 1.6  # of a line's size: lines of a paragraph follow each other at a smaller distance
NARROWEST = 0.5  # of a line's size: a gap that all rows leave free is at least so wide
FEWEST_WORDS = 3  # of most lines of every column of running text; cells have fewer in at least one column

_HYPHEN = re.compile(r"[^\W\d_][-\u2010]\Z")

Gap = tuple[float, float]  # where it begins and ends, in points from the left


@dataclass(frozen=True, slots=True)
class _Row:
    """Lines beside each other, from left to right."""

    lines: tuple[Line, ...]

    @property
    def gaps(self) -> list[Gap]:
        """The gaps between its lines."""
        return [(one.right, other.left) for one, other in zip(self.lines, self.lines[1:], strict=False)]


def in_reading_order(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of a page, in the order in which PDFium found them, in the order in which they are read."""
    rows = list(_rows(lines))
    ordered: list[Line] = []
    first = 0
    while first < len(rows):
        last, gaps = _block(rows, first)
        block = rows[first:last]
        if len([row for row in block if len(row.lines) > 1]) < FEWEST_ROWS:
            ordered.append(_joined(rows[first]))
            first += 1
            continue
        columns = _columns(block, gaps)
        if len(block) >= FEWEST_COLUMN_ROWS and all(map(_is_running_text, columns)):
            ordered += [_with_hyphen(line) for column in columns for line in column]
        elif all(row.lines[0].text.endswith(":") for row in block):  # a form, with what was filled in
            ordered += map(_joined, block)
        else:
            ordered += [_with_all_cells(row, gaps) for row in block]
        first = last
    return ordered


def _rows(lines: Sequence[Line]) -> Iterator[_Row]:
    row: list[Line] = []
    for line in lines:
        if row and not (abs(line.bottom - row[-1].bottom) < 0.3 * line.size and line.left > row[-1].right):
            yield _Row(tuple(row))
            row = []
        row.append(line)
    if row:
        yield _Row(tuple(row))


def _block(rows: Sequence[_Row], first: int) -> tuple[int, list[Gap]]:
    """The end of the rows that leave at least one gap of row `first` free, and these gaps as far as all do."""
    gaps = rows[first].gaps
    last = first + 1
    while gaps and last < len(rows) and _follows(rows[last - 1], rows[last]):
        free = [left for gap in gaps if (left := _left_free(gap, rows[last])) is not None]
        if not free or (len(rows[last].lines) == 1 and not _goes_on(rows, last)):
            break
        gaps = free
        last += 1
    return last, gaps


def _follows(above: _Row, below: _Row) -> bool:
    """True if a row stands below another at about the distance of lines or of a table's rows."""
    return 0 < above.lines[0].bottom - below.lines[0].bottom < 3 * above.lines[0].size


def _goes_on(rows: Sequence[_Row], place: int) -> bool:
    """True if a row of one line belongs to those above: it stands close to them, or one of several lines follows."""
    above, line = rows[place - 1].lines[0], rows[place].lines[0]
    is_close = above.bottom - line.bottom < CLOSE * line.size
    return is_close or any(len(row.lines) > 1 for row in rows[place + 1 : place + 4])


def _left_free(gap: Gap, row: _Row) -> Gap | None:
    """The part of a gap that a row leaves free as well; None if a line goes across it, or fills it."""
    begin, end = gap
    for line in row.lines:
        if line.left <= begin and line.right >= end:
            return None
        if begin < line.left < end:
            end = line.left
        elif begin < line.right < end:
            begin = line.right
    return (begin, end) if end - begin > NARROWEST * row.lines[0].size else None


def _columns(block: Sequence[_Row], gaps: Sequence[Gap]) -> list[list[Line]]:
    """The lines of each column from top to bottom."""
    columns: list[list[Line]] = [[] for _ in range(len(gaps) + 1)]
    for row in block:
        for line in row.lines:
            columns[_column_of(line, gaps)].append(line)
    return columns


def _with_all_cells(row: _Row, gaps: Sequence[Gap]) -> Line:
    """A row of a table as a line, with a place for each cell that it lacks."""
    cells = ["" for _ in range(len(gaps) + 1)]
    for line in row.lines:
        place = _column_of(line, gaps)
        cells[place] = " | ".join(filter(None, (cells[place], line.text)))
    return replace(_joined(row), text=" | ".join(cells).strip(), is_cell=True)


def _column_of(line: Line, gaps: Sequence[Gap]) -> int:
    return sum(line.left >= end - 0.1 for _, end in gaps)


def _is_running_text(column: Sequence[Line]) -> bool:
    return bool(column) and median(len(line.text.split()) for line in column) >= FEWEST_WORDS


def _joined(row: _Row) -> Line:
    """A row as the line that PDFium takes it for."""
    return reduce(
        lambda one, other: replace(
            one, text=f"{one.text} {other.text}", right=other.right, hyphenated=other.hyphenated
        ),
        row.lines,
    )


def _with_hyphen(line: Line) -> Line:
    """A line of a column whose last word goes on in the next one: PDFium sees that only at the end of a row."""
    if line.hyphenated or not _HYPHEN.search(line.text):
        return line
    return replace(line, text=line.text[:-1], hyphenated=True)
