"""Show rows of a table under their header, readable on a phone. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from bot.blocks import AnswerBlock
from bot.discord.text.code import code_block
from bot.discord.text.inline import bold_words, part_of, words
from bot.discord.text.markdown import visible

WIDEST = 40  # columns of code that fit on the screen of a phone
LONGEST_PART = 1500  # characters of a code block; a longer table is split, each part with the header

GAP = "  "
_BETWEEN_CELLS = re.compile(r"(?:^| )\|(?: |$)")


def table_parts(rows: Sequence[AnswerBlock]) -> list[str]:
    """Return the rows of one table (at least one) as texts for lines of their own.

    A single row becomes a line for each cell, with its header. Several rows are aligned in a code block if that is
    narrow enough and no cell has a link; otherwise each row is a list item of cells with their headers.
    """
    header = cells_of(rows[0]) if rows[0].label == "header" else []
    body = [cells_of(row) for row in (rows[1:] if header else rows)]
    if not body:
        return [" · ".join(filter(None, map(bold_words, header))) or "…"]
    if len(body) == 1:
        return ["\n".join(_named(header, body[0])) or "…"]
    table = [header, *body] if header else body
    if not any(cell.links for row in table for cell in row) and _total(_widths(table)) <= WIDEST:
        return _aligned(header, body)
    return [f"- {' · '.join(_named(header, row)) or '…'}" for row in body]


def cells_of(row: AnswerBlock) -> list[AnswerBlock]:
    """Return the cells of a row as blocks. A "|" inside code does not separate cells."""
    found = [one.span() for one in _BETWEEN_CELLS.finditer(row.text)]
    separators = [span for span in found if not any(start <= span[0] < end for start, end in row.code)]
    starts = [0, *(end for _, end in separators)]
    ends = [*(start for start, _ in separators), len(row.text)]
    return [part_of(row, start, end) for start, end in zip(starts, ends, strict=True)]


def _named(header: Sequence[AnswerBlock], cells: Sequence[AnswerBlock]) -> Iterator[str]:
    """Yield the cells that are not empty, each after the header of its column: "**Price:** $12"."""
    for name, cell in zip_longest(header, cells):
        shown = words(cell) if cell is not None else ""
        if not shown:
            continue
        if name is None:
            yield shown
        elif visible(name.text):
            yield f"{_with_colon(name)} {shown}"
        else:  # a column without a header holds the names of the rows
            yield bold_words(cell)


def _with_colon(name: AnswerBlock) -> str:
    text = name.text.rstrip(": ")
    return bold_words(replace(part_of(name, 0, len(text)), text=f"{text}:"))


def _aligned(header: Sequence[AnswerBlock], body: Sequence[Sequence[AnswerBlock]]) -> list[str]:
    """Return the rows as code blocks with aligned columns."""
    widths = _widths([header, *body])
    above = [_padded(header, widths), "─" * _total(widths)] if header else []
    parts: list[list[str]] = []
    room = 0
    for row in body:
        line = _padded(row, widths)
        if len(line) + 1 > room:
            parts.append(list(above))
            room = LONGEST_PART - sum(len(one) + 1 for one in above)
        parts[-1].append(line)
        room -= len(line) + 1
    return [code_block("\n".join(lines)) or "…" for lines in parts]


def _padded(row: Sequence[AnswerBlock], widths: Sequence[int]) -> str:
    cells = [visible(cell.text) for cell in row]
    return GAP.join(cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=False)).rstrip()


def _widths(table: Sequence[Sequence[AnswerBlock]]) -> list[int]:
    """Return the width of each column, in character cells."""
    columns = zip_longest(*([_width(visible(cell.text)) for cell in row] for row in table), fillvalue=0)
    return [max(column) for column in columns]


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _width(text: str) -> int:
    from wcwidth import wcswidth

    return max(wcswidth(text), 0)
