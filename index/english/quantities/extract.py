"""Everything that is counted, measured or dated in a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

from index.english.quantities.dates import date_ranges_joined, dates, times, weekdays
from index.english.quantities.numbers import numbers, ranges, versions, worded
from index.english.quantities.quantity import Quantity
from index.english.quantities.units import MONTHS, NUMBER_WORDS, WEEKDAYS
from index.english.words import Word, words

WORDS_BEFORE = 2  # telling words before a quantity that are kept with it
WORDS_AFTER = 3
_PART_END = re.compile(r"[.,;:!?()]")


@lru_cache(maxsize=1024)
def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of a text in order; they don't overlap. Numbers that are part of a name are none: "Apollo 11"."""
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
    """Whether a bare number stands right behind a name: "Blade Runner 2049", "Apollo 11"."""
    if one.unit or one.kind not in ("number", "date") or not text[one.start].isdigit() or one.fields[1] is not None:
        return False
    before = words(text[: one.start])[-1:]
    if not before or text[before[0].end : one.start] != " " or before[0].lower in {*WEEKDAYS, *MONTHS}:
        return False
    return before[0].is_capitalised and before[0].is_telling and text[: before[0].start].strip() != ""


def _with_neighbours(text: str, one: Quantity) -> Quantity:
    """With the stems of the telling words next to it that punctuation does not part off."""
    before: list[str] = []
    edge = one.start
    for word in reversed([word for word in words(text) if word.end <= one.start]):
        if len(before) == WORDS_BEFORE or _PART_END.search(text[word.end : edge]):
            break
        edge = word.start
        before += _counted(word)
    after: list[str] = []
    edge = one.end
    for word in (word for word in words(text) if word.start >= one.end):
        # "12 books of": what is counted ends where its sentence goes on.
        if len(after) == WORDS_AFTER or _PART_END.search(text[edge : word.start]) or (after and word.is_function):
            break
        edge = word.end
        after += _counted(word)
    return replace(one, before=frozenset(before), after=frozenset(after))


def _counted(word: Word) -> list[str]:
    is_number = word.text[0].isdigit() or word.lower in NUMBER_WORDS
    return [word.stem] if word.is_telling and not is_number else []
