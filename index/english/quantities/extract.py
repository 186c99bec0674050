"""Everything that a sentence counts, measures or dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

from index.english.calendar import MONTHS, WEEKDAYS
from index.english.quantities.dates import date_ranges_joined, dates, times, weekdays
from index.english.quantities.number_words import NUMBER_WORDS
from index.english.quantities.numbers import numbers, ranges, versions, worded
from index.english.quantities.quantity import Quantity
from index.english.words import Word, words_of

WORDS_BEFORE = 2  # content words before a quantity that are kept with it
WORDS_AFTER = 3
_PART_END = re.compile(r"[.,;:!?()]")


@lru_cache(maxsize=1024)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Return the quantities of a text in order, without overlaps.

    A number that is part of a name ("Apollo 11") is not a quantity.
    """
    finders: tuple[Callable[[str], Iterator[Quantity]], ...] = (
        versions,
        dates,
        times,
        weekdays,
        ranges,
        numbers,
        worded,
    )
    found: list[Quantity] = []
    for finder in finders:
        for one in finder(text):
            if all(one.end <= other.start or other.end <= one.start for other in found):
                found.append(one)
    found = [one for one in found if not _is_in_a_name(text, one)]
    found = [_with_neighbours(text, one) for one in sorted(found, key=lambda one: one.start)]
    return tuple(date_ranges_joined(text, found))


def _is_in_a_name(text: str, one: Quantity) -> bool:
    """True for a bare number right behind a name: "Blade Runner 2049", "Apollo 11"."""
    if one.unit or one.kind not in ("number", "date") or not text[one.start].isdigit() or one.fields[1] is not None:
        return False
    before = words_of(text[: one.start])[-1:]
    if not before or text[before[0].end : one.start] != " " or before[0].lower in {*WEEKDAYS, *MONTHS}:
        return False
    return before[0].is_capitalised and before[0].is_content and text[: before[0].start].strip() != ""


def _with_neighbours(text: str, one: Quantity) -> Quantity:
    """Return a quantity with the stems of the content words next to it that no punctuation separates from it."""
    before: list[str] = []
    edge = one.start
    for word in reversed([word for word in words_of(text) if word.end <= one.start]):
        if len(before) == WORDS_BEFORE or _PART_END.search(text[word.end : edge]):
            break
        edge = word.start
        before += _counted(word)
    after: list[str] = []
    edge = one.end
    for word in (word for word in words_of(text) if word.start >= one.end):
        # "12 books of …": a function word ends the counted thing.
        if len(after) == WORDS_AFTER or _PART_END.search(text[edge : word.start]) or (after and word.is_function):
            break
        edge = word.end
        after += _counted(word)
    return replace(one, before=frozenset(before), after=frozenset(after))


def _counted(word: Word) -> list[str]:
    is_number = word.text[0].isdigit() or word.lower in NUMBER_WORDS
    return [word.stem] if word.is_content and not is_number else []
