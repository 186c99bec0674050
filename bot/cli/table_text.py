"""Rows of a table as terminal text, their cells padded to columns. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from bot.blocks import AnswerBlock
from bot.wording import plain

if TYPE_CHECKING:
    from rich.text import Text

CELLS = " | "
GAP = "  "
WIDEST_CELL = 48  # columns; a wider cell is not padded for
NARROWEST = 8  # columns into which a cell is wrapped


def table_lines(rows: Sequence[AnswerBlock], *, width: int | None = None) -> list[Text]:
    """Return the rows of a table, a text each. Cells are wrapped where the table is wider than `width` columns."""
    from rich.cells import cell_len, set_cell_size
    from rich.text import Text

    cells = [[plain(cell) for cell in row.text.split(CELLS)] for row in rows]
    count = max(map(len, cells))
    natural = [max(cell_len(row[column]) for row in cells if column < len(row)) for column in range(count)]
    widths = None if width is None else _narrowed(natural, width - len(GAP) * (count - 1))
    if widths is None:  # it fits, or nothing is to be wrapped
        widths = [min(one, WIDEST_CELL) for one in natural] if width is None else natural
        lines = [[row] for row in cells]
    else:
        lines = [[list(line) for line in zip_longest(*map(_wrapped, row, widths), fillvalue="")] for row in cells]
    found = []
    for row_lines, block in zip(lines, rows, strict=True):
        padded = [
            GAP.join(set_cell_size(cell, max(one, cell_len(cell))) for cell, one in zip(line, widths, strict=False))
            for line in row_lines
        ]
        text = "\n".join(line.rstrip() for line in padded)
        found.append(Text(text, style="bold" if block.label == "header" else ""))
    return found


def _narrowed(natural: Sequence[int], room: int) -> list[int] | None:
    """Return widths that fit into `room` together; None if they do already, or there is too little room."""
    widths = list(natural)
    if sum(widths) <= room or len(widths) * NARROWEST > room:
        return None
    while sum(widths) > room:
        widths[widths.index(max(widths))] -= 1
    return widths


def _wrapped(cell: str, width: int) -> list[str]:
    """Return a cell in lines of at most `width` columns, cut at words."""
    from rich.cells import cell_len, chop_cells

    lines = [""]
    for word in cell.split():
        for part in chop_cells(word, width):
            joined = f"{lines[-1]} {part}".strip()
            if cell_len(joined) <= width and (lines[-1] == "" or part is word or word.startswith(part)):
                lines[-1] = joined
            else:
                lines.append(part)
    return lines
