"""Take out the comments of Obsidian, which its readers never see: `%%` on both sides, in a line or around lines."""

from __future__ import annotations

import re

_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_BEGIN = re.compile(r"[ \t>]*%%")
# In a line: not behind a letter or figure, as in "100%%", and not in a code span.
_IN_LINE = re.compile(r"(`+)(?:(?!\1).)*\1|(?<![\w%])%%(?!%)(?:(?!%%).)*%%(?!%)")


def without_comments(source: str) -> str:
    """Return Markdown without its comments; the number of lines stays. One that nothing ends is none."""
    if "%%" not in source:
        return source
    lines = source.split("\n")
    fence = ""
    place = 0
    while place < len(lines):
        if found := _FENCE.match(lines[place]):
            if not fence:
                fence = found[1]
            elif found[1].startswith(fence):
                fence = ""
        elif not fence:
            lines[place] = _IN_LINE.sub(lambda span: span[0] if span[1] else "", lines[place])
            if _BEGIN.match(lines[place]):
                place = _without_block(lines, place)
        place += 1
    return "\n".join(lines)


def _without_block(lines: list[str], first: int) -> int:
    """Empty the lines of a comment that begins at `first`, and return its last one; `first` if nothing ends it."""
    for last in range(first + 1, len(lines)):
        if lines[last].rstrip().endswith("%%"):
            lines[first : last + 1] = [""] * (last + 1 - first)
            return last
    return first
