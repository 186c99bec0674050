"""The names of months, weekdays and seasons."""

from __future__ import annotations

MONTH_NAMES = tuple("january february march april may june july august september october november december".split())
MONTHS = {
    **{name: number for number, name in enumerate(MONTH_NAMES, 1)},
    **{name[:3]: number for number, name in enumerate(MONTH_NAMES, 1)},
    "sept": 9,
}  # in full and abbreviated
WEEKDAYS = {
    name: number for number, name in enumerate("monday tuesday wednesday thursday friday saturday sunday".split(), 1)
}
SEASONS = ("spring", "summer", "autumn", "winter")
# As words of their own, without a day or year next to them, these two are rarely months.
AMBIGUOUS_MONTHS = frozenset({"may", "march"})


def any_of(names: tuple[str, ...] | dict[str, int]) -> str:
    """Return a pattern that matches any of the names, the longest first."""
    return "|".join(sorted(names, key=len, reverse=True))
