"""Tables of separated values: rows under the row of column names, each at its line of the file."""

from __future__ import annotations

import pytest

from index.parsing.parse import parse_bytes
from index.types import Document


def rows(document: Document) -> list[tuple[str, str, int | None]]:
    """Return (label, text, line) of every row."""
    return [
        (one.label, document.text[one.start : one.end], document.line_at(one.start))
        for one in document.blocks
        if one.kind == "row"
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_delimiter_and_encoding(delimiter: str, encoding: str) -> None:
    table = [["Café", "Price", "Open"], ["Löwe", "4.50", "daily"], ["Élysée", "3", "Monday and Friday"]]
    source = "\r\n".join(delimiter.join(cells) for cells in table)
    assert rows(parse_bytes("a.csv", source.encode(encoding))) == [
        ("header", "Café | Price | Open", 1),
        ("", "Löwe | 4.50 | daily", 2),
        ("", "Élysée | 3 | Monday and Friday", 3),
    ]


def test_quoted_cells_hold_delimiters_line_ends_and_quotes() -> None:
    document = parse_bytes("a.csv", b'Name,Note\nBolt,"say ""M6"",\nnot 6"\nNut,round\n')
    assert rows(document) == [("header", "Name | Note", 1), ("", 'Bolt | say "M6", not 6', 2), ("", "Nut | round", 4)]


def test_decimal_commas_do_not_divide_cells() -> None:
    document = parse_bytes("a.csv", b"Item;Price\nApple;1,20\nPear;2,00\n")
    assert rows(document)[1:] == [("", "Apple | 1,20", 2), ("", "Pear | 2,00", 3)]


def test_empty_cells_keep_their_column_and_empty_columns_go() -> None:
    document = parse_bytes("a.tsv", b"A\tB\t\tC\n1\t\t\t3\n")
    assert document.text == "A | B | C\n1 |  | 3"


def test_a_title_above_the_table_is_a_heading() -> None:
    document = parse_bytes(
        "a.csv", b"Fees of 2024,,\nwithout tax,,\n,,\nPlan,Month,Year\nTeam,12,120\n,,\nAsk us first,,\n"
    )
    assert [heading.text for heading in document.headings] == ["Fees of 2024"]
    assert document.text == "Fees of 2024\n\nwithout tax\n\nPlan | Month | Year\nTeam | 12 | 120\n\nAsk us first"


def test_a_first_row_with_numbers_names_no_columns_but_years_do() -> None:
    assert rows(parse_bytes("a.csv", b"Bolt,6\nNut,7\n"))[0][0] == ""
    assert rows(parse_bytes("a.csv", b"Bolt,2024-01-01\nNut,2024-02-01\n"))[0][0] == ""
    assert rows(parse_bytes("a.csv", b"Region,2023,2024\nNorth,1,2\n"))[0][0] == "header"
    assert rows(parse_bytes("a.csv", b"Region,2024-01-01,2024-02-01\nNorth,1,2\n"))[0][0] == "header"


def test_the_hint_for_excel_is_no_row() -> None:
    assert rows(parse_bytes("a.csv", b"sep=;\nA;B\n1,5;2\n")) == [("header", "A | B", 2), ("", "1,5 | 2", 3)]


def test_a_bar_inside_a_cell_does_not_make_two_of_it() -> None:
    assert rows(parse_bytes("a.csv", b"Key,Value\nx,a | b\n"))[1][1] == "x | a|b"


def test_a_cell_without_end_is_read_as_text() -> None:
    source = 'A,B\n1,"' + "words and words " * 20_000
    assert parse_bytes("a.csv", source.encode()).text.startswith('A,B\n1,"words and words')
