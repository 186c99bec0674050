"""Choose the lines of an included file: by numbers, by a named section, by the text around them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from textwrap import dedent

# Lines that only mark a section: of PyMdown, of VS Code and VitePress, and of AsciiDoc.
_MARKER = re.compile(
    r"--8<--\s*\[(?P<snippet>start|end):\s*(?P<snippet_name>[\w-]+)\s*\]"
    r"|#?(?P<region>(?:end)?region)\b:?\s*(?P<region_name>[\w-]*)\s*(?:-->|\*/)?\s*\Z"
    r"|(?P<tag>tag|end)::(?P<tag_name>[\w-]+)\[\]"
)
_COMMENT = re.compile(r"\s*(?://|#|--|;|/\*|<!--|%|\*|')")
_RANGE = re.compile(r"\s*(\d*)\s*(?:(?:\.\.|[:-])\s*(-?\d*)\s*)?\Z")


def numbered(lines: Sequence[str], ranges: str) -> list[str] | None:
    """Return the lines that `ranges` names, counted from 1: "3", "3-5", "3..5", "1,4-6"; None if it names none."""
    chosen: list[str] = []
    for part in re.split(r"[,;\s]+", ranges.strip().strip("\"'")):
        found = _RANGE.match(part)
        if found is None or not part:
            return None
        first = int(found[1] or 1)
        last = first if found[2] is None else int(found[2] or -1)
        chosen += lines[max(first - 1, 0) : last if last >= 0 else None]
    return chosen or None


def section(lines: Sequence[str], name: str) -> list[str] | None:
    """Return the lines between the marks of a section; None if there is none of that name."""
    inside, found = 0, False
    chosen: list[str] = []
    for line in lines:
        mark = _mark(line)
        if mark is not None:
            if mark[1] == name or (not mark[0] and not mark[1]):
                inside = max(inside + (1 if mark[0] else -1), 0)
                found = found or mark[0]
        elif inside:
            chosen.append(line)
    return chosen if found else None


def without_marks(lines: Sequence[str]) -> list[str]:
    """Return the lines without those that mark a section."""
    return [line for line in lines if _mark(line) is None]


def between(lines: Sequence[str], options: Mapping[str, str]) -> list[str] | None:
    """Return the lines that the options of `literalinclude` name; None if they are not there."""
    chosen = list(lines)
    if name := options.get("pyobject"):
        body = _python_object(lines, name.rpartition(".")[2])
        if body is None:
            return None
        chosen = body
    if ranges := options.get("lines"):
        picked = numbered(chosen, ranges)
        if picked is None:
            return None
        chosen = picked
    for option, skips in (("start-after", 1), ("start-at", 0)):
        if text := options.get(option):
            place = next((number for number, line in enumerate(chosen) if text in line), None)
            if place is None:
                return None
            chosen = chosen[place + skips :]
    for option, skips in (("end-before", 0), ("end-at", 1)):
        if text := options.get(option):
            place = next((number for number, line in enumerate(chosen) if text in line), len(chosen))
            chosen = chosen[: place + skips]
    return chosen


def dedented(lines: Sequence[str]) -> list[str]:
    """Return lines without the indentation that they share, and without blank lines at the ends."""
    return dedent("\n".join(lines)).strip("\n").split("\n")


def _mark(line: str) -> tuple[bool, str] | None:
    """Return (begins, name) of a line that marks a section."""
    if "--8<--" not in line and "region" not in line and "::" not in line:
        return None
    found = _MARKER.search(line)
    if found is None or not (_COMMENT.match(line) or found["snippet"]):
        return None
    if found["snippet"]:
        return found["snippet"] == "start", found["snippet_name"]
    if found["region"]:
        return found["region"] == "region", found["region_name"]
    return found["tag"] == "tag", found["tag_name"]


def _python_object(lines: Sequence[str], name: str) -> list[str] | None:
    head = re.compile(rf"(\s*)(?:async\s+)?(?:def|class)\s+{re.escape(name)}\b")
    for number, line in enumerate(lines):
        if found := head.match(line):
            indent = len(found[1])
            first = number
            while first > 0 and lines[first - 1].startswith(f"{found[1]}@"):
                first -= 1
            last = number + 1
            while last < len(lines) and (
                not lines[last].strip() or len(lines[last]) - len(lines[last].lstrip()) > indent
            ):
                last += 1
            return list(lines[first:last])
    return None
