"""Write a tree of keys: a section for each key that its file explains, by a comment or a description; the rest is code.

The tree consists of PyYAML's nodes, whose marks count lines from 0. The parsers of other formats build the same nodes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from index.parsing.markdown.tokens import markdown_tokens
from index.parsing.markdown.walk import MarkdownWalk
from index.parsing.text.cleaning import clean, one_line
from index.parsing.text.inline import InlineText
from index.parsing.text.tables import DataRow, write_rows
from index.parsing.text.writer import BlockWriter

if TYPE_CHECKING:
    from yaml import MappingNode, Node, ScalarNode, SequenceNode

_SECTION_LEVEL = 2
_EXPLAINING = ("description", "message", "help", "summary", "comment")
_ASKING = ("question", "title", "heading", "name", "label")
_ANSWERING = ("answer", *_EXPLAINING, "text", "content", "body")
PROSE = "prose"  # the style of a scalar that is running text, for which YAML has no style of its own
_MOST_COLUMNS = 20
_LONGEST_CELL = 300  # characters
_DEEPEST = 200  # collections inside collections
_EMPTY = '""'
_COMMENT = re.compile(r"[ \t]*#+[ \t]?(.*)")
_RULED = re.compile(r"[\s#=*~-]*")


class KeysWalk:
    """Writes the nodes of a file; every node once, as aliases could repeat it without end.

    `lines` are those of the file, or of the text made of it, that the nodes' marks count.
    """

    def __init__(self, writer: BlockWriter, lines: Sequence[str], *, language: str) -> None:
        self._writer = writer
        self._lines = lines
        self._language = language
        self._has_tables = language == "json"
        self._seen: set[int] = set()
        self._written_to = 0  # the first line that is not written yet

    def write_document(self, root: Node) -> None:
        """Write a document of the file: its first comment, then its keys."""
        from yaml import MappingNode, SequenceNode

        self._written_to = max(self._written_to, root.start_mark.line - len(self._comment_above(root.start_mark.line)))
        self._write_head(root)
        if isinstance(root, MappingNode):
            self._write_mapping(root, "")
        elif isinstance(root, SequenceNode):
            self._write_sequence(root)
        else:
            self._write_code(root.start_mark.line, self._end_line(root))

    def _write_head(self, root: Node) -> None:
        """The comment at the top of the file, if a blank line sets it apart from the first key."""
        first = next((number for number, line in enumerate(self._lines) if line.strip()), 0)
        end = first
        while end < root.start_mark.line and _COMMENT.match(self._lines[end]):
            end += 1
        if first == 0 and end < root.start_mark.line:
            self._write_comment(range(first, end))

    def _write_mapping(self, node: MappingNode, path: str) -> None:
        if self._is_new(node):
            self._write_pairs(node.value, path)

    def _write_pairs(self, pairs: Sequence[tuple[Node, Node]], path: str) -> None:
        from yaml import ScalarNode

        plain: list[tuple[int, int]] = []  # lines of entries that nothing explains
        has_heading = False  # then a plain entry needs one too, or it would stand under another's
        for key, value in pairs:
            name = one_line(key.value) if isinstance(key, ScalarNode) else "?"
            line, end = key.start_mark.line, max(self._end_line(value), key.start_mark.line + 1)
            comment = self._comment_above(line)
            explained = self._explains(value, line, end)
            explained |= isinstance(value, ScalarNode) and value.style == PROSE
            if not comment and not explained and not has_heading and (path or isinstance(value, ScalarNode)):
                plain.append((line, end))
                continue
            has_heading = True
            self._write_plain(plain)
            dotted = f"{path}.{name}" if path else name
            if (
                comment
                or not explained
                or isinstance(value, ScalarNode)
                or _is_described(value)
                or (self._has_tables and _records(value))
            ):
                self._heading(dotted, line)
            self._write_comment(comment)
            if isinstance(value, ScalarNode) and value.style == PROSE:
                self._write_markdown(value)
            elif explained:
                self._write_explained(value, dotted)
            else:
                self._write_code(line, end)
        self._write_plain(plain)

    def _write_explained(self, value: Node, path: str) -> None:
        """A mapping or sequence inside which something is explained."""
        from yaml import MappingNode, SequenceNode

        if isinstance(value, SequenceNode):
            self._write_sequence(value)
        elif isinstance(value, MappingNode) and not _is_described(value):
            self._write_mapping(value, path)
        elif isinstance(value, MappingNode) and self._is_new(value):
            self._write_entry(value, path)

    def _write_entry(
        self, node: MappingNode, path: str, *, texts: Sequence[str] = _EXPLAINING, title: Node | None = None
    ) -> None:
        """A key that is described, or an item with a `title`: its texts, what else is plain in it, what is below."""
        from yaml import ScalarNode

        below = []
        facts: list[tuple[int, str]] = []
        for key, value in node.value:
            if value is title:
                continue
            if isinstance(value, ScalarNode) and key.value in texts:
                self._write_markdown(value)
            elif isinstance(value, ScalarNode) and not self._comment_above(key.start_mark.line):
                facts.append((key.start_mark.line, f"{key.value}: {one_line(value.value) or _EMPTY}"))
            else:
                below.append((key, value))
        for line, text in facts:
            self._writer.paragraph(_line_of_text(text, line))
        self._write_pairs(below, path)

    def _is_new(self, node: Node) -> bool:
        """True the first time that a node is met."""
        if id(node) in self._seen:
            return False
        self._seen.add(id(node))
        return True

    def _write_sequence(self, node: SequenceNode) -> None:
        """Items that have a title and a text are sections, records a table; a sequence of others is code."""
        from yaml import MappingNode

        if not self._is_new(node):
            return
        if self._has_tables and (rows := _records(node)):
            write_rows(self._writer, rows)
            return
        for item in node.value:
            entries = _scalars(item) if isinstance(item, MappingNode) else {}
            title = _title_and_text(entries)
            if title is None:
                self._write_code(item.start_mark.line, self._end_line(item))
                continue
            name = one_line(title.value)
            self._heading(name, title.start_mark.line)
            self._write_entry(item, name, texts=_ANSWERING, title=title)

    def _explains(self, node: Node, first: int, end: int) -> bool:
        """True if a description, or a comment on a line of its own, stands inside a node."""
        from yaml import MappingNode, ScalarNode, SequenceNode

        if isinstance(node, ScalarNode):
            return False
        if self._has_tables and isinstance(node, SequenceNode) and _records(node):
            return True
        if any(_COMMENT.match(line) for line in self._lines[first + 1 : end]):
            return True
        stack, seen = [node], {id(node)}
        while stack:
            one = stack.pop()
            if isinstance(one, MappingNode) and any(key in _scalars(one) for key in ("answer", *_EXPLAINING)):
                return True
            if isinstance(one, MappingNode | SequenceNode):
                children = [pair[1] for pair in one.value] if isinstance(one, MappingNode) else one.value
                stack += (child for child in children if id(child) not in seen)
                seen.update(map(id, children))
        return False

    def _comment_above(self, line: int) -> range:
        """The lines of comments right above a line."""
        first = line
        while first > self._written_to and _COMMENT.match(self._lines[first - 1]):
            first -= 1
        return range(first, line)

    def _end_line(self, node: Node) -> int:
        """The line after the last one of a node."""
        from yaml import CollectionNode, MappingNode

        first, last = node.start_mark.line, node
        for _ in range(
            _DEEPEST
        ):  # the end of a block is where the next token begins; that of its last value is its own
            if not isinstance(last, CollectionNode) or last.flow_style or not last.value:
                break
            last = last.value[-1][1] if isinstance(last, MappingNode) else last.value[-1]
        end = int(last.end_mark.line + (last.end_mark.column > 0))
        while end > first + 1 and not self._lines[end - 1].strip():
            end -= 1
        return max(end, first + 1)

    def _heading(self, text: str, line: int) -> None:
        self._writer.heading(_SECTION_LEVEL, _line_of_text(text, line))

    def _write_comment(self, lines: Sequence[int]) -> None:
        inline = InlineText()
        for number in lines:
            found = _COMMENT.match(self._lines[number])
            if found and not _RULED.fullmatch(found[1]):
                inline.begin_line(number + 1)
                inline.add(one_line(found[1]).strip("-=*~# ") + " ")
        self._writer.paragraph(inline)

    def _write_markdown(self, node: ScalarNode) -> None:
        """A text, as Markdown; one that begins below its key stands there."""
        line = node.start_mark.line + 1 + (node.style in ("|", ">"))
        MarkdownWalk(self._writer, first_line=line).walk(markdown_tokens(clean(node.value), is_jsx=False))

    def _write_plain(self, plain: list[tuple[int, int]]) -> None:
        if plain:
            self._write_code(plain[0][0], plain[-1][1])
            plain.clear()

    def _write_code(self, first: int, end: int) -> None:
        lines = self._lines[first:end]
        if self._language == "json":
            lines = [*lines[:-1], *(line.removesuffix(",") for line in lines[-1:])]
        indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
        self._writer.code([line[indent:] for line in lines], language=self._language, first_line=first + 1)
        self._written_to = max(self._written_to, end)


def _scalars(node: MappingNode) -> dict[str, ScalarNode]:
    """The plain values of a mapping by their keys."""
    from yaml import ScalarNode

    return {
        key.value: value for key, value in node.value if isinstance(key, ScalarNode) and isinstance(value, ScalarNode)
    }


def _title_and_text(entries: Mapping[str, ScalarNode]) -> ScalarNode | None:
    """The title of an item that has a text as well; None for other items."""
    title = next((entries[key] for key in _ASKING if key in entries), None)
    has_text = any(key in entries and entries[key] is not title for key in _ANSWERING)
    return title if has_text else None


def _is_described(node: Node) -> bool:
    """True for a mapping with a description of its own."""
    from yaml import MappingNode

    return isinstance(node, MappingNode) and any(key in _scalars(node) for key in _EXPLAINING)


def _records(node: Node) -> list[DataRow]:
    """The rows of a table, its header first, if a sequence holds mappings of much the same keys; else nothing."""
    from yaml import MappingNode, SequenceNode

    if not isinstance(node, SequenceNode) or len(node.value) < 2:
        return []
    items = [_scalars(item) for item in node.value if isinstance(item, MappingNode)]
    names = list(dict.fromkeys(name for item in items for name in item))
    filled = sum(len(item) for item in items)
    is_flat = len(items) == len(node.value) and filled == sum(len(item.value) for item in node.value)
    if not is_flat or not 1 < len(names) <= _MOST_COLUMNS or 2 * filled < len(names) * len(items):
        return []
    if any(len(value.value) > _LONGEST_CELL for item in items for value in item.values()):
        return []
    if all(_title_and_text(item) for item in items):
        return []
    rows = [[item[name].value if name in item else "" for name in names] for item in items]
    return [DataRow(names), *map(DataRow, rows)]


def _line_of_text(text: str, line: int) -> InlineText:
    """A paragraph of one line of the file, which is counted from 0."""
    inline = InlineText()
    inline.begin_line(line + 1)
    inline.add(text)
    return inline
