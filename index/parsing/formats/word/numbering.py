"""The numbers that Word writes in front of paragraphs: "3.", "b)", "§ 6", "2.1"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Element = Any  # an element of lxml, which ships no types

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PLACE = re.compile(r"%([1-9])")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
LARGEST_ROMAN = 4_000
LARGEST_LETTER = 780  # thirty times z, as in Word


@dataclass(frozen=True, slots=True)
class _Level:
    """The numbering of a level of a list: `kind` as Word names it ("decimal"), `text` with "%1" for the first level."""

    kind: str
    text: str
    start: int

    @property
    def is_numbered(self) -> bool:
        return self.kind not in ("bullet", "none") and _PLACE.search(self.text) is not None


@dataclass(slots=True)
class Numbering:
    """The lists of a document, and how far each has been counted."""

    _levels: Mapping[str, Mapping[int, _Level]]
    _counts: defaultdict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def of(cls, root: Element | None) -> Numbering:
        """Return the lists that a document's part for numbering defines; none for None."""
        if root is None:
            return cls({})
        abstract = {
            item.get(f"{_W}abstractNumId"): {_depth(level): _level_of(level) for level in item.iterchildren(f"{_W}lvl")}
            for item in root.iterchildren(f"{_W}abstractNum")
        }
        levels = {}
        for item in root.iterchildren(f"{_W}num"):
            own = dict(abstract.get(_value(item, "w:abstractNumId"), {}))
            for change in item.iterchildren(f"{_W}lvlOverride"):
                depth, start = _depth(change), _value(change, "w:startOverride")
                level = change.find(f"{_W}lvl")
                if level is not None:
                    own[depth] = _level_of(level)
                if start.isdigit() and depth in own:
                    own[depth] = _Level(own[depth].kind, own[depth].text, int(start))
            levels[item.get(f"{_W}numId") or ""] = own
        return cls(levels)

    def next_mark(self, number: str, depth: int) -> str:
        """Count the next paragraph of a list, and return what stands in front of it: "-" where it has no number."""
        levels = self._levels.get(number, {})
        level = levels.get(depth)
        if level is None or not level.is_numbered:
            return "-"
        counts = self._counts[number]
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [one for one in counts if one > depth]:
            del counts[deeper]

        def shown(place: re.Match[str]) -> str:
            above = int(place[1]) - 1
            kind = levels[above].kind if above in levels else "decimal"
            # A level above that was never counted shows its first number.
            return _written(counts.get(above, levels[above].start if above in levels else 1), kind)

        return " ".join(_PLACE.sub(shown, level.text).split()) or "-"


def _level_of(level: Element) -> _Level:
    start = _value(level, "w:start")
    kind = _value(level, "w:numFmt") or "decimal"
    return _Level(kind, _value(level, "w:lvlText"), int(start) if start.isdigit() else 1)


def _depth(element: Element) -> int:
    depth = element.get(f"{_W}ilvl") or ""
    return int(depth) if depth.isdigit() else 0


def _value(element: Element, path: str) -> str:
    found = element.find(path, {"w": _W[1:-1]})
    return "" if found is None else found.get(f"{_W}val") or ""


def _written(number: int, kind: str) -> str:
    """A number in the form that Word names `kind`; in figures for a form that is not known here."""
    written = str(number)
    if kind.endswith("Letter") and 0 < number <= LARGEST_LETTER:
        written = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)  # z is followed by aa, bb
    elif kind.endswith("Roman") and 0 < number <= LARGEST_ROMAN:
        written = _roman(number)
    elif kind == "decimalZero":
        written = f"{number:02}"
    return written.upper() if kind.startswith("upper") else written


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        written += letters * (number // value)
        number %= value
    return written
