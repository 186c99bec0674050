"""A document's lines while includes are put in, each with the number of the line of the file that it comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# Where a paragraph begins: after these a line is not the continuation of the one before.
_ITEM = re.compile(r"\s*(?:[-*+.]{1,5}|\d{1,4}[.)]|<\d+>)\s")
_NO_PARAGRAPH = re.compile(r"\s*(?:#{1,6}\s|={1,6}\s|\||```|~~~|:::|!!!|\?\?\?|<[!/]?[A-Za-z]|\[)")
_TAB = re.compile(r"\s*(?:===[!+]*[ \t]+[\"']|/{3,}[ \t]*tab\b|<TabItem\b|:{3,}\s*\{?tab)")
_ANNOUNCES = re.compile(r":[*_)\"'`]*\s*\Z")
_SENTENCE_END = re.compile(r"[.!?…][)\"'”*_`]*\s+(?=\S)")


@dataclass(slots=True)
class Lines:
    """Lines that are written one after the other. `at` is the number of the line of the file that is being read."""

    at: int = 0
    texts: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    def write(self, *texts: str) -> None:
        """Append lines that come from the current line of the file."""
        self.texts += texts
        self.numbers += [self.at] * len(texts)

    def cut_to(self, length: int) -> None:
        """Drop all lines but the first `length`."""
        del self.texts[length:], self.numbers[length:]

    def drop_announcement(self) -> None:
        """Drop the sentence at the end that only announces code which is not there, and the label of an empty tab.

        The only sentence of a list item stays, because the steps around it are counted.
        """
        place = self._last()
        if place >= 0 and _TAB.match(self.texts[place]):
            self.texts[place] = ""
            place = self._last()
        if place < 0 or not _ANNOUNCES.search(self.texts[place]) or _NO_PARAGRAPH.match(self.texts[place]):
            return
        kept = list(self.texts)
        while place >= 0 and self.texts[place].strip():
            line = self.texts[place]
            ends = [found.end() for found in _SENTENCE_END.finditer(line)]
            if ends:
                self.texts[place] = line[: ends[-1]].rstrip()
                if not _ITEM.fullmatch(self.texts[place] + " "):
                    return
            if _ITEM.match(line):
                self.texts = kept
                return
            if _NO_PARAGRAPH.match(line):
                return
            self.texts[place] = ""
            place -= 1

    def _last(self) -> int:
        """The number of the last line that is not blank; -1 if there is none."""
        place = len(self.texts) - 1
        while place >= 0 and not self.texts[place].strip():
            place -= 1
        return place


def indented(lines: list[str], indent: str) -> list[str]:
    """Return lines with `indent` before each that is not blank."""
    return [indent + line if line.strip() else "" for line in lines]


def language_of(path: str) -> str:
    """Return the language that a file's name tells, as code blocks name it; empty if it tells none."""
    suffix = path.rsplit("/", 1)[-1].rpartition(".")[2].lower() if "." in path else ""
    return suffix if re.fullmatch(r"[a-z0-9+#]{1,10}", suffix) and suffix not in ("txt", "text", "log") else ""
