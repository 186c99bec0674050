"""The dates, weekdays and times of day in a sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from index.english.calendar import AMBIGUOUS_MONTHS, MONTH_NAMES, MONTHS, WEEKDAYS, any_of
from index.english.quantities.quantity import COMPARING, Fields, Quantity
from index.english.words import words_of

_BEFORE = re.compile(r"\b(?:before|prior to|earlier than)\s*$", re.IGNORECASE)
_AFTER = re.compile(r"\b(?:after|later than)\s*$", re.IGNORECASE)
_RELATIVE = re.compile(r"\b(?:years?|months?|weeks?|days?|hours?) (?:before|after)\s*$", re.IGNORECASE)
_TIME = re.compile(r"\b(\d{1,2})(?::(\d{2}))?\s?([ap])\.?m\b\.?|\b(\d{1,2}):(\d{2})\b", re.IGNORECASE)
_CENTURY = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)[ -]centur(?:y|ies)\b", re.IGNORECASE)
_MONTH = any_of(MONTHS)
_CLEAR_MONTH = any_of(tuple(name.title() for name in MONTH_NAMES if name not in AMBIGUOUS_MONTHS))
_AMBIGUOUS_MONTH = any_of(tuple(name.title() for name in AMBIGUOUS_MONTHS))
_COMMA = r"(?:\s?,)?\s?"
_DATES = (
    re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})\b"),
    re.compile(
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})\b\.?(?:{_COMMA}(?P<y>\d{{4}})\b)?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?P<month>{_MONTH})\b\.? (?:the )?(?P<d>\d{{1,2}})(?!\d|[:.,]\d)(?:st|nd|rd|th)?"
        rf"(?:{_COMMA}(?P<y>\d{{4}})\b)?",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?P<month>{_MONTH})\b\.?(?:{_COMMA}| of )(?P<y>\d{{4}})\b", re.IGNORECASE),
    re.compile(rf"\b(?P<month>{_CLEAR_MONTH})\b"),
    re.compile(rf"(?<=\b[Ii]n )(?P<month>{_AMBIGUOUS_MONTH})\b"),
    # A hyphen may stand before a year only as in "1491-1510".
    re.compile(r"(?<![\w,.$€£])(?<!(?<!\d{4})-)(?P<y>1[0-9]\d\d|20\d\d)(?!\w|[,.:]\d|\s?%)"),
)
_DECADE = re.compile(r"\b(1[0-9]\d0|20\d0)[’']?s\b")
_BETWEEN_DATES = re.compile(r"\s?(?:[-–—]|to|until|till|through|and)\s?")
# Words behind a number that counts, and is not a year: "1500 people".
_COUNTED = re.compile(
    r"\s+(?:people|men|women|children|(?!(?:is|was|has|as|its|his|this|across|versus)\b)[a-z]+[^\Wsui]s\b)"
)


def dates(text: str) -> Iterator[Quantity]:
    """Yield the dates of a text, some of which may overlap: the more exact ones first."""
    for pattern in _DATES:
        for found in pattern.finditer(text):
            fields = _fields(found)
            if fields is not None and not (fields[1] is None and _COUNTED.match(text, found.end())):
                yield _date(text, *found.span(), fields)
    for found in _DECADE.finditer(text):
        yield replace(_date(text, *found.span(), (int(found[1]), None, None)), high=_days(int(found[1]) + 9, 12, 31))
    for found in _CENTURY.finditer(text):
        last = int(found[1]) * 100
        if 1000 < last < 2200:
            first = _days(last - 99, 1, 1)
            yield replace(_date(text, *found.span(), (last, None, None)), low=first)


def _fields(found: re.Match[str]) -> Fields | None:
    """Return the year, month and day of a match, or None if there is no such date."""
    parts = found.groupdict()
    year = int(parts["y"]) if parts.get("y") else None
    month = MONTHS[parts["month"].lower()] if parts.get("month") else int(parts.get("m") or 0) or None
    day = int(parts["d"]) if parts.get("d") else None
    if (day or 1) > 31 or (month or 1) > 12 or (year is not None and not 1000 <= year < 2200):
        return None
    return year, month, day


def _date(text: str, start: int, end: int, fields: Fields) -> Quantity:
    written = text[start:end]
    year, month, day = fields
    if year is None:
        return Quantity("date", written, start, end, 0.0, 0.0, fields=fields)
    low, high = _days(year, month or 1, day or 1), _days(year, month or 12, day or 31)
    before = text[max(0, start - COMPARING) : start]
    if _RELATIVE.search(before):
        return Quantity("date", written, start, end, -math.inf, math.inf, "bound", fields=fields)
    if _BEFORE.search(before):
        return Quantity("date", written, start, end, -math.inf, low - 1, "bound", fields=fields)
    if _AFTER.search(before):
        return Quantity("date", written, start, end, high + 1, math.inf, "bound", fields=fields)
    return Quantity("date", written, start, end, low, high, fields=fields)


def _days(year: int, month: int, day: int) -> int:
    """Return the ordinal of a day, or of the last day of a month that does not have that day."""
    while day > 28:
        try:
            return date(year, month, day).toordinal()
        except ValueError:
            day -= 1
    return date(year, month, day).toordinal()


def times(text: str) -> Iterator[Quantity]:
    """Yield the times of day of a text, in minutes after midnight."""
    for found in _TIME.finditer(text):
        hour, minute = int(found[1] or found[4]), int(found[2] or found[5] or 0)
        if found[3]:
            hour = hour % 12 + (12 if found[3] in "pP" else 0)
        if hour < 25 and minute < 60:
            yield Quantity("time", found.group(), *found.span(), hour * 60 + minute, hour * 60 + minute)


def weekdays(text: str) -> Iterator[Quantity]:
    """Yield the weekdays of a text, numbered from Monday, 1."""
    for word in words_of(text):
        number = WEEKDAYS.get(word.lower) or WEEKDAYS.get(word.lower.removesuffix("s"))
        if number:
            yield Quantity("weekday", word.text, word.start, word.end, number, number)


def date_ranges_joined(text: str, found: Sequence[Quantity]) -> list[Quantity]:
    """Return the quantities of a text with each range of dates ("from 2005 to 2006") as one."""
    joined: list[Quantity] = []
    for one in found:
        last = joined[-1] if joined else None
        if last is not None and _is_date_range(text, last, one):
            text_of_both = text[last.start : one.end]
            joined[-1] = replace(last, text=text_of_both, end=one.end, high=one.high, shape="range", after=one.after)
        else:
            joined.append(one)
    return joined


def _is_date_range(text: str, first: Quantity, last: Quantity) -> bool:
    if not (first.kind == last.kind == "date" and first.shape == last.shape == "exact"):
        return False
    if first.fields[0] is None or last.fields[0] is None or first.high > last.low:
        return False
    between = text[first.end : last.start]
    is_pair = between.strip() == "and" and not re.search(r"\bbetween\s*$", text[: first.start], re.IGNORECASE)
    return _BETWEEN_DATES.fullmatch(between) is not None and not is_pair
