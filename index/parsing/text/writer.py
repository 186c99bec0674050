"""Write blocks the way a document's text shows them: blank lines between blocks, marks of lists, bars between cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from index.parsing.text.builder import TextBuilder
from index.parsing.text.cleaning import clean, one_line
from index.parsing.text.inline import InlineText
from index.types import BlockKind

CELL_SEPARATOR = " | "


class BlockWriter:
    """Writes blocks in reading order. The items of a list and the rows of a table stand on a line each.

    Text inside an item is indented by two spaces for each list around it.
    """

    def __init__(self, builder: TextBuilder) -> None:
        self.builder = builder
        self.blocks = 0  # blocks of text written so far
        self._lists: list[int | None] = []  # of the open lists, the next item's number; None in bulleted ones
        self._prefix = ""  # what the next block begins with: the mark of its list item
        self._in_item_line = False  # the next block belongs to a list or table that has begun: no blank line before it

    def heading(self, level: int, inline: InlineText, *, anchor: str = "") -> None:
        """Write a heading of `level` 1 to 6; `anchor` is the id that the file gives it."""
        inline.rstrip()
        text = one_line(inline.text)
        if text:
            with self._begun("heading", "", inline.lines[0][1] if inline.lines else None, (level, text, anchor)):
                self.builder.write_inline(inline)

    def paragraph(self, inline: InlineText, *, label: str = "") -> None:
        """Write a paragraph; nothing if it is empty."""
        inline.rstrip()
        if inline.text.strip():
            with self._begun("paragraph", label, inline.lines[0][1] if inline.lines else None):
                self.builder.write_inline(inline)

    def code(self, lines: Sequence[str], *, language: str = "", first_line: int | None = None) -> None:
        """Write code as it stands, line by line; `first_line` is the line of the file where it begins."""
        while lines and not lines[-1].strip():
            lines = lines[:-1]
        if not lines:
            return
        with self._begun("code", language, first_line):
            for position, line in enumerate(lines):
                if first_line is not None:
                    self.builder.mark_line(first_line + position)
                self.builder.write(clean(line) + "\n" * (position < len(lines) - 1))

    def open_table(self) -> None:
        """Begin a table."""
        self.builder.open("table")

    def close_table(self) -> None:
        """End the table."""
        self.builder.close()
        self._in_item_line = bool(self._lists)

    def row(self, cells: Sequence[InlineText], *, is_header: bool = False) -> None:
        """Write the row of a table on a line of its own; a blank line only before the first."""
        inline = InlineText()
        for position, cell in enumerate(cells):
            if position:
                inline.add_separator(CELL_SEPARATOR)
            cell.strip()
            inline.extend(cell)
        inline.rstrip()
        if inline.text.strip(" |"):
            with self._begun("row", "header" if is_header else "", inline.lines[0][1] if inline.lines else None):
                self.builder.write_inline(inline)
            self._in_item_line = True

    def open_list(self, first_number: int | None) -> None:
        """Begin a list, numbered from `first_number`, or bulleted if that is None."""
        self._lists.append(first_number)
        self.builder.open("list")

    def close_list(self) -> None:
        """End the innermost list."""
        self._lists.pop()
        self._in_item_line = bool(self._lists)
        self._prefix = ""
        self.builder.close()

    def open_item(self) -> None:
        """Begin an item of the innermost list."""
        number = self._lists[-1]
        mark = "-" if number is None else f"{number}."
        self._prefix = "  " * (len(self._lists) - 1) + mark + " "
        if number is not None:
            self._lists[-1] = number + 1
        self.builder.open("item", mark)

    def close_item(self) -> None:
        """End the item."""
        self.builder.close()

    @property
    def in_list(self) -> bool:
        """True if the place is inside a list."""
        return bool(self._lists)

    @contextmanager
    def _begun(
        self, kind: BlockKind, label: str, line: int | None, heading: tuple[int, str, str] | None = None
    ) -> Iterator[None]:
        """Write what stands before a block, and open it."""
        builder = self.builder
        builder.separate("\n" if self._in_item_line else "\n\n")
        if heading:
            builder.mark_heading(*heading[:2], anchor=heading[2])
        if line is not None:
            builder.mark_line(line)
        builder.write(self._prefix)
        self._prefix = "  " * len(self._lists)  # of further blocks in the same item
        self._in_item_line = bool(self._lists)
        self.blocks += 1
        with builder.block(kind, label):
            yield
