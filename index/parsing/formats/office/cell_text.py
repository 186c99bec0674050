"""Show the value of a spreadsheet's cell as the spreadsheet does: "15%", "1,250.00 €", "00123"; dates in ISO form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import TypeAlias

from index.errors import UnreadableDocument

CellValue: TypeAlias = str | bool | int | float | date | time | timedelta | None

MOST_CELLS = 10_000_000  # of a sheet, empty ones between others included

# Formats that files name by number only. Those for currencies depend on the computer's country, and have none here.
BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    37: "#,##0;(#,##0)",
    38: "#,##0;(#,##0)",
    39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;(#,##0.00)",
}

_TOKEN = re.compile(
    r'"([^"]*)"|\\(.)|[_*].|\[\$([^\]-]*)[^\]]*\]|(\[[^\]]*\])|([0#?][0#?,]*(?:\.[0#?]*)?|\.[0#?]+)|(,)|(.)', re.DOTALL
)
_SECTIONS = re.compile(r'(?:"[^"]*"|\\.|[^;])+|(?<=;)(?=;|$)', re.DOTALL)
_COLOUR = re.compile(r"\[(?:black|blue|cyan|green|magenta|red|white|yellow|color ?\d+)\]", re.IGNORECASE)
_SHOWN_AS_THEY_ARE = frozenset(" -+()/:!&'~{}<>=%$€£¥₹₽₩₺元円")


@dataclass(slots=True)
class _Pattern:
    """One section of a number format: what stands around the digits, and the digits' own form."""

    before: str = ""
    digits: str = ""
    after: str = ""
    scale: int = 0  # powers of ten that the value is multiplied with


def refuse_large_sheet(cells: int, *, most: int = MOST_CELLS) -> None:
    """Raise UnreadableDocument for a sheet of so many cells that it could fill the memory."""
    if cells > most:
        raise UnreadableDocument(
            f"has a sheet of more than {most:,} cells; split it, or clear the cells that are far from the rest"
        )


def cell_text(value: CellValue, number_format: str | None = None) -> str:
    """Return a cell's value as text; `number_format` is the code that the file gives for numbers, such as "0.0%"."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _formatted(value, number_format) or plain_number(value)
    return _moment(value)


def plain_number(value: float) -> str:
    """Return a number with 15 digits at most, as spreadsheets keep it; all digits if it is whole: "12", "0.3"."""
    if abs(value) < 2**53 and value == int(value):
        return str(int(value))
    text = f"{value:.15g}"
    if "e" not in text:
        return text
    exponent = int(text.partition("e")[2])
    return f"{Decimal(text):f}" if -10 <= exponent <= 20 else text.upper()


def _moment(value: date | time | timedelta) -> str:
    """Return a date, a time of day or a duration; a time without seconds where they are zero."""
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if seconds else f"{hours}:{minutes:02}"
    if isinstance(value, datetime):
        if value.time() == time():
            return value.date().isoformat()
        return f"{value.date().isoformat()} {_moment(value.time())}"
    if isinstance(value, time):
        return value.strftime("%H:%M:%S" if value.second else "%H:%M")
    return value.isoformat()


def _formatted(value: float, code: str | None) -> str | None:
    """Return a number by its format; None where the format is none for numbers, or has parts that are unknown here."""
    patterns = _patterns(code or "")
    if not patterns:
        return None
    place = 1 if value < 0 and len(patterns) > 1 else 2 if value == 0 and len(patterns) > 2 else 0
    pattern = patterns[place]
    if pattern is None:
        return None
    if not pattern.digits:
        return pattern.before.strip() or None
    try:
        digits = _digits(abs(Decimal(f"{value:.15g}").scaleb(pattern.scale)), pattern.digits)
    except InvalidOperation:  # not a number, infinity
        return None
    sign = "-" if value < 0 and place == 0 and any(digit in "123456789" for digit in digits) else ""
    return f"{sign}{pattern.before}{digits}{pattern.after}".strip()


@lru_cache(maxsize=256)
def _patterns(code: str) -> tuple[_Pattern | None, ...]:
    """Return the sections of a format: for all numbers, or for positive and negative ones, and for zero."""
    return () if "general" in code.lower() else tuple(map(_pattern, _SECTIONS.findall(code)))


def _pattern(section: str) -> _Pattern | None:
    pattern = _Pattern()
    for quoted, escaped, currency, bracket, digits, comma, other in _TOKEN.findall(section):
        if bracket and not _COLOUR.fullmatch(bracket):
            return None  # a condition, or a duration
        if digits:
            if pattern.digits:
                return None  # a telephone number or a fraction
            pattern.digits = digits.rstrip(",")
            pattern.scale -= 3 * (len(digits) - len(pattern.digits))
        elif comma:
            pattern.scale -= 3
        elif other and other not in _SHOWN_AS_THEY_ARE:
            return None  # a date, an exponent
        else:
            text = quoted or escaped or currency or other
            pattern.scale += 2 if other == "%" else 0
            if pattern.digits:
                pattern.after += text
            else:
                pattern.before += text
    return pattern


def _digits(value: Decimal, form: str) -> str:
    """Return a number rounded and filled up as a form such as "#,##0.00" says."""
    whole_form, _, decimal_form = form.partition(".")
    rounded = value.quantize(Decimal(1).scaleb(-len(decimal_form)), rounding=ROUND_HALF_UP)
    whole, _, decimals = f"{rounded:f}".partition(".")
    while len(decimals) > decimal_form.count("0") and decimals.endswith("0"):
        decimals = decimals[:-1]
    whole = whole.lstrip("0").rjust(whole_form.count("0"), "0")
    if "," in whole_form:
        whole = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", whole)
    return f"{whole}.{decimals}" if decimals else whole or "0"
