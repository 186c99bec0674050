"""The text of cells: as the spreadsheet shows them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from index.parsing.formats.office.cell_text import CellValue, cell_text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (12.0, "12"),
        (0.1 + 0.2, "0.3"),
        (-7.25, "-7.25"),
        (1e-7, "0.0000001"),
        (4111111111111111.0, "4111111111111111"),
        (2.5e30, "2.5E+30"),
        (True, "TRUE"),
        ("as it is", "as it is"),
        (None, ""),
        (date(2024, 5, 1), "2024-05-01"),
        (datetime(2024, 5, 1), "2024-05-01"),  # noqa: DTZ001 - cells have no time zone
        (datetime(2024, 5, 1, 14, 30), "2024-05-01 14:30"),  # noqa: DTZ001
        (time(9, 5), "09:05"),
        (time(9, 5, 7), "09:05:07"),
        (timedelta(hours=30, minutes=5), "30:05"),
    ],
)
def test_values_without_a_format(value: CellValue, shown: str) -> None:
    assert cell_text(value) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.155, "0%", "16%"),
        (0.155, "0.0%", "15.5%"),
        (12.5, "0.00", "12.50"),
        (2.5, "0.0#", "2.5"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (999, "#,##0", "999"),
        (0, "#,##0", "0"),
        (1250, '#,##0.00\\ "€"', "1,250.00 €"),
        (1250, "[$€-407]#,##0", "€1,250"),
        (-3, "#,##0;[Red](#,##0)", "(3)"),
        (-3, "0.0", "-3.0"),
        (-0.001, "0.0", "0.0"),
        (0, '0;-0;"none"', "none"),
        (123, "00000", "00123"),
        (1500000, '0.0,,"M"', "1.5M"),
        (7, '_-* #,##0_-;-* #,##0_-;_-* "-"_-;_-@_-', "7"),
        (5, '"Room "0', "Room 5"),
        (0.25, "# ?/?", "0.25"),
        (12345, "0.00E+00", "12345"),
        (5551234, "000-0000", "5551234"),
        (5, "[>100]0.0;0", "5"),
        (5, "General", "5"),
        (5, "@", "5"),
        (5, '"', "5"),
    ],
)
def test_numbers_in_the_form_that_their_cell_has(value: float, code: str, shown: str) -> None:
    assert cell_text(value, code) == shown
