"""Tags of template languages that stand on a line of their own: Liquid, Jinja, Nunjucks, Hugo, and comments of JSX."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from index.parsing.markdown.dialects.emit import attributes_in, push_close, push_code, push_open
from index.parsing.markdown.dialects.kinds import is_known

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

LONGEST_SHORTCODE = 4_000  # characters

_CODE = frozenset("highlight codeblock codefrominline prism".split())
_COMMENT = "comment"
_DELIMITERS = (  # longer ones first
    ("{{<", ">}}"),
    ("{{%", "%}}"),
    ("{/*", "*/}"),
    ("{{", "}}"),
    ("{%", "%}"),
    ("{*", "*}"),
    ("{!", "!}"),
    ("{#", "#}"),
)
_PARTS = re.compile(r"[-~]?\s*(/|end)?([A-Za-z][\w/-]*)?\s*(.*?)\s*[-~/]?\Z", re.DOTALL)


def read_shortcode(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read lines that hold nothing but tags of a template language."""
    position = state.bMarks[start] + state.tShift[start]
    found = _tags_at(state.src, position, state.eMarks[end - 1])
    if found is None:
        return False
    tags, tags_end = found
    if silent:
        return any(_structures(name) for _, name, _ in tags)
    after = start + 1
    while after < end and state.bMarks[after] <= tags_end:
        after += 1
    state.line = after
    for closes, name, arguments in tags:
        key = f"{{{name}"
        if not closes and (name == _COMMENT or name.lower() in _CODE):
            _read_to_end(state, start, end, name, arguments)
        elif closes:
            push_close(state, start, key)
        elif is_known(name):
            push_open(state, start, key, name, attributes=attributes_in(arguments))
    return True


def _structures(name: str) -> bool:
    return is_known(name) or name.lower() in _CODE or name == _COMMENT


def _tags_at(text: str, position: int, limit: int) -> tuple[list[tuple[bool, str, str]], int] | None:
    """(closes, name, arguments) of the tags at `position`, and where they end; None if other text follows them."""
    tags = []
    while True:
        delimiters = next((pair for pair in _DELIMITERS if text.startswith(pair[0], position)), None)
        if delimiters is None:
            return None
        begin = position + len(delimiters[0])
        close = text.find(delimiters[1], begin, min(limit, position + LONGEST_SHORTCODE))
        if close < 0:
            return None
        parts = _PARTS.match(text[begin:close])
        if parts and delimiters[0] in ("{%", "{{<", "{{%"):
            tags.append((bool(parts[1]), parts[2] or "", parts[3]))
        position = close + len(delimiters[1])
        while position < len(text) and text[position] in " \t":
            position += 1
        if position >= len(text) or text[position] == "\n":
            return tags, position


def _read_to_end(state: StateBlock, start: int, end: int, name: str, arguments: str) -> None:
    """Read code, or pass over a comment, up to the tag that ends it; nothing is read if none does."""
    first, unended = state.line, state.env.setdefault("unended", set())
    if (name, end) in unended:
        return
    ends = re.compile(rf"\{{[%{{][<%]?[-\s]*(?:/|end){re.escape(name)}\b")
    for line in range(first, end):
        if ends.search(state.src, state.bMarks[line], state.eMarks[line]):
            state.line = line + 1
            if name != _COMMENT:
                attributes = attributes_in(arguments)
                language = attributes.get("lang") or attributes.get("class", "").split(" ")[0]
                content = state.getLines(first, line, state.sCount[start], True)
                push_code(state, start, line + 1, content, language)
            return
    unended.add((name, end))
