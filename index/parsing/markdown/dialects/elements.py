"""Lines that begin with a tag of HTML or JSX: the tags go, their titles and what stands between them stay."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from index.parsing.markdown.dialects.emit import push_close, push_heading, push_open, push_paragraph
from index.parsing.markdown.dialects.indented import DEEPEST, tokenize_lines
from index.parsing.markdown.dialects.kinds import is_known, title_in
from index.parsing.markdown.dialects.tags import Tag, scan_tag

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

LONGEST_ELEMENT = 5_000  # lines that are searched for the end of an element

_AS_THEY_ARE = frozenset("script style pre textarea".split())  # markdown-it reads these to their end
_UNSEEN = frozenset(
    "audio button canvas form head iframe map math nav noscript object select svg template video".split()
)
_STRUCTURES = frozenset("dd dl dt li ol table tbody td tfoot th thead tr ul".split())
_BLOCKS = frozenset(
    "address article aside blockquote body center details div figcaption figure footer header hr html legend link main "
    "meta p picture search section summary".split()
)
_HEADING = re.compile(r"h([1-6])\Z")
_OPENING_NAME = re.compile(r"</?([A-Za-z][\w.-]*)")
_CLOSING_TAGS = re.compile(r"(?:[ \t\n]*</[A-Za-z][\w.-]*[ \t]*>)+[ \t\n]*\Z")
_CLOSING_NAME = re.compile(r"</([A-Za-z][\w.-]*)")
_CLOSING_LINE = re.compile(r"[ \t>]*</([A-Za-z][\w.-]*)", re.MULTILINE)


def read_element(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a line that begins with the tag of a block."""
    position = state.bMarks[start] + state.tShift[start]
    tag = scan_tag(state.src, position)
    if tag is None or not (is_block(tag.name) or tag.name.lower() in _STRUCTURES | _UNSEEN):
        return False
    if silent:
        # In the middle of a paragraph a component may be no more than an icon.
        return tag.name.islower() or is_known(tag.name) or _ends_line(state.src, tag.end)
    if tag.name.lower() in _STRUCTURES:
        return _read_structure(state, start, end, tag)
    if tag.name.lower() in _UNSEEN and not tag.closes:
        state.line = _line_after(state, start, _end_of_element(state, position, start, end, tag) or tag.end)
        return True
    _Elements(state, start, end).read(position)
    return True


