"""A file's bytes → its source with the code that it includes, and the line of the file that each line comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from index.errors import UnreadableDocument
from index.parsing.including.directives import ADOC_MARKS, RST_MARKS, include_in_adoc, include_in_rst
from index.parsing.including.files import Files
from index.parsing.including.markdown import MARKS, include_in_markdown
from index.parsing.including.rewriting import Lines
from index.parsing.text.builder import Parsed
from index.parsing.text.cleaning import clean
from index.parsing.text.decoding import decode
from index.types import Line, SourceFile

_READERS: Mapping[str, tuple[tuple[str, ...], Callable[[str, Files], Lines]]] = MappingProxyType(
    {
        "markdown": (MARKS, include_in_markdown),
        "mdx": (MARKS, include_in_markdown),
        "rst": (RST_MARKS, include_in_rst),
        "adoc": (ADOC_MARKS, include_in_adoc),
    }
)


@dataclass(frozen=True, slots=True)
class Expanded:
    """What a parser reads: the file's bytes, or its source with what it includes.

    `numbers` are then the lines of the file by those of the source; empty where they are the same. `includes` are the
    files that were included, and with a size of -1 those that could not be.
    """

    data: bytes
    numbers: tuple[int, ...] = ()
    includes: tuple[SourceFile, ...] = ()

    def in_file(self, parsed: Parsed) -> Parsed:
        """Return what was parsed with the lines of the file instead of those of the source."""
        if not self.numbers:
            return parsed
        lines: list[Line] = []
        for line in parsed.lines:
            number = self.numbers[min(line.number, len(self.numbers)) - 1]
            if not lines or lines[-1].number != number:
                lines.append(Line(number, line.start))
        return replace(parsed, lines=tuple(lines))


def expanded(format_name: str, path: str, data: bytes, seeds: Path | None) -> Expanded:
    """Return the bytes of a file with the code that it includes from files below `seeds` (None: from none)."""
    marks, rewrite = _READERS.get(format_name, ((), include_in_markdown))
    if not any(mark.encode() in data for mark in marks):
        return Expanded(data)
    try:
        source = clean(decode(data))
    except UnreadableDocument:  # the parser says so
        return Expanded(data)
    files = Files(seeds, path)
    lines = rewrite(source, files)
    return Expanded("\n".join(lines.texts).encode(), tuple(lines.numbers), tuple(files.used.values()))
