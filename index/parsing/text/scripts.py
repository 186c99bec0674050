"""Superscripts and subscripts in plain text, so that none becomes a figure of the number before it."""

from __future__ import annotations

import re

_MARK = re.compile(r"\[?(\d{1,3}|[a-z*†‡§])\]?")
_ALREADY_MARKED = re.compile(r"\[.*\]|\(.*\)", re.DOTALL)
_UNIT = re.compile(r"(?<![^\W\d_])[^\W\d_]{1,3}\Z")  # m, km, or the x of a formula
_END_OF_WORD = re.compile(r"[\w)\]]\Z")


def superscript(before: str, text: str, *, is_note: bool = False) -> str:
    """Return what to write for a superscript: "25^3", "m^2"; the mark of a note as "[3]"; the end of "1st" as it is.

    `before` is the text in front of it; `is_note` says that it leads to a note.
    """
    text = text.strip()
    if not text or _ALREADY_MARKED.fullmatch(text):
        return text
    if is_note:
        return f"[{text}]"
    if not any(map(str.isdigit, text)):
        return text
    is_power = before[-1:].isdigit() or before.endswith(")") or _UNIT.search(before)
    if is_power or not _MARK.fullmatch(text):
        return f"^{text}" if _END_OF_WORD.search(before) else text
    return f"[{text}]"


def subscript(before: str, text: str) -> str:
    """Return what to write for a subscript: as it is behind a letter ("H2O"), with "_" behind a number."""
    text = text.strip()
    return f"_{text}" if before[-1:].isdigit() and text[:1].isdigit() else text
