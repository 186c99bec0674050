"""The block rule of markdown-it that reads what documentation tools add to Markdown, chosen by a line's first sign."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from index.parsing.markdown.dialects.elements import read_element
from index.parsing.markdown.dialects.emit import push_heading
from index.parsing.markdown.dialects.fenced import read_fence
from index.parsing.markdown.dialects.indented import read_definition, read_indented
from index.parsing.markdown.dialects.shortcodes import read_shortcode

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.rules_block import StateBlock

_DROPPED_LINE = re.compile(
    r"(?:-+8<-+.*"  # snippets of PyMdown
    r"|<<<[ \t]*[@./].*"  # ... of VitePress
    r"|@\[[\w-]+[^\]]*\]\([^)]*\).*|@include:.*"  # ... of VuePress
    r"|\[\[?_?toc_?\]\]?"  # tables of contents
    r"|\+\+\+(?:[ \t].*)?"  # cells of a notebook in MyST
    r"|\([\w:./ -]+\)=)[ \t]*\Z",  # targets of MyST
    re.IGNORECASE,
)
_TIGHT_HEADING = re.compile(r"(#{2,6})([^\s#].*?)[ \t]*#*[ \t]*\Z")
_SNIPPET = re.compile(r"[ \t]*-+8<-+[ \t]*\Z")
_IMPORT = re.compile(
    r"import\s+(?:[\w*{][^'\"]{0,2000}?\sfrom\s+)?['\"][^'\"\n]+['\"];?|export\s+(?:const|let|default|function)\b"
)


def read_dialect(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a line that begins with a sign of a documentation tool, and what belongs to it.

    A rule of markdown-it: it returns True if the line is such a one, and pushes tokens unless `silent`.
    """
    position = state.bMarks[start] + state.tShift[start]
    if position >= state.eMarks[start] or state.is_code_block(start):
        return False
    return any(reader(state, start, end, silent) for reader in _READERS.get(state.src[position], ()))


def _read_dropped_line(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Pass over a line that includes another file, or stands where a table of contents will."""
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    if not _DROPPED_LINE.match(line):
        return False
    if not silent:
        state.line = start + 1
        if _SNIPPET.match(line):  # file names stand between two such lines
            for after in range(start + 1, min(end, start + 50)):
                if _SNIPPET.match(state.src[state.bMarks[after] : state.eMarks[after]]):
                    state.line = after + 1
                    break
    return True


def _read_tight_heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a heading without the space that CommonMark asks for, as `###Title`."""
    del end
    found = _TIGHT_HEADING.match(state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]])
    if found and not silent:
        push_heading(state, start, found[2], len(found[1]))
        state.line = start + 1
    return found is not None


def _read_module_line(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Pass over imports and exports of MDX, up to a blank line."""
    if silent or state.tShift[start] or not _IMPORT.match(state.src, state.bMarks[start]):
        return False
    after = start + 1
    while after < end and not state.isEmpty(after):
        after += 1
    state.line = after
    return True


_READERS: dict[str, tuple[Callable[[StateBlock, int, int, bool], bool], ...]] = {
    ":": (read_fence, read_definition),
    "#": (_read_tight_heading,),
    "/": (read_fence,),
    "!": (read_indented,),
    "?": (read_indented,),
    "=": (read_indented,),
    "<": (_read_dropped_line, read_element),
    "{": (read_shortcode,),
    "-": (_read_dropped_line,),
    "+": (_read_dropped_line,),
    "@": (_read_dropped_line,),
    "[": (_read_dropped_line,),
    "(": (_read_dropped_line,),
    "i": (_read_module_line,),
    "e": (_read_module_line,),
}
