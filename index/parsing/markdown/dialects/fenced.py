"""Containers between two lines of colons or slashes: Docusaurus, Starlight, VitePress, MyST, Pandoc, PyMdown blocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from index.parsing.markdown.dialects.emit import attributes_in, push_close, push_open, push_paragraph
from index.parsing.markdown.dialects.kinds import is_known

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

_FENCE = re.compile(r"(:{3,}|/{3,})[ \t]*(.*?)[ \t]*\Z", re.DOTALL)
_SLASHED = re.compile(r"([A-Za-z][\w-]*)[ \t]*(\|?)[ \t]*(.*)\Z", re.DOTALL)
_MYST = re.compile(r"\{([A-Za-z][\w:-]*)\}[ \t]*(.*)\Z", re.DOTALL)
_ATTRIBUTES = re.compile(r"\{([^{}]*)\}[ \t]*:*\Z")
_NAMED = re.compile(r"([A-Za-z][\w-]*)[ \t]*(?:\[(.*)\])?[ \t]*(?:\{([^{}]*)\})?[ \t]*(.*)\Z", re.DOTALL)
_OPTION = re.compile(r"[ \t]*(?::[\w-]+:|[ ]{4}[\w-]+:[ ])")


def read_fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a line of at least three colons or slashes that opens or closes a container."""
    found = _FENCE.match(state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]])
    if not found:
        return False
    marks, rest = found[1], found[2]
    opened = ("", {}, "") if not rest else _slashed(rest) if marks[0] == "/" else _named(rest)
    if opened is None:
        return False
    if silent:
        return True
    state.line = start + 1
    if not rest:
        push_close(state, start, marks)
        return True
    name, attributes, title = opened
    body = ""
    if title.endswith(marks):  # all on one line
        body, title = title.removesuffix(marks), ""
    push_open(state, start, marks, name, attributes=attributes, title=title)
    if body:
        push_paragraph(state, start, body)
        push_close(state, start, marks)
    else:
        state.line = _after_options(state, start + 1, end)
    return True


def _slashed(rest: str) -> tuple[str, dict[str, str], str] | None:
    found = _SLASHED.match(rest)
    if not found or not (found[2] or (is_known(found[1]) and not found[3])):
        return None
    return found[1], {}, found[3]


def _named(rest: str) -> tuple[str, dict[str, str], str] | None:
    """The name, attributes and title of a directive that opens."""
    if found := _MYST.match(rest):
        return found[1], {}, found[2]
    if found := _ATTRIBUTES.match(rest):
        attributes = attributes_in(found[1])
        names = attributes.get("class", "").split()
        return next(filter(is_known, names), names[0] if names else ""), attributes, ""
    found = _NAMED.match(rest)
    if not found:
        return None
    name, title, attributes_text, more = found[1], found[2] or "", found[3] or "", found[4] or ""
    attributes = attributes_in(attributes_text)
    if "=" in more and not title:
        attributes, more = {**attributes, **attributes_in(more)}, ""
    return name, attributes, title or (more if is_known(name) else "")


def _after_options(state: StateBlock, line: int, end: int) -> int:
    """The line after the options of a directive, as `:class: dropdown`."""
    while line < end and _OPTION.match(state.src[state.bMarks[line] : state.eMarks[line]]):
        line += 1
    return line
