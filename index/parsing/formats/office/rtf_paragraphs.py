"""Put the text of an RTF document together: headings, paragraphs, list items, rows of tables, footnotes."""

from __future__ import annotations

import re

from index.parsing.text.cleaning import clean_layout, one_line
from index.parsing.text.inline import InlineText
from index.parsing.text.writer import BlockWriter

_NUMBER = re.compile(r"(\d{1,4})[.)]?")


class Paragraphs:
    """Collects the text of paragraphs and writes each when it ends. `title` is the one in the style for titles."""

    def __init__(self, writer: BlockWriter) -> None:
        self.title = ""
        self._writer = writer
        self._inline = InlineText()
        self._mark = ""  # of a list item
        self._note = ""  # the text of the footnote that is being read
        self._notes: list[str] = []  # of this paragraph
        self._notes_before = 0
        self._cells: list[InlineText] | None = None  # of the row; None outside of tables
        self._list_number: int | None = 0  # of the last item; None in a bulleted list
        self._is_in_list = False

    def add(self, text: str, *, target: str, is_strong: bool, link: str, script: str = "") -> None:
        """Add text to the paragraph, to the mark of its list item, or to a footnote."""
        text = clean_layout(text)
        if target == "mark":
            self._mark += text
        elif target == "footnote":
            self._note += text
        else:
            if link:
                self._inline.open("link", link)
            if is_strong:
                self._inline.open("strong")
            if script:
                self._inline.open_script(is_raised=script == "super")
            self._inline.add(text.replace("\t", " "))
            if script:
                self._inline.close_script()
            self._inline.close("strong")
            self._inline.close("link")

    def break_line(self) -> None:
        """Begin another line of the paragraph."""
        self._inline.break_line()

    def refer_to_note(self) -> None:
        """Write the number of a footnote."""
        self._inline.add(f"[{self._notes_before + len(self._notes) + 1}]")

    def end_note(self) -> None:
        """End a footnote."""
        self._notes.append(one_line(self._note))
        self._note = ""

    def end(self, *, level: int, is_title: bool, in_table: bool) -> None:
        """End a paragraph: a heading if it has a `level`, a line of a cell if it is `in_table`."""
        if in_table:
            self._inline.add(" ")
            return
        inline, self._inline = self._inline, InlineText()
        mark, self._mark = one_line(self._mark), ""
        inline.join_marks()
        inline.strip()
        if not inline.text:
            return
        self._close_table()
        if level:
            self._close_list()
            self.title = self.title or (one_line(inline.text) if is_title else "")
            self._writer.heading(level, inline)
        else:
            self._write(inline, mark)
        self._write_notes()

    def end_cell(self) -> None:
        """End a cell of a table."""
        if self._cells is None:
            self._close_list()
            self._writer.open_table()
            self._cells, self._is_first_row = [], True
        self._inline.join_marks()
        self._cells.append(self._inline)
        self._inline, self._mark = InlineText(), ""

    def end_row(self) -> None:
        """End a row of a table; the first one is the header."""
        if self._cells:
            self._writer.row(self._cells, is_header=self._is_first_row)
            self._cells, self._is_first_row = [], False

    def finish(self) -> None:
        """Close what is open."""
        self._close_table()
        self._close_list()
        self._write_notes()

    def _write(self, inline: InlineText, mark: str) -> None:
        number = _NUMBER.fullmatch(mark)
        if not mark or (any(map(str.isalnum, mark)) and not number):  # "a)" and "1.2" stay a part of the text
            self._close_list()
            whole = InlineText()
            whole.add(f"{mark} " if mark else "")
            whole.extend(inline)
            self._writer.paragraph(whole)
            return
        expected = None if self._list_number is None else self._list_number + 1
        shown = int(number[1]) if number else None
        if self._is_in_list and shown != expected:
            self._close_list()
        if not self._is_in_list:
            self._writer.open_list(shown)
            self._is_in_list = True
        self._list_number = shown
        self._writer.open_item()
        self._writer.paragraph(inline)
        self._writer.close_item()

    def _write_notes(self) -> None:
        if self._notes:
            self._close_list()
        for note in self._notes:
            self._notes_before += 1
            text = InlineText()
            text.add(f"[{self._notes_before}] {note}")
            self._writer.paragraph(text)
        self._notes.clear()

    def _close_list(self) -> None:
        if self._is_in_list:
            self._writer.close_list()
        self._is_in_list = False

    def _close_table(self) -> None:
        if self._cells is not None:
            self.end_row()
            self._writer.close_table()
        self._cells = None
