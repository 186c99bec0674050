"""Write the rows of a table of data: titles above it as headings, the row of column names as its header."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.parsing.text.cleaning import one_line
from index.parsing.text.inline import InlineText
from index.parsing.text.writer import CELL_SEPARATOR, BlockWriter

CAPTION_LEVEL = 2

_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class DataRow:
    """The cells of a row as they are shown, and the line of the file that it begins at; None if there are no lines."""

    cells: Sequence[str]
    line: int | None = None


def write_rows(writer: BlockWriter, rows: Iterable[DataRow]) -> None:
    """Write rows as tables. A row with one cell, at the top or after an empty row, is the title of what follows."""
    cleaned = [DataRow([_one_cell(cell) for cell in row.cells], row.line) for row in rows]
    is_wide = any(_filled(row) > 1 for row in cleaned)
    table: list[DataRow] = []
    titles: list[DataRow] = []
    after_gap = True
    for row in cleaned:
        filled = _filled(row)
        if filled == 1 and after_gap and is_wide and not _is_number(next(filter(None, row.cells))):
            _write_table(writer, table)
            titles.append(row)
        elif filled:
            _write_titles(writer, titles, above_table=True)
            table.append(row)
        after_gap = not filled or bool(titles)
    _write_table(writer, table)
    _write_titles(writer, titles, above_table=False)


def _write_titles(writer: BlockWriter, titles: list[DataRow], *, above_table: bool) -> None:
    """Write rows of one cell: the first one above a table is a heading, all others are paragraphs."""
    for position, row in enumerate(titles):
        inline = _inline(next(filter(None, row.cells)), row.line)
        if above_table and not position:
            writer.heading(CAPTION_LEVEL, inline)
        else:
            writer.paragraph(inline)
    titles.clear()


def _write_table(writer: BlockWriter, rows: list[DataRow]) -> None:
    """Write the rows of a table without the columns that are empty in all of them."""
    if not rows:
        return
    width = max(len(row.cells) for row in rows)
    padded = [[*row.cells, *[""] * (width - len(row.cells))] for row in rows]
    used = [column for column in range(width) if any(cells[column] for cells in padded)]
    writer.open_table()
    for position, (row, cells) in enumerate(zip(rows, padded, strict=True)):
        kept = [cells[column] for column in used]
        is_header = position == 0 and len(rows) > 1 and _names_columns(kept)
        writer.row([_inline(cell, row.line) for cell in kept], is_header=is_header)
    writer.close_table()
    rows.clear()


def _names_columns(cells: Sequence[str]) -> bool:
    """True for a row of words, or of words and years or several days; a list in one column has no header."""
    has_days = sum(_DAY.fullmatch(cell) is not None for cell in cells) > 1
    words = [cell for cell in cells if cell and not _YEAR.fullmatch(cell) and not (has_days and _DAY.fullmatch(cell))]
    return len(cells) > 1 and bool(words) and not any(map(_is_number, words))


def _is_number(cell: str) -> bool:
    """True for numbers, amounts, dates and signs: less than half of the cell is letters."""
    return 2 * sum(map(str.isalpha, cell)) < len(cell.replace(" ", ""))


def _one_cell(cell: str) -> str:
    """Return the text of a cell in one line, without what separates cells."""
    return one_line(cell).replace(CELL_SEPARATOR, "|")


def _filled(row: DataRow) -> int:
    return sum(map(bool, row.cells))


def _inline(text: str, line: int | None) -> InlineText:
    inline = InlineText()
    if line is not None:
        inline.begin_line(line)
    inline.add(text)
    return inline
