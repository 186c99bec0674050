"""Write the blocks of an AsciiDoc file as text."""

from __future__ import annotations

import re

from index.parsing.adoc.attributes import columns_of, language_of, name_of
from index.parsing.adoc.inline import inline_of
from index.parsing.adoc.markers import DEFINITION, Marker, marker_of
from index.parsing.text.cleaning import one_line
from index.parsing.text.inline import InlineText
from index.parsing.text.writer import BlockWriter

DEEPEST = 20  # blocks inside blocks

_SECTION = re.compile(r"(={1,6}|#{1,6})\s+(\S.*)")
_ATTRIBUTE_ENTRY = re.compile(r":(!?[A-Za-z][\w-]*!?):(?:\s+(.*))?$")
_BLOCK_ATTRIBUTES = re.compile(r"\[([^\[\]]*)\]\s*$|\[\[[^\[\]]*\]\]\s*$")
_BLOCK_TITLE = re.compile(r"\.([^\s.].*)")
_DELIMITER = re.compile(r"(-{4,}|\.{4,}|={4,}|\*{4,}|_{4,}|\+{4,}|/{4,}|--|[|,:!]===|```+[\w+#.-]*)\s*$")
_LEFT_OUT = re.compile(
    r"(?:include|ifdef|ifndef|ifeval|endif|image|video|audio|toc)::[^\[]*\[.*\]\s*$|'''+\s*$|<<<\s*$"
)
_ADMONITION = re.compile(r"(NOTE|TIP|IMPORTANT|WARNING|CAUTION):\s+")
_LABELS = {"NOTE": "note", "TIP": "tip", "IMPORTANT": "important", "WARNING": "warning", "CAUTION": "warning"}
_CELL = re.compile(r"(?:^|(?<=\s))(?:\d*(?:\.\d+)?[*+])?[<^>.]*[aehlmsvd]?\|")


