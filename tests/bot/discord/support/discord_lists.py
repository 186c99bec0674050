"""How Discord reads lists: which lines are items, how deep, and what number it gives them.

Written from simple-markdown's rule for lists, which Discord uses: an item takes in all lines that follow, down to the
next mark with the same indentation; a list ends at an empty line that no item follows; only its first number counts.
"""

from __future__ import annotations

import re

MARK = r"(?:[*-]|\d+\.)"
LIST = re.compile(rf"(?P<indent> *)(?P<mark>{MARK}) [\s\S]+?(?:\n{{2,}}(?! )(?!(?P=indent){MARK} )\n*|\s*\n*\Z)")
ITEM = re.compile(rf"^(?P<indent> *)(?P<mark>{MARK}) +[^\n]*(?:\n(?!(?P=indent){MARK} )[^\n]*)*(?:\n|\Z)", re.MULTILINE)
FENCE = re.compile(r"```[\s\S]*?```")


def listed(message: str, depth: int = 0) -> list[str]:
    """Return the lines of a message that has lists in it, each item with its indentation and the mark that is shown.

    Other lines stand there as they are written; blocks of code as "```".
    """
    found: list[str] = []
    rest = FENCE.sub("```", message)
    while rest:
        if match := LIST.match(rest):
            found += _items(match.group(), depth)
            rest = rest[match.end() :]
            continue
        line, _, rest = rest.partition("\n")
        if line.strip():
            found.append("  " * depth + line.strip())
    return found


def _items(text: str, depth: int) -> list[str]:
    found: list[str] = []
    number: int | None = None
    for place, item in enumerate(ITEM.finditer(re.sub(r"\n{2,}\Z", "\n", text))):
        if place == 0:
            number = int(item["mark"][:-1]) if item["mark"][0].isdigit() else None
        width = len(item["indent"]) + len(item["mark"]) + 1
        first, *others = item.group().rstrip("\n").split("\n")
        content = "\n".join([first[width:].lstrip(), *(re.sub(rf"^ {{1,{width}}}", "", line) for line in others)])
        lines = listed(content, depth + 1)
        shown = "•" if number is None else f"{number + place}."
        found += ["  " * depth + f"{shown} {lines[0].strip()}", *lines[1:]] if lines else ["  " * depth + shown]
    return found
