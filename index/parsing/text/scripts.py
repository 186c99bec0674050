"""Show superscripts and subscripts in plain text: 25³ must not become 253, but "25^3", and a footnote "[3]"."""

from __future__ import annotations

import re

LONGEST_SCRIPT = 30  # characters; what is longer is running text
NEEDED_BEFORE = 12  # characters in front of a script that tell what it is

_ORDINAL = re.compile(r"st|nd|rd|th|ers?|res?|es?|è|[eè]mes?|os?|as?|tm|sm", re.IGNORECASE)
_SIMPLE = re.compile(r"[-−–+±]?\w+(?:[.,/]\d+)?")
_WORD = re.compile(r"[^\W\d_]*\Z")
_LONGEST_UNIT = 3  # letters of a unit or a name in a formula: "km²", "mc²"; a longer word has a footnote
_ENDS = frozenset('.,;:!?…"”’»')


def script_affixes(before: str, script: str, *, is_raised: bool, is_note: bool = False) -> tuple[str, str]:
    """Return what to write in front of a superscript or subscript and after it; both empty where it may just follow.

    `before` is the text in front of it, at least `NEEDED_BEFORE` characters if there are so many. `is_note` if it is
    known to be the mark of a footnote.
    """
    text = script.strip()
    if not text or len(text) > LONGEST_SCRIPT or script[0].isspace() or not (text[0].isalnum() or text[0] in "-−–+±"):
        return "", ""
    if not is_raised:
        return ("_", "") if before[-1:].isdigit() and text[0].isdigit() else ("", "")
    if is_note:
        return "[", "]"
    if text.isalpha() and (len(text) > 1 or before[-1:].isdigit()) and _ORDINAL.fullmatch(text):
        return "", ""
    if not before:  # the number of a note in front of it
        return ("[", "]") if text.isdecimal() else ("", "")
    word = _WORD.search(before)
    follows_sentence = before[-1] in _ENDS or (word is not None and len(word[0]) > _LONGEST_UNIT)
    if follows_sentence and text[0].isdigit():
        return "[", "]"
    if follows_sentence and text.isalpha() and len(text) > 1:  # "New" above a word
        return " ", ""
    return ("^", "") if _SIMPLE.fullmatch(text) else ("^(", ")")