def read_raw_html(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read comments, scripts and the like to their end; other tags are read by `read_element`, or are inline."""
    from markdown_it.rules_block import html_block

    position = state.bMarks[start] + state.tShift[start]
    if state.src[position : position + 1] != "<":
        return False
    name = _OPENING_NAME.match(state.src, position)
    if name and name[1].lower() not in _AS_THEY_ARE:
        return False
    return html_block(state, start, end, silent)


def is_block(name: str) -> bool:
    """True for the tag of a component, a fragment, a heading or an element of HTML that is a block."""
    lowered = name.lower()
    is_component = not name or name != lowered or "-" in name or "." in name
    return is_component or lowered in _BLOCKS or _HEADING.match(lowered) is not None


class _Elements:
    """Reads tags that follow each other, and the text after them, up to the end of a line."""

    def __init__(self, state: StateBlock, start: int, end: int) -> None:
        self._state = state
        self._start = start
        self._end = end

    def read(self, position: int) -> None:
        """Push the tokens of the tags at `position` and of the paragraph after them."""
        state = self._state
        tag = scan_tag(state.src, position)
        last = None
        while tag is not None and is_block(tag.name):
            line = _line_of(state, self._start, position)
            position = self._read_tag(tag, position, line)
            last = tag
            if _ends_line(state.src, position):
                break
            position = _skip_spaces(state.src, position)
            tag = scan_tag(state.src, position) if state.src[position] == "<" else None
        else:
            self._read_text(position)
            return
        state.line = _line_after(state, self._start, position)
        if not last.closes and not last.is_empty:
            self._read_indented(last)

    def _read_tag(self, tag: Tag, start: int, line: int) -> int:
        """Push the tokens of the tag that begins at `start`; return where the reading goes on."""
        state, name = self._state, tag.name.lower()
        if tag.closes:
            push_close(state, line, f"<{name}")
            return tag.end
        heading = _HEADING.match(tag.attributes.get("as", name))
        if heading or name == "summary":
            close = state.src.find(f"</{tag.name}", tag.end, tag.end + 2_000)
            if close >= 0:
                content = state.src[tag.end : close]
                content_line = line + len(content) - len(content.lstrip("\n"))
                if heading:
                    push_heading(state, content_line, content.strip(), int(heading[1]))
                else:
                    push_paragraph(state, content_line, content.strip().lstrip("# "), role="question")
                return state.src.find(">", close) + 1 or len(state.src)
        title = title_in(name, tag.attributes)
        title_at = max(state.src.find(title, start, tag.end), start)
        title_line = line + state.src.count("\n", start, title_at)
        push_open(state, line, f"<{name}", name, attributes=tag.attributes, title_line=title_line)
        if tag.is_empty:
            if tag.attributes.get("description"):
                push_paragraph(state, line, tag.attributes["description"])
            push_close(state, line, f"<{name}")
        return tag.end

    def _read_text(self, position: int) -> None:
        """Push the text after tags as a paragraph, up to a blank line or the beginning of another block."""
        state = self._state
        first = _line_of(state, self._start, position)
        after = first + 1
        rules = state.md.block.ruler.getRules("paragraph")
        while after < self._end and not state.isEmpty(after):
            if any(rule(state, after, self._end, True) for rule in rules):
                break
            after += 1
        content = state.src[position : state.eMarks[first]]
        if after > first + 1:
            content += "\n" + state.getLines(first + 1, after, state.blkIndent, False)
        push_paragraph(state, first, content.rstrip())
        state.line = after

    def _read_indented(self, tag: Tag) -> None:
        """Take the indentation off the lines inside an element, so that they are not read as code."""
        state, line = self._state, self._state.line
        inside = state.skipEmptyLines(line)
        if state.env.get("depth", 0) >= DEEPEST or inside >= self._end or state.sCount[inside] <= state.blkIndent:
            return
        end = min(self._end, line + LONGEST_ELEMENT)
        close = _closing_line(state, tag.name, line, end, state.sCount[self._start])
        if close is None:
            return
        indents = [state.sCount[inner] for inner in range(line, close) if not state.isEmpty(inner)]
        if indents and min(indents) > state.blkIndent:
            tokenize_lines(state, line, close, min(indents))
            state.line = close


def split_closing_tags(content: str) -> tuple[str, list[str]]:
    """Return a paragraph without the tags of blocks that close at its end, and their names."""
    found = _CLOSING_TAGS.search(content, max(0, len(content) - 300))
    if not found:
        return content, []
    names = [name for name in _CLOSING_NAME.findall(found[0]) if is_block(name)]
    return (content[: found.start()], names) if names else (content, [])


def _read_structure(state: StateBlock, start: int, end: int, tag: Tag) -> bool:
    """Read a table or a list of HTML as a whole; markdown-it's own rule reads what is left open."""
    position = state.bMarks[start] + state.tShift[start]
    close = _end_of_element(state, position, start, end, tag)
    after = _line_after(state, start, close) if close else start + 1
    while not close and after < end and not state.isEmpty(after):
        after += 1
    token = state.push("html_block", "", 0)
    token.map = [start, after]
    token.content = state.getLines(start, after, state.blkIndent, True)
    state.line = after
    return True


def _end_of_element(state: StateBlock, position: int, start: int, end: int, tag: Tag) -> int | None:
    """The offset after the tag that closes `tag`; None if it is not closed, or holds fenced code."""
    limit = state.eMarks[min(end, start + LONGEST_ELEMENT) - 1]
    depth = 0
    for found in re.compile(rf"<(/?){re.escape(tag.name)}\b[^<>]*>|^[ \t]*```", re.IGNORECASE | re.MULTILINE).finditer(
        state.src, position, limit
    ):
        if found[1] is None:
            return None
        depth += -1 if found[1] else 0 if found[0].endswith("/>") else 1
        if depth <= 0:
            return found.end()
    return None


def _closing_line(state: StateBlock, name: str, first: int, end: int, indent: int) -> int | None:
    """The first line after `first` that begins with the closing tag, indented as the line of the opening tag."""
    lines = state.env.get("closing_lines")
    if lines is None:
        lines = state.env["closing_lines"] = {}
        for line in range(len(state.bMarks) - 1):
            found = _CLOSING_LINE.match(state.src, state.bMarks[line], state.eMarks[line])
            if found:
                lines.setdefault(found[1], []).append(line)
    candidates = lines.get(name, [])
    place = bisect_left(candidates, first)
    for line in candidates[place : place + 30]:
        if line >= end:
            return None
        if state.sCount[line] == indent:
            return int(line)
    return None


def _skip_spaces(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t":
        position += 1
    return position


def _ends_line(text: str, position: int) -> bool:
    """True if nothing but spaces stands between `position` and the end of its line."""
    position = _skip_spaces(text, position)
    return position == len(text) or text[position] == "\n"


def _line_of(state: StateBlock, start: int, position: int) -> int:
    """The line that `position` stands on, at or after `start`."""
    while start + 1 < state.lineMax and state.bMarks[start + 1] <= position:
        start += 1
    return start


def _line_after(state: StateBlock, start: int, position: int) -> int:
    """The line after the one that ends at or holds the character before `position`."""
    return _line_of(state, start, max(position - 1, 0)) + 1
