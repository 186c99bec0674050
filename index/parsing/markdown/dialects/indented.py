"""Containers whose content is indented by four spaces: admonitions and tabs of MkDocs, definitions of Pandoc."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from index.parsing.markdown.dialects.emit import attributes_in, push_close, push_open, push_paragraph

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

DEEPEST = 20  # containers inside containers whose indentation is taken off

_ADMONITION = re.compile(r"(?:!!!|\?\?\?\+?)[ \t]*([A-Za-z][\w-]*(?:[ \t]+[\w-]+)*)?[ \t]*(?:\"(.*)\")?[ \t]*\Z")
_DEFINITION = re.compile(r":[ \t]+(\S.*)")
_DEFINITION_KEY = "definition"
_TAB = re.compile(r"===[!+]*[ \t]+(?:\"(.*)\"|'(.*)')[ \t]*\Z")


def read_indented(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a line such as `!!! note "Title"` or `=== "Tab"` with the indented lines below it."""
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    admonition, tab = _ADMONITION.match(line), _TAB.match(line)
    if not tab and not (admonition and (admonition[1] or admonition[2])):
        return False
    if silent:
        return True
    key = f"indented {start}"
    if tab:
        push_open(state, start, key, "tab", attributes={}, title=tab[1] or tab[2] or "")
    elif admonition:
        names = (admonition[1] or "note").split()
        attributes = attributes_in(" ".join(names[1:]))
        push_open(state, start, key, names[0], attributes=attributes, title=admonition[2] or "")
    after = tokenize_indented(state, start + 1, end, state.sCount[start])
    push_close(state, start, key)
    state.line = after
    return True


def read_definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a line that begins with a colon, with the indented lines below it: it defines the paragraph above it."""
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    found = _DEFINITION.match(line)
    if not found:
        return False
    if silent:
        return True
    if not _begin_definition(state, start):
        return False
    after = start + 1
    while (
        after < end and not state.isEmpty(after) and not _DEFINITION.match(state.getLines(after, after + 1, 0, False))
    ):
        after += 1
    below = state.getLines(start + 1, after, state.blkIndent, False)
    push_paragraph(state, start, found[1] + ("\n" + below if below else ""))
    state.line = (
        tokenize_indented(state, after, end, state.sCount[start]) if after < end and state.isEmpty(after) else after
    )
    push_close(state, state.line, _DEFINITION_KEY)
    return True


def _begin_definition(state: StateBlock, line: int) -> bool:
    """Put the paragraph that was pushed last inside a definition; False if there is none on the same level."""
    tokens = state.tokens
    if tokens and tokens[-1].type == "container_close" and tokens[-1].meta["key"] == _DEFINITION_KEY:
        tokens.pop()  # another definition of the same term
        return True
    if len(tokens) < 3 or tokens[-1].type != "paragraph_close" or tokens[-1].level != state.level:
        return False
    term = tokens[-2]
    if "\n" in term.content or not term.map or term.map[1] < line - 1:
        return False
    push_open(state, term.map[0], _DEFINITION_KEY, "", attributes={})
    opening = tokens.pop()
    opening.meta.update(is_definition=True, term=term)
    term.meta["role"] = "question"  # if it asks
    tokens.insert(-3, opening)
    return True


def tokenize_indented(state: StateBlock, first: int, end: int, indent: int) -> int:
    """Parse the lines from `first` on that are indented deeper than `indent`; return the first line after them."""
    begin = first
    while begin < end and state.isEmpty(begin):
        begin += 1
    if begin == end or state.sCount[begin] <= indent:
        return first
    inner = min(state.sCount[begin], indent + 4)
    after = begin
    while after < end and (state.isEmpty(after) or state.sCount[after] >= inner):
        after += 1
    while state.isEmpty(after - 1):
        after -= 1
    tokenize_lines(state, begin, after, inner)
    return after


def tokenize_lines(state: StateBlock, first: int, after: int, indent: int) -> None:
    """Parse the lines from `first` up to `after` as if they were indented by `indent` columns less."""
    depth = state.env.get("depth", 0)
    before = state.blkIndent, state.lineMax, state.parentType
    state.blkIndent, state.lineMax = indent if depth < DEEPEST else state.blkIndent, after
    state.env["depth"] = depth + 1
    if depth < 2 * DEEPEST:
        state.md.block.tokenize(state, first, after)
    state.env["depth"] = depth
    state.blkIndent, state.lineMax, state.parentType = before
