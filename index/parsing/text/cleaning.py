"""Clean characters: NFC, `\\n` line ends, no control characters, no invisible layout marks."""

from __future__ import annotations

import re
import unicodedata

# Line separators that are no line end in an editor become spaces, so that line n of the text is line n of the file.
_SPACES = dict.fromkeys(map(ord, "\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029"), " ")
# Marks that turn the direction of what follows make a text read otherwise than it is written.
_DIRECTIONS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_DROPPED = dict.fromkeys(
    [*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), *_DIRECTIONS, 0xFEFF, 0xFFFE, 0xFFFF]
)
# Colours and the like of a terminal, and the titles and links that it is told (ECMA-48, "CSI" and "OSC").
_TERMINAL_CODES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])")
_CLEANING = {**_DROPPED, **_SPACES, ord("\t"): "\t", ord("\n"): "\n"}
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff9f]{2}")
_LAYOUT_CHARACTERS = dict.fromkeys((0xAD, 0x200B, 0x2060))  # soft hyphen, zero-width space, word joiner


def clean(text: str) -> str:
    """Return `text` in NFC with `\\n` line ends, without byte order mark, surrogates, codes and controls but tab."""
    if "\x1b" in text:
        text = _TERMINAL_CODES.sub("", text)
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").translate(_CLEANING))


def clean_layout(text: str) -> str:
    """Return `text` as `clean` gives it, without the invisible marks of where a line may break."""
    return clean(text.translate(_LAYOUT_CHARACTERS))


def one_line(text: str) -> str:
    """Return `text` cleaned, with every run of white space made one space."""
    return " ".join(clean_layout(text).split())


def space_between(above: str, below: str) -> str:
    """Return what joins two lines of a paragraph: a space, but between Chinese or Japanese characters nothing."""
    seam = above[-1] + below[0]
    return "" if _CJK.fullmatch(seam) and unicodedata.is_normalized("NFC", seam) else " "
