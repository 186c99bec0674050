"""Put the text of one paragraph together from its pieces: links, code and strong words become marks."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from index.parsing.text.cleaning import clean
from index.parsing.text.scripts import NEEDED_BEFORE, script_affixes
from index.types import Mark, MarkKind

_MANY_SPACES = re.compile(" {2,}")


@dataclass(slots=True)
class InlineText:
    """A paragraph's text that grows at its end, with the marks set on the way; offsets count from its start.

    Spaces at its start and after other white space are dropped, unless `keep_spaces`. `lines` holds (offset, line
    number of the file).
    """

    keep_spaces: bool = False
    length: int = 0
    marks: list[Mark] = field(default_factory=list)
    lines: list[tuple[int, int]] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _open: list[tuple[MarkKind, int, str]] = field(default_factory=list)
    _scripts: list[tuple[int, int, bool]] = field(default_factory=list)  # (parts, length, is raised) of open ones

    @property
    def text(self) -> str:
        """Return all that was added."""
        return "".join(self._parts)

    def add(self, text: str) -> None:
        """Append `text`, cleaned."""
        if not (text.isascii() and text.isprintable()):  # cleaning changes nothing then, and takes time
            text = clean(text)
        last = self._parts[-1] if self._parts else " "
        if not self.keep_spaces:
            text = _MANY_SPACES.sub(" ", text)
            text = text.lstrip(" ") if last[-1].isspace() else text
        if not text:
            return
        if not text[0].isascii() and not unicodedata.is_normalized("NFC", last[-1] + text[0]):
            text = self._take_back() + text
            text = unicodedata.normalize("NFC", text)
        self._parts.append(text)
        self.length += len(text)

    def add_separator(self, text: str) -> None:
        """Append clean `text` with all its spaces."""
        if text:
            self._parts.append(text)
            self.length += len(text)

    def extend(self, other: InlineText) -> None:
        """Append another paragraph's text with its marks and lines."""
        for offset, number in other.lines:
            if not self.lines or self.lines[-1][1] != number:
                self.lines.append((self.length + offset, number))
        self.marks += (Mark(m.kind, self.length + m.start, self.length + m.end, m.target) for m in other.marks)
        self.add_separator(other.text)

    def add_code(self, text: str) -> None:
        """Append `text` with a mark of kind "code"."""
        self.open("code")
        self.add(text)
        self.close("code")

    def break_line(self) -> None:
        """Append a line end without spaces before it, unless nothing stands on the line."""
        self.rstrip()
        if self._parts:
            self.add_separator("\n")

    def begin_line(self, number: int) -> None:
        """Note that what is added next stands at line `number` of the file."""
        if not self.lines or self.lines[-1][1] != number:
            self.lines.append((self.length, number))

    def open(self, kind: MarkKind, target: str = "") -> None:
        """Begin a mark that ends at the matching `close`."""
        self._open.append((kind, self.length, target))

    def close(self, kind: MarkKind) -> None:
        """End the innermost open mark of that kind; ignored if there is none."""
        for position in range(len(self._open) - 1, -1, -1):
            if self._open[position][0] == kind:
                _, start, target = self._open.pop(position)
                if start < self.length:
                    self.marks.append(Mark(kind, start, self.length, target))
                return

    def open_script(self, *, is_raised: bool) -> None:
        """Begin a superscript, or a subscript, that ends at the matching `close_script`."""
        self._scripts.append((len(self._parts), self.length, is_raised))

    def close_script(self) -> None:
        """End the innermost open script, and set it apart from a number in front of it; ignored if there is none."""
        if not self._scripts:
            return
        place, start, is_raised = self._scripts.pop()
        if start >= self.length or place > len(self._parts):
            return
        before = ""
        for part in reversed(self._parts[max(place - NEEDED_BEFORE, 0) : place]):
            before = part + before
        around = [target for kind, _, target in self._open if kind == "link"]
        inside = [mark.target for mark in self.marks if mark.kind == "link" and mark.start >= start]
        head, tail = script_affixes(
            before,
            "".join(self._parts[place:]),
            is_raised=is_raised,
            is_note=any(target.startswith("#") for target in (*around, *inside)),
        )
        if head:
            self._parts.insert(place, head)
            self._shift(start, len(head))
        self.add_separator(tail)

    def _shift(self, start: int, by: int) -> None:
        """Move all that stands at `start` or later by some characters."""
        self.length += by
        self.marks = [Mark(m.kind, m.start + by, m.end + by, m.target) if m.start >= start else m for m in self.marks]
        self.lines = [(offset + by if offset > start else offset, number) for offset, number in self.lines]

    def rstrip(self) -> None:
        """Drop white space at the end."""
        while self._parts:
            kept = self._parts[-1].rstrip()
            self.length -= len(self._parts[-1]) - len(kept)
            if kept:
                self._parts[-1] = kept
                return
            self._parts.pop()

    def cut(self, length: int) -> None:
        """Drop what stands after `length` characters, and white space before that."""
        self._parts, self.length = [self.text[:length]], length
        self.rstrip()

    def strip(self) -> None:
        """Drop white space at both ends."""
        self.rstrip()
        text = self.text
        begin = len(text) - len(text.lstrip())
        if begin:
            self._parts, self.length = [text[begin:]], len(text) - begin
            self.marks = [Mark(m.kind, max(m.start - begin, 0), m.end - begin, m.target) for m in self.marks]
            self.lines = [(max(offset - begin, 0), number) for offset, number in self.lines]

    def join_marks(self) -> None:
        """Make one mark of those that follow each other with the same kind and target."""
        joined: dict[tuple[MarkKind, int], Mark] = {}  # by kind and end
        for mark in self.marks:
            before = joined.pop((mark.kind, mark.start), None)
            if before and before.target != mark.target:
                joined[mark.kind, before.end] = before
                before = None
            joined[mark.kind, mark.end] = Mark(mark.kind, before.start if before else mark.start, mark.end, mark.target)
        self.marks = list(joined.values())

    def _take_back(self) -> str:
        """Remove and return the last base character with what combines with it."""
        taken = ""
        while self._parts and (not taken or unicodedata.combining(taken[0])):
            last = self._parts.pop()
            taken = last[-1] + taken
            self.length -= 1
            if last[:-1]:
                self._parts.append(last[:-1])
        return taken
