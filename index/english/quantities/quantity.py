"""A number or a date in a sentence, and the comparison of two of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["date", "weekday", "time", "number", "ordinal", "version"]
Shape = Literal["exact", "about", "bound", "range"]
Fields = tuple[int | None, int | None, int | None]  # year, month, day
Comparison = Literal["same", "differs", "unknown"]

COMPARING = 24  # characters before a quantity in which words like "more than" are looked for


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, a date or the like, as written in a text, with its offsets.

    Its value lies between `low` and `high`: in the first unit of the kind `unit` (such as "length"; empty for a bare
    number), in days for dates with a year, in minutes for times. `fields` are the year, month and day of a date; those
    that the text leaves out are None. `before` and `after` are stems of the words next to it, which name what is
    counted.
    """

    kind: Kind
    text: str
    start: int
    end: int
    low: float
    high: float
    shape: Shape = "exact"
    unit: str = ""
    fields: Fields = (None, None, None)
    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()


def compared(claimed: Quantity, said: Quantity) -> Comparison:
    """Compare two quantities of one thing: "same" if `said` confirms `claimed`, "differs" if it excludes it."""
    if claimed.kind != said.kind or claimed.unit != said.unit:
        return "unknown"
    if claimed.kind == "version":
        return "same" if claimed.text == said.text else "differs"
    if claimed.kind == "date" and (claimed.fields[0] is None or said.fields[0] is None):
        return _fields_compared(claimed.fields, said.fields)
    if claimed.shape == said.shape == "range":
        return "same" if (claimed.low, claimed.high) == (said.low, said.high) else "differs"
    if claimed.low <= said.low and said.high <= claimed.high:
        return "same"
    if said.high < claimed.low or claimed.high < said.low:
        return "differs"
    lies_within = claimed.kind == "date" and said.shape == "range" and claimed.shape == "exact"
    return "same" if lies_within and said.low <= claimed.low and claimed.high <= said.high else "unknown"


def of_one_thing(claimed: Quantity, said: Quantity) -> bool:
    """True if two quantities measure or count the same, judged by their kind or by the words next to them."""
    if claimed.kind != said.kind or claimed.unit != said.unit:
        return False
    if claimed.kind == "date":
        return any(
            one is not None and other is not None for one, other in zip(claimed.fields, said.fields, strict=True)
        )
    if claimed.kind in ("weekday", "time") or claimed.unit:
        return True
    if claimed.after and said.after:
        return bool(claimed.after & said.after)
    return bool(claimed.before & said.before) and claimed.kind != "ordinal"


def _fields_compared(claimed: Fields, said: Fields) -> Comparison:
    pairs = list(zip(claimed, said, strict=True))
    if any(one is not None and other is not None and one != other for one, other in pairs):
        return "differs"
    return "same" if all(one is None or one == other for one, other in pairs) else "unknown"
