"""CSV and TSV → a table with the row of column names as its header, and the line of the file for each row."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import islice

from index.parsing.formats.text import parse_text
from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import clean
from index.parsing.text.decoding import decode
from index.parsing.text.tables import DataRow, write_rows
from index.parsing.text.writer import BlockWriter

DELIMITERS = ",;\t|"
SAMPLED_ROWS = 100  # that the delimiter is found from


def parse_csv(data: bytes) -> Parsed:
    """Parse a table of separated values; its delimiter is the one that gives most rows the same number of cells.

    What is no such table is read as plain text.
    """
    source = clean(decode(data))
    first, _, rest = source.partition("\n")
    names_delimiter = len(first) == 5 and first.startswith("sep=")  # a hint for Excel, which does not show it
    delimiter = first[4] if names_delimiter else _delimiter(source)
    reader = csv.reader((rest if names_delimiter else source).splitlines(keepends=True), delimiter=delimiter)
    rows: list[DataRow] = []
    line = 1 + names_delimiter
    try:
        for cells in reader:
            rows.append(DataRow(cells, line))
            line = reader.line_num + 1 + names_delimiter
    except csv.Error:  # a quote that is never closed
        return parse_text(data)
    builder = TextBuilder()
    write_rows(BlockWriter(builder), rows)
    return builder.build()


def _delimiter(source: str) -> str:
    return max(DELIMITERS, key=lambda delimiter: _evenness(source, delimiter))


def _evenness(source: str, delimiter: str) -> tuple[float, int]:
    """The share of rows that have the most frequent number of cells, and that number; zeros if it is one cell."""
    reader = csv.reader(source.splitlines(keepends=True), delimiter=delimiter)
    try:
        widths = Counter(len(cells) for cells in islice(reader, SAMPLED_ROWS) if cells)
    except csv.Error:
        return 0.0, 0
    width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1], item[0]), default=(0, 0))
    return (count / widths.total(), width) if width > 1 else (0.0, 0)
