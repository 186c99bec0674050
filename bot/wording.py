"""Words that every surface uses: places in documents, disagreements, and text that is safe on a terminal. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.types import Disagreement
from index.types import HEADING_SEPARATOR

# Control characters with which a document could move a terminal's cursor, change its colours, set its title or reorder
# the line.
CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Return the text on one line, without control characters that a terminal would obey."""
    return CONTROL_CHARACTERS.sub("", " ".join(text.split()))


def place_of(
    document: str, title: str, page: int | None, heading: str | None, line: int | None, *, date: str | None = None
) -> str:
    """Return where words stand, for a person: title (unless the file name says it), file, date, heading, page, line."""
    parts = [plain(document)]
    if _letters(title) not in _letters(document):
        parts.insert(0, plain(title))
    if date is not None and date not in document:
        parts.append(date)
    below = [part for part in (heading or "").split(HEADING_SEPARATOR) if part and part != title]
    if below:
        parts.append(f"“{plain(HEADING_SEPARATOR.join(below))}”")
    if page is not None:
        parts.append(f"page {page}")
    if line is not None:
        parts.append(f"line {line}")
    return ", ".join(parts)


def disagreement_text(
    disagreement: Disagreement, marker: Callable[[int], str], shown_value: Callable[[str], str]
) -> str:
    """Return one sentence that says what documents say differently.

    `marker` formats the number of a footnote, `shown_value` a value as the document writes it.
    """
    dates = disagreement.dates or (None,) * len(disagreement.citations)
    newest = max(filter(None, dates), default=None)
    listed = (
        f"{marker(number)}{_age(date, newest)} says “{shown_value(value)}”"
        for number, value, date in zip(disagreement.citations, disagreement.values, dates, strict=True)
    )
    return f"The documents disagree: {', '.join(listed)}."


def _age(date: str | None, newest: str | None) -> str:
    if date is None or newest is None:
        return ""
    return f" ({date})" if date == newest else f" ({date}, older)"


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