class AdocWalk:
    """Reads lines from the first to the last; `attributes` are those that the document defines."""

    def __init__(self, writer: BlockWriter, source: str) -> None:
        self.title: str | None = None
        self.attributes: dict[str, str] = {}
        self._writer = writer
        self._lines = source.split("\n")
        self._at = 0
        self._style = ""  # the attributes of the block that follows
        self._title = ""  # its title
        self._depth = 0

    def walk(self) -> None:
        """Write all lines."""
        self._walk_until(None)
        self._flush_title()

    def _walk_until(self, delimiter: str | None) -> None:
        """Write blocks up to the line that is the delimiter, or to the end."""
        self._depth += 1
        while self._at < len(self._lines):
            line = self._lines[self._at].rstrip()
            if delimiter is not None and line == delimiter:
                self._at += 1
                break
            self._write_block(line)
        self._depth -= 1

    def _write_block(self, line: str) -> None:
        """Write the block that begins at the current line, or pass over a line that is none."""
        if not line.strip():
            self._at += 1
            return
        if self._take_note_of(line):
            return
        style, self._style = self._style, ""
        delimiter = _DELIMITER.match(line)
        if not self._begins_admonition(line, style):
            self._flush_title()
        section = _SECTION.match(line)
        if delimiter and self._depth < DEEPEST:
            self._at += 1
            self._write_delimited(delimiter[1], style)
        elif section:
            self._write_section(section)
        elif marker_of(line):
            self._write_list()
        else:
            self._write_paragraph(style)

    def _begins_admonition(self, line: str, style: str) -> bool:
        """True if the title of the block that begins here stands in a note, a warning or the like."""
        return _ADMONITION.match(line) is not None or name_of(style).upper() in _LABELS

    def _take_note_of(self, line: str) -> bool:
        """Read attributes, titles and comments, which are no blocks themselves."""
        if line.startswith("//") and not line.startswith("////"):
            pass
        elif entry := _ATTRIBUTE_ENTRY.match(line):
            self.attributes[entry[1].strip("!").lower()] = entry[2] or ""
        elif attributes := _BLOCK_ATTRIBUTES.match(line):
            self._style = attributes[1] or self._style
        elif title := _BLOCK_TITLE.match(line):
            self._flush_title()
            self._title = title[1]
        elif not _LEFT_OUT.match(line):
            return False
        self._at += 1
        return True

    def _write_section(self, found: re.Match[str]) -> None:
        inline = self._inline([found[2].rstrip("= ")])
        if len(found[1]) == 1 and self.title is None:
            self.title = inline.text
        self._writer.heading(len(found[1]), inline)
        self._at += 1

    def _write_delimited(self, delimiter: str, style: str) -> None:
        """Write what stands between two lines of a delimiter."""
        builder = self._writer.builder
        closing = "`" * (len(delimiter) - len(delimiter.lstrip("`"))) if delimiter.startswith("`") else delimiter
        name = name_of(style)
        if delimiter[0] in "+/":
            self._take_lines(closing)
        elif delimiter.endswith("==="):
            if delimiter[0] == "=":
                self._write_container(delimiter, _LABELS.get(name.upper()))
            else:
                self._write_table(closing, style)
        elif delimiter[0] in "-.`" and delimiter != "--":
            self._write_code(closing, delimiter.lstrip("-.`") or language_of(style))
        elif delimiter == "--" and name in ("source", "listing", "literal"):
            self._write_code(closing, language_of(style))
        elif delimiter[0] in "*_":
            with builder.block("quote"):
                self._walk_until(delimiter)
        else:
            self._write_container(delimiter, _LABELS.get(name.upper()))

    def _write_container(self, delimiter: str, label: str | None) -> None:
        if label is None:
            self._walk_until(delimiter)
        else:
            with self._writer.builder.block("quote", label):
                self._flush_title()
                self._walk_until(delimiter)

    def _write_code(self, closing: str, language: str) -> None:
        first = self._at + 1
        lines = [re.sub(r"\s*(?://|#|;;|--)?\s*<(?:\d+|\.)>\s*$", "", line) for line in self._take_lines(closing)]
        self._writer.code(lines, language=language, first_line=first)

    def _take_lines(self, closing: str) -> list[str]:
        """The lines up to the closing delimiter."""
        first = self._at
        while self._at < len(self._lines) and self._lines[self._at].rstrip() != closing:
            self._at += 1
        self._at += 1
        return self._lines[first : self._at - 1]

    def _write_list(self) -> None:
        """A list with the lists inside; a line of "+" adds the block below it to the item."""
        levels: list[Marker] = []
        while self._at < len(self._lines):
            marker = marker_of(self._lines[self._at])
            if marker is None:
                break
            if any(level.kind == marker.kind for level in levels):
                while levels[-1].kind != marker.kind:
                    self._close_level(levels.pop())
                self._close_item(levels[-1])
            else:
                levels.append(marker)
                if marker.kind != DEFINITION:
                    self._writer.open_list(1 if marker.is_numbered else None)
            self._write_item(marker)
            self._skip_blank_lines_before_marker()
        while levels:
            self._close_level(levels.pop())

    def _write_item(self, marker: Marker) -> None:
        line = self._at
        if marker.kind == DEFINITION:
            term = self._inline([marker.term])
            self._writer.builder.open("definition", one_line(term.text))
            self._writer.paragraph(term, label="question")
        else:
            self._writer.open_item()
        self._at += 1
        texts = [marker.text] if marker.text else []
        if not texts and marker.kind == DEFINITION:
            self._skip_blank_lines_before_text()
            line = self._at
        texts += self._take_paragraph_lines()
        self._writer.paragraph(self._inline(texts, line=line + 1))
        while self._at < len(self._lines) and self._lines[self._at].strip() == "+":
            self._at += 1
            while self._at < len(self._lines) and self._take_note_of(self._lines[self._at].rstrip()):
                pass
            if self._at < len(self._lines) and self._depth < DEEPEST:
                self._depth += 1
                self._write_block(self._lines[self._at].rstrip())
                self._depth -= 1

    def _close_item(self, level: Marker) -> None:
        if level.kind == DEFINITION:
            self._writer.builder.close()
        else:
            self._writer.close_item()

    def _close_level(self, level: Marker) -> None:
        self._close_item(level)
        if level.kind != DEFINITION:
            self._writer.close_list()

    def _skip_blank_lines_before_marker(self) -> None:
        after = self._after_blank_lines()
        if after < len(self._lines) and marker_of(self._lines[after]):
            self._at = after

    def _skip_blank_lines_before_text(self) -> None:
        after = self._after_blank_lines()
        if after < len(self._lines) and not self._ends_paragraph(self._lines[after].rstrip()):
            self._at = after

    def _after_blank_lines(self) -> int:
        after = self._at
        while after < len(self._lines) and not self._lines[after].strip():
            after += 1
        return after

    def _write_paragraph(self, style: str) -> None:
        line = self._at
        texts = [self._lines[line], *self._take_paragraph_lines(first=line + 1)]
        found = _ADMONITION.match(texts[0])
        name = found[1] if found else name_of(style).upper()
        if found:
            texts[0] = texts[0][found.end() :]
        if name in ("SOURCE", "LISTING", "LITERAL") or (texts[0][:1] == " " and not found):
            self._writer.code(texts, language=language_of(style), first_line=line + 1)
        elif name in _LABELS or name in ("QUOTE", "VERSE"):
            with self._writer.builder.block("quote", _LABELS.get(name, "")):
                self._flush_title()
                self._writer.paragraph(self._inline(texts, line=line + 1))
        else:
            self._writer.paragraph(self._inline(texts, line=line + 1))

    def _take_paragraph_lines(self, first: int | None = None) -> list[str]:
        """The lines of a paragraph from the current one on."""
        begin = self._at if first is None else first
        self._at = begin
        while self._at < len(self._lines) and not self._ends_paragraph(self._lines[self._at].rstrip()):
            self._at += 1
        return ["" if _is_unseen(line) else line for line in self._lines[begin : self._at]]

    def _ends_paragraph(self, line: str) -> bool:
        return (
            not line.strip()
            or line == "+"
            or _DELIMITER.match(line) is not None
            or _BLOCK_ATTRIBUTES.match(line) is not None
            or _ATTRIBUTE_ENTRY.match(line) is not None
            or marker_of(line) is not None
        )

    def _write_table(self, closing: str, style: str) -> None:
        """A table, whose cells may stand on lines of their own; the first line of cells tells how many a row has."""
        first = self._at + 1
        lines = self._take_lines(closing)
        cells: list[tuple[int, list[str]]] = []
        columns, has_header = columns_of(style), "header" in style
        for position, line in enumerate(lines):
            before, *others = _CELL.split(line)
            if cells and before.strip() and not _LEFT_OUT.match(line):
                cells[-1][1].append(before)
            cells += ((first + position, [text]) for text in others)
            if others and len(cells) == len(others):  # the first line of cells
                columns = columns or len(others)
                is_apart = position + 1 < len(lines) and not lines[position + 1].strip()
                has_header |= is_apart and len(others) == columns and "noheader" not in style
        self._writer.open_table()
        for start in range(0, len(cells), columns or 1):
            row = [self._inline(texts, line=number) for number, texts in cells[start : start + (columns or 1)]]
            self._writer.row(row, is_header=has_header and start == 0)
        self._writer.close_table()

    def _inline(self, texts: list[str], *, line: int | None = None) -> InlineText:
        """The text of lines of the file, of which the first stands at `line`, or at the current one."""
        lines = "\n".join(text.strip() for text in texts)
        return inline_of(lines, self.attributes, line=self._at + 1 if line is None else line)

    def _flush_title(self) -> None:
        """Write the title of a block, as a label of what follows."""
        text, self._title = self._title, ""
        inline = InlineText()
        inline.open("strong")
        inline.extend(self._inline([text]))
        inline.close("strong")
        self._writer.paragraph(inline, label="label")


def _is_unseen(line: str) -> bool:
    return line.startswith("//") or _LEFT_OUT.match(line) is not None
