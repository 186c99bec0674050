"""The numbers in a sentence, with their units and with the words that bound them: "more than 5 km"."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from index.english.function_words import word_set
from index.english.quantities.number_words import ABBREVIATED_SCALES, NUMBER_WORDS, ORDINALS, SCALES
from index.english.quantities.quantity import COMPARING, Quantity, Shape
from index.english.quantities.units import unit
from index.english.words import Word, words_of

ABOUT = 0.1  # relative error that "about" allows
ROUNDED = 0.49  # error of a number with a scale, in units of its last digit: "1.2 million"
WORDED = 0.05  # relative error of a scale in words: "two hundred"

_AT_LEAST = re.compile(
    r"\b(?:(?:more|greater|higher|longer|older|larger) than|over|above|at least|exceed\w*|no (?:fewer|less) than|"
    r"upwards of|a minimum of|beyond|surpass\w*)\s*$",
    re.IGNORECASE,
)
_AT_MOST = re.compile(
    r"\b(?:(?:less|fewer|lower|shorter|younger|no more|not more) than|under|below|at most|up to|within|"
    r"a maximum of)\s*$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:\b(?:about|around|approximately|approx\.?|roughly|some|circa|c\.|nearly|almost|close to|an? estimated|"
    r"just (?:over|under))|~)\s*$",
    re.IGNORECASE,
)
_OR_MORE = re.compile(r"\s?(?:\+|or (?:more|longer|older|higher)\b)", re.IGNORECASE)
_OR_LESS = re.compile(r"\s?or (?:less|fewer|shorter|younger|lower)\b", re.IGNORECASE)
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?"
_NUMBER = re.compile(
    rf"(?<![\w.])(?P<currency>(?:US)?[$€£]\s?)?(?<!\w[-–])(?P<digits>{_DIGITS})(?P<attached>[a-z°]{{1,3}}\b|\s?%)?"
    r"(?![\dA-Z])"
)
_RANGE = re.compile(rf"(?<![\w.$€£-])({_DIGITS})\s?(?:[-–—]|to)\s?({_DIGITS})(?!\w|[.,]\d)(?:\s?(%|[a-zA-Z°]+))?")
_VERSION = re.compile(r"\b\d+(?:\.\d+){2,}\b")
_ONE_IS_NO_NUMBER_BEFORE = word_set("of another day thing by who that which more such and")
_ONE_IS_NO_NUMBER_AFTER = word_set("no any every this that some another each")


def versions(text: str) -> Iterator[Quantity]:
    """Yield the version numbers of a text: "3.11.2"."""
    for found in _VERSION.finditer(text):
        yield Quantity("version", found.group(), *found.span(), 0, 0)


def ranges(text: str) -> Iterator[Quantity]:
    """Yield the ranges of numbers in a text: "5-10 km"."""
    for found in _RANGE.finditer(text):
        low, high = _value(found[1]), _value(found[2])
        kind, size = unit(found[3] or "")
        end = found.end() if kind else found.end(2)
        if low < high:
            yield Quantity(
                "number", text[found.start() : end], found.start(), end, low * size, high * size, "range", kind
            )


def numbers(text: str) -> Iterator[Quantity]:
    """Yield the numbers and ordinals of a text that are written in digits."""
    for found in _NUMBER.finditer(text):
        attached = (found["attached"] or "").strip()
        value = _value(found["digits"])
        if attached in ("st", "nd", "rd", "th"):
            yield Quantity("ordinal", found.group(), *found.span(), value, value)
        elif not attached or attached in SCALES or unit(attached)[0]:
            yield _measured(text, found, value, attached)


def _measured(text: str, found: re.Match[str], value: float, attached: str) -> Quantity:
    """Return a number in digits with the scale and the unit that follow it: "1.2 million dollars"."""
    start, end = found.span()
    scale = SCALES.get(attached, 1.0)
    kind, size = unit((found["currency"] or "").strip().removeprefix("US"))
    if not kind and scale == 1:
        kind, size = unit(attached)
    follower = _word_at(text, end)
    if follower and not attached and follower.lower in SCALES:
        scale, end = SCALES[follower.lower], end + follower.end
        follower = _word_at(text, end)
    if follower and not kind:
        kind, size = unit(follower.lower, in_words=scale != 1)
        end += follower.end if kind else 0
    decimals = len(found["digits"].replace(",", "").partition(".")[2])
    leeway = ROUNDED * 10**-decimals * scale if scale > 1 else 0.0
    return _bounded(text, start, end, (value * scale, leeway), (kind, size))


def _word_at(text: str, offset: int) -> Word | None:
    """Return the word at an offset, after spaces and hyphens; its own offsets count from there."""
    following = words_of(text[offset : offset + 30])[:1]
    return following[0] if following and not text[offset : offset + following[0].start].strip(" \u00a0-") else None


def worded(text: str) -> Iterator[Quantity]:
    """Yield the numbers and ordinals of a text that are written in words: "twenty-one", "two hundred", "third"."""
    known = words_of(text)
    index = 0
    while index < len(known):
        word = known[index]
        if word.lower in ORDINALS:
            value = ORDINALS[word.lower]
            yield Quantity("ordinal", word.text, word.start, word.end, value, value)
        last, value, is_scaled = _number_in_words(text, known, index)
        if last == index:
            index += 1
            continue
        end = known[last - 1].end
        follower = _word_at(text, end)
        kind, size = unit(follower.lower, in_words=True) if follower else ("", 1.0)
        end += follower.end if follower and kind else 0
        yield _bounded(text, word.start, end, (value, value * WORDED if is_scaled else 0.0), (kind, size))
        index = last


def _number_in_words(text: str, known: Sequence[Word], index: int) -> tuple[int, float, bool]:
    """Return the end of the number in words that begins at a word, its value, and True if it ends in a scale.

    The end is the index of the word behind it: `index` itself where no number begins.
    """
    if known[index].lower == "one" and not _is_number_one(known, index):
        return index, 0.0, False
    total, current, last, is_scaled = 0.0, 0.0, index, False
    while last < len(known) and (last == index or not text[known[last - 1].end : known[last].start].strip(" -")):
        lower = known[last].lower
        scale = 0.0 if lower in ABBREVIATED_SCALES or not (current or total) else SCALES.get(lower, 0.0)
        follows = known[last + 1].lower in NUMBER_WORDS if last + 1 < len(known) else False
        if scale:
            total, current = (total, current * scale) if scale == 100 else (total + current * scale, 0.0)
        elif lower == "dozen" and current:
            current *= 12
        elif lower in NUMBER_WORDS and (last == index or current % 10 == 0) and lower != "zero":
            current += NUMBER_WORDS[lower]
        elif not (lower == "and" and is_scaled and follows):
            break
        is_scaled = bool(scale)
        last += 1
    return last, total + current, is_scaled


def _is_number_one(known: Sequence[Word], index: int) -> bool:
    after = known[index + 1].lower if index + 1 < len(known) else "of"
    before = known[index - 1].lower if index else ""
    return after not in _ONE_IS_NO_NUMBER_BEFORE and before not in _ONE_IS_NO_NUMBER_AFTER


def _bounded(text: str, start: int, end: int, value: tuple[float, float], measure: tuple[str, float]) -> Quantity:
    """Return a number (value and leeway) of a unit (kind and size), bounded by the words around it: "more than"."""
    (number, leeway), (kind, size) = value, measure
    before = text[max(0, start - COMPARING) : start]
    shape: Shape = "exact"
    low, high = number - leeway, number + leeway
    if _ABOUT.search(before):
        low, high, shape = number * (1 - ABOUT), number * (1 + ABOUT), "about"
    elif _AT_LEAST.search(before) or _OR_MORE.match(text, end):
        low, high, shape = number, math.inf, "bound"
    elif _AT_MOST.search(before) or _OR_LESS.match(text, end):
        low, high, shape = -math.inf, number, "bound"
    return Quantity("number", text[start:end], start, end, low * size, high * size, shape, kind)


def _value(digits: str) -> float:
    if re.fullmatch(r"\d+,\d{1,2}", digits):  # a decimal comma
        return float(digits.replace(",", "."))
    return float(digits.replace(",", ""))
