"""Write a docutils tree as text with blocks, marks, headings and line numbers."""

from __future__ import annotations

import re
from typing import Any

from index.parsing.text.admonitions import LABELS
from index.parsing.text.cleaning import one_line
from index.parsing.text.inline import InlineText
from index.parsing.text.writer import BlockWriter

Node = Any  # a node of docutils, which ships no types

_PROBLEM_ROLE = re.compile(r":[\w:+.-]+:`(.*?)(?:\s*<[^<>]*>)?`", re.DOTALL)
_UNDERLINE = re.compile(r"([!-/:-@\[-`{-~])\1{2,}[ \t]*")
_ADMONITIONS = {
    "attention": "warning",
    "caution": "warning",
    "danger": "danger",
    "error": "danger",
    "hint": "tip",
    "important": "important",
    "note": "note",
    "tip": "tip",
    "warning": "warning",
    "admonition": "note",
    "topic": "",
    "sidebar": "",
    "block_quote": "",
}
_UNSEEN = frozenset(
    "comment decoration docinfo footer generated header image label math_block_image meta pending raw "
    "substitution_definition system_message target".split()
)
_INLINE_UNSEEN = frozenset("footnote_reference image raw system_message label generated".split())


class RstWalk:
    """Writes the nodes of a tree in their order. `source` is the text that the tree was made of."""

    def __init__(self, writer: BlockWriter, source: str) -> None:
        self._writer = writer
        self._title_lines = _title_lines(source)
        self._level = 0  # of the section we are in
        self._line = 1  # where the last node with a line stands

    def walk(self, node: Node) -> None:
        """Write a node with all that is inside."""
        name = type(node).__name__
        if name in _UNSEEN or (name == "topic" and "contents" in node["classes"]):
            return
        if getattr(node, "line", None):
            self._line = node.line
        write = getattr(self, f"_write_{name}", None)
        if write:
            write(node)
        elif name in _ADMONITIONS:
            with self._writer.builder.block("quote", _label_of(node, name)):
                self._walk_children(node)
        elif _is_text_element(node):
            self._write_paragraph(node)
        else:
            self._walk_children(node)

    def _walk_children(self, node: Node) -> None:
        for child in node.children:
            self.walk(child)

    def _write_section(self, node: Node) -> None:
        self._level += 1
        self._walk_children(node)
        self._level -= 1

    def _write_title(self, node: Node) -> None:
        if type(node.parent).__name__ in ("section", "document"):
            lines = self._title_lines.get(node.rawsource.strip())
            if lines:  # docutils notes where the line below a title ends
                self._line = lines.pop()
            self._writer.heading(max(self._level, 1), self._inline(node))
        else:
            self._write_strong(node)

    def _write_rubric(self, node: Node) -> None:
        self._write_strong(node)

    def _write_strong(self, node: Node) -> None:
        inline = InlineText()
        inline.open("strong")
        self._add(inline, node)
        inline.close("strong")
        self._writer.paragraph(inline)

    def _write_paragraph(self, node: Node) -> None:
        role = node.get("role", "")
        if role == "title":
            self._write_strong(node)
        else:
            self._writer.paragraph(self._inline(node), label=role)

    def _write_container(self, node: Node) -> None:
        builder = self._writer.builder
        if node.get("term"):
            with builder.block("definition", node["term"]):
                self._walk_children(node)
        elif node.get("label") is not None:
            with builder.block("quote", node["label"]):
                self._walk_children(node)
        else:
            self._walk_children(node)

    def _write_bullet_list(self, node: Node) -> None:
        self._write_list(node, None)

    def _write_enumerated_list(self, node: Node) -> None:
        self._write_list(node, int(node.get("start", 1)))

    def _write_list(self, node: Node, first_number: int | None) -> None:
        self._writer.open_list(first_number)
        for item in node.children:
            self._writer.open_item()
            self._walk_children(item)
            self._writer.close_item()
        self._writer.close_list()

    def _write_definition_list_item(self, node: Node) -> None:
        terms = [one_line(child.astext()) for child in node.children if type(child).__name__ == "term"]
        with self._writer.builder.block("definition", ", ".join(terms)):
            for child in node.children:
                if type(child).__name__ == "term":
                    self._writer.paragraph(self._inline(child), label="question")
                else:
                    self.walk(child)

    def _write_option_list_item(self, node: Node) -> None:
        group, description = node.children
        options = ", ".join(one_line(option.astext()) for option in group.children)
        inline = self._empty()
        inline.add_code(options)
        with self._writer.builder.block("definition", options):
            self._writer.paragraph(inline)
            self.walk(description)

    def _write_field_list(self, node: Node) -> None:
        if node.parent is not None and type(node.parent).__name__ == "document" and node.parent.index(node) == 0:
            return  # what the file says of itself
        self._walk_children(node)

    def _write_field(self, node: Node) -> None:
        name, body = node.children
        inline = self._empty()
        self._add(inline, name)
        first = body.children[0] if body.children else None
        if first is not None and type(first).__name__ == "paragraph":
            inline.add(": ")
            self._add(inline, first)
        self._writer.paragraph(inline)
        for child in body.children[1:] if first is not None and type(first).__name__ == "paragraph" else body.children:
            self.walk(child)

    def _write_literal_block(self, node: Node) -> None:
        language = [one for one in node.get("classes", []) if one != "code"]
        self._writer.code(node.astext().split("\n"), language=language[0] if language else "", first_line=self._line)

    _write_doctest_block = _write_math_block = _write_literal_block

    def _write_line_block(self, node: Node) -> None:
        inline = self._empty()
        for line in node.findall(lambda one: type(one).__name__ == "line"):
            inline.break_line()
            self._add(inline, line)
        self._writer.paragraph(inline)

    def _write_table(self, node: Node) -> None:
        self._writer.open_table()
        for child in node.children:
            if type(child).__name__ == "title":
                self._write_strong(child)
        for row in node.findall(lambda one: type(one).__name__ == "row"):
            cells = []
            for entry in row.children:
                cell = self._empty()
                for number, block in enumerate(entry.children):
                    if number:
                        cell.add(" ")
                    self._add(cell, block)
                cells.append(cell)
            self._writer.row(cells, is_header=type(row.parent).__name__ == "thead")
        self._writer.close_table()

    def _empty(self) -> InlineText:
        inline = InlineText()
        inline.begin_line(self._line)
        return inline

    def _inline(self, node: Node) -> InlineText:
        inline = self._empty()
        self._add(inline, node)
        return inline

    def _add(self, inline: InlineText, node: Node) -> None:
        """Add the text of a node and of all inside it, on one line."""
        name = type(node).__name__
        if name in _INLINE_UNSEEN:
            return
        if name == "Text":
            inline.add(node.astext().replace("\n", " "))
            return
        kind = {"strong": "strong", "literal": "code", "reference": "link"}.get(name)
        target = node.get("refuri", "") if name == "reference" else ""
        if name in ("problematic", "substitution_reference"):
            inline.add(_shown_of_problem(node.astext()))
            return
        if kind == "strong" or kind == "code" or (kind == "link" and target):
            inline.open(kind, target)  # type: ignore[arg-type]
        if name in ("superscript", "subscript"):
            inline.open_script(is_raised=name == "superscript")
        for number, child in enumerate(node.children):
            if number and _is_text_element(child) and not _is_inline(child):
                inline.add(" ")
            self._add(inline, child)
        if name in ("superscript", "subscript"):
            inline.close_script()
        if kind:
            inline.close(kind)  # type: ignore[arg-type]


def _label_of(node: Node, name: str) -> str:
    """The label of an admonition; one with a title of its own may say its kind by its class."""
    own = _ADMONITIONS[name]
    return next((LABELS[one] for one in node["classes"] if one in LABELS), own) if name == "admonition" else own


def _title_lines(source: str) -> dict[str, list[int]]:
    """The numbers of the lines that are underlined, by their text, the last one first."""
    lines = source.split("\n")
    found: dict[str, list[int]] = {}
    for number in range(len(lines) - 1, 0, -1):
        if lines[number - 1].strip() and _UNDERLINE.fullmatch(lines[number]):
            found.setdefault(lines[number - 1].strip(), []).append(number)
    return found


def _shown_of_problem(text: str) -> str:
    """What is shown of inline markup that docutils could not resolve: its text without the syntax, unless it is raw."""
    found = _PROBLEM_ROLE.fullmatch(text)
    if found:
        return "" if found[1].startswith("<") else found[1]
    return text.strip("|`_*")


def _is_text_element(node: Node) -> bool:
    from docutils import nodes

    return isinstance(node, nodes.TextElement)


def _is_inline(node: Node) -> bool:
    from docutils import nodes

    return isinstance(node, nodes.Inline)
