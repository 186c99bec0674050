"""YAML → a section for each key that its file explains, by a comment above it or by a description; the rest is code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.parsing.formats.text import parse_text
from index.parsing.markdown.tokens import markdown_tokens
from index.parsing.markdown.walk import MarkdownWalk
from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import clean, one_line
from index.parsing.text.decoding import decode
from index.parsing.text.inline import InlineText
from index.parsing.text.writer import BlockWriter

if TYPE_CHECKING:
    from yaml import MappingNode, Node, ScalarNode, SequenceNode

_SECTION_LEVEL = 2
_EXPLAINING = ("description", "message", "help", "summary", "comment")
_ASKING = ("question", "title", "heading", "name", "label")
_ANSWERING = ("answer", *_EXPLAINING, "text", "content", "body")
_DEEPEST = 200  # collections inside collections
_EMPTY = '""'
_COMMENT = re.compile(r"[ \t]*#+[ \t]?(.*)")
_RULED = re.compile(r"[\s#=*~-]*")


def parse_yaml(data: bytes) -> Parsed:
    """Parse a YAML file: dotted key paths as headings, descriptions and comments as text, values as code.

    What is no valid YAML is read as plain text.
    """
    import yaml

    source = clean(decode(data))
    try:
        roots = list(yaml.compose_all(source, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except (yaml.YAMLError, ValueError):
        return parse_text(data)
    builder = TextBuilder()
    walk = _YamlWalk(BlockWriter(builder), source)
    for root in roots:
        walk.write_document(root)
    return builder.build()


class _YamlWalk:
    """Writes the nodes of a YAML file; every node once, as aliases could repeat it without end."""

    def __init__(self, writer: BlockWriter, source: str) -> None:
        self._writer = writer
        self._lines = source.split("\n")
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
        any_explained = False  # then a plain entry needs a heading too, or it would stand under another's
        for key, value in pairs:
            name = one_line(key.value) if isinstance(key, ScalarNode) else "?"
            line, end = key.start_mark.line, max(self._end_line(value), key.start_mark.line + 1)
            comment = self._comment_above(line)
            explained = self._explains(value, line, end)
            if not comment and not explained and not any_explained and (path or isinstance(value, ScalarNode)):
                plain.append((line, end))
                continue
            any_explained |= bool(comment) or explained
            self._write_plain(plain)
            dotted = f"{path}.{name}" if path else name
            if comment or not explained or _is_described(value):
                self._heading(dotted, line)
            self._write_comment(comment)
            if explained:
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

    def _write_entry(self, node: MappingNode, path: str) -> None:
        """A key that is described: its description as text, what else is plain in it, then what is below."""
        from yaml import ScalarNode

        below = []
        facts: list[tuple[int, str]] = []
        for key, value in node.value:
            if isinstance(value, ScalarNode) and key.value in _EXPLAINING:
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
        """Items that have a title and a text are sections; a sequence of others is code."""
        from yaml import MappingNode

        if not self._is_new(node):
            return
        for item in node.value:
            entries = _scalars(item) if isinstance(item, MappingNode) else {}
            title = next((entries[key] for key in _ASKING if key in entries), None)
            texts = [entries[key] for key in _ANSWERING if key in entries and entries[key] is not title]
            if title is None or not texts:
                self._write_code(item.start_mark.line, self._end_line(item))
                continue
            self._heading(one_line(title.value), title.start_mark.line)
            for text in texts:
                self._write_markdown(text)

    def _explains(self, node: Node, first: int, end: int) -> bool:
        """True if a description, or a comment on a line of its own, stands inside a node."""
        from yaml import MappingNode, ScalarNode, SequenceNode

        if isinstance(node, ScalarNode):
            return False
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
        indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
        self._writer.code([line[indent:] for line in lines], language="yaml", first_line=first + 1)
        self._written_to = max(self._written_to, end)


def _scalars(node: MappingNode) -> dict[str, ScalarNode]:
    """The plain values of a mapping by their keys."""
    from yaml import ScalarNode

    return {
        key.value: value for key, value in node.value if isinstance(key, ScalarNode) and isinstance(value, ScalarNode)
    }


def _is_described(node: Node) -> bool:
    """True for a mapping with a description of its own."""
    from yaml import MappingNode

    return isinstance(node, MappingNode) and any(key in _scalars(node) for key in _EXPLAINING)


def _line_of_text(text: str, line: int) -> InlineText:
    """A paragraph of one line of the file, which is counted from 0."""
    inline = InlineText()
    inline.begin_line(line + 1)
    inline.add(text)
    return inline
