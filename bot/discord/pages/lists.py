"""The marks of list items, so that Discord shows numbers and nesting as in the document. Pure.

Discord counts the items of a list itself, from the first number on, and only accepts "-", "*" and "1." as marks. If it
would count differently, a mark is written as plain text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.blocks import AnswerBlock
from bot.discord.text.markdown import escaped

_NUMBER = re.compile(r"(0|[1-9]\d{0,8})\.", re.ASCII)
_BULLETS = frozenset("-*+•◦▪‣–—·○●■") | {""}


@dataclass(frozen=True, slots=True)
class _Open:
    """The last item of a list that may continue.

    `number` is None for a bullet; `is_list` is false for a mark in plain text.
    """

    depth: int
    width: int
    number: int | None
    is_list: bool


class ListMarks:
    """Computes the marks of items. Call it for the items of an answer in their order."""

    def __init__(self) -> None:
        self._open: list[_Open] = []

    def mark(self, block: AnswerBlock) -> tuple[str, str]:
        """Return the spaces before the mark of an item, and the mark."""
        item = self._next(block)
        self._open = [one for one in self._open if one.depth < item.depth]
        indent = " " * sum(one.width for one in self._open)
        self._open.append(item)
        if item.is_list:
            return indent, "-" if item.number is None else f"{item.number}."
        return indent, "•" if block.label in _BULLETS else escaped(block.label) or "•"

    def leaves_list(self, block: AnswerBlock) -> bool:
        """True if an item can't continue Discord's outermost list: an empty line has to end the list first."""
        before = next((one for one in self._open if one.depth == block.depth == 0), None)
        return before is not None and before.is_list and not self._next(block).is_list

    def end_list(self) -> None:
        """Let the next item start another list."""
        self._open = []

    def _next(self, block: AnswerBlock) -> _Open:
        found = _NUMBER.fullmatch(block.label)
        number = int(found[1]) if found else None
        around = [one for one in self._open if one.depth < block.depth]
        before = next((one for one in self._open if one.depth == block.depth), None)
        is_list = found is not None or block.label in _BULLETS
        if block.depth > 0:
            is_list = is_list and bool(around) and around[-1].is_list
        if before is not None:
            goes_on = number == (None if before.number is None else before.number + 1)
            is_list = is_list and before.is_list and goes_on
        width = 2 if number is None else len(f"{number}. ")
        return _Open(block.depth, width, number, is_list)
