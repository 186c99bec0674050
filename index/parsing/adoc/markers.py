"""Recognise what begins an item of a list in AsciiDoc."""

from __future__ import annotations

import re
from dataclasses import dataclass

DEFINITION = "::"

_ITEM = re.compile(r"[ \t]*(\*{1,6}|-|\.{1,6}|\d{1,4}\.|<(?:\d+|\.)>)[ \t]+(?=\S)")
_TERM = re.compile(r"[ \t]*(\S.{0,300}?)(:{2,4}|;;)(?:[ \t]+|$)")
_CHECK = re.compile(r"\[[ x*]\][ \t]+")


@dataclass(frozen=True, slots=True)
class Marker:
    """The mark of a list item and the text after it. Items of the same `kind` belong to the same list."""

    kind: str
    text: str
    term: str = ""

    @property
    def is_numbered(self) -> bool:
        """True for the items of a numbered list."""
        return self.kind[0] in ".<1"


def marker_of(line: str) -> Marker | None:
    """Return the mark that a line begins with; None if it begins no item."""
    if found := _ITEM.match(line):
        mark = found[1]
        kind = "1." if mark[0].isdigit() else "<>" if mark[0] == "<" else mark
        return Marker(kind, _CHECK.sub("", line[found.end() :].rstrip(), count=1))
    found = _TERM.match(line)
    if found and not line.lstrip().startswith(("//", "include:", "image:")) and found[1].count("`") % 2 == 0:
        return Marker(DEFINITION, line[found.end() :].strip(), found[1])
    return None
