"""Find the day that a document says it is from, and the document that it says replaces it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from index.parsing.text.builder import Parsed

FIRST_LINES = 8
LONGEST_DATE_LINE = 60  # characters; a longer one is a sentence, unless it speaks of the document
LONGEST_LINE = 160

_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[-./](0?[1-9]|1[0-2])(?:[-./](0?[1-9]|[12]\d|3[01]))?)?(?!\d|[-./]\d)")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
_NAMED = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[-_. ](0[1-9]|1[0-2])(?:[-_. ](0[1-9]|[12]\d|3[01]))?)?(?!\d|[-_.]\d)")
_OF_THE_DOCUMENT = re.compile(
    r"\b(?:updated|effective|dated?|published|revised|revision|version|as of|minutes|meeting|modified|issued|"
    r"review(?:ed)?)\b",
    re.IGNORECASE,
)


def date_of(path: str, parsed: Parsed) -> str | None:
    """Return a document's date as YYYY-MM-DD, YYYY-MM or YYYY; None if nothing tells it.

    What the file states wins, then its name, a heading or line at its top with a full date, and the properties that
    the program left in it.
    """
    stem = PurePosixPath(path).name
    return (
        plain_date(parsed.date)
        or _first_of(_COMPACT, stem)
        or _first_of(_NAMED, stem)
        or next(filter(None, map(_full_date_in, _lines_at_the_top(parsed))), None)
        or plain_date(parsed.property_date)
    )


def plain_date(written: str | None) -> str | None:
    """Return a date that is written in figures or in English words, as far as it is given; None if it is none."""
    if not written:
        return None
    found = _first_of(_COMPACT, written[:100]) if written[:8].isdigit() else None
    return found or _full_date_in(written[:100]) or _first_of(_ISO, written[:100])


def superseded_by(path: str, written: str | None) -> str | None:
    """Return the path, relative to the seeds folder, of the document that front matter names; None for an address.

    A name that begins with "/" counts from the seeds folder, any other from the document's own folder.
    """
    if not written or "://" in written:
        return None
    target = written.partition("#")[0].strip()
    joined = target.lstrip("/") if target.startswith("/") else posixpath.join(posixpath.dirname(path), target)
    resolved = posixpath.normpath(joined)
    return None if not target or resolved.startswith("..") or resolved == "." else resolved


def _first_of(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    if not found:
        return None
    return "-".join(part.zfill(2) for part in found.groups() if part)


def _lines_at_the_top(parsed: Parsed) -> Iterator[str]:
    """The title, the first headings, and the first short lines that may be nothing but a date."""
    if parsed.title:
        yield parsed.title
    for heading in parsed.headings[:3]:
        yield heading.text
    lines = (line.strip() for line in parsed.text[:3_000].split("\n"))
    for line in [line for line in lines if line][:FIRST_LINES]:
        if len(line) <= LONGEST_DATE_LINE or (len(line) <= LONGEST_LINE and _OF_THE_DOCUMENT.search(line)):
            yield line


def _full_date_in(text: str) -> str | None:
    """The first date in a line that names year, month and day."""
    from index.english.quantities.dates import dates

    if not any(map(str.isdigit, text)):
        return None
    for found in dates(text[:300]):
        year, month, day = found.fields
        if year and month and day:
            return f"{year:04}-{month:02}-{day:02}"
    return None
