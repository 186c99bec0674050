"""Find the superscripts and subscripts of a PDF by the size and the height of their characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.parsing.text.scripts import NEEDED_BEFORE, script_affixes

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage

# Of the height of the character that it follows: the height of a script, and how far it stands above or below.
LARGEST_SCRIPT = 0.85
LEAST_RISE = 0.15
LEAST_DROP = 0.03


def with_scripts(text_page: PdfTextPage, codes: list[int], start: int, end: int) -> str:
    """Return the characters of a line, with superscripts and subscripts set apart from numbers in front of them.

    PDF does not mark them: they are figures and signs that are smaller than what they follow, and higher or lower.
    """
    written = ""
    index = start
    while index < end:
        character = chr(codes[index])
        if index > start and codes[index - 1] > 32 and (character.isdecimal() or character in "-−–"):
            after, is_raised = _script_at(text_page, codes, index, end)
            if after > index:
                script = "".join(map(chr, codes[index:after]))
                before = written[-NEEDED_BEFORE:].rpartition(" ")[2]
                head, tail = script_affixes(before, script, is_raised=is_raised)
                written += head + script + tail
                index = after
                continue
        written += character
        index += 1
    return written


def _script_at(text_page: PdfTextPage, codes: list[int], index: int, end: int) -> tuple[int, bool]:
    """The end of the script that begins at `index`, and True if it is a superscript; `index` itself if it is none."""
    _, bottom, _, top = text_page.get_charbox(index - 1, loose=True)
    height, after, rise = top - bottom, index, 0.0
    while after < end and codes[after] > 32:
        _, low, _, high = text_page.get_charbox(after, loose=True)
        shift = low - bottom
        if high - low > LARGEST_SCRIPT * height or -LEAST_DROP * height < shift < LEAST_RISE * height:
            break
        if after > index and abs(shift - rise) > 0.1 * height:
            break
        rise, after = shift, after + 1
    return after, rise > 0
