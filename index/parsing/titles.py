"""Find a document's title: the one in the file, or one made of the file's name."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from index.parsing.text.cleaning import one_line

LONGEST_TITLE = 300  # characters

_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,9}")
_NO_TITLE = re.compile(
    r"\((?:anonymous|unspecified)\)|"
    r"(?:untitled|unbenannt|sans titre|sin título|document|dokument|word document|powerpoint presentation)[ ._-]*\d*|"
    r"microsoft (?:word|powerpoint|excel)\b.*|.*\.(?:docx?|rtf|odt|tex|dvi|indd|qxd|pptx?|xlsx?|pdf|html?|txt|md)",
    re.IGNORECASE,
)
_NO_NAME = frozenset(
    "copy dcim doc document documento dokument download dsc dscn file final gopr image img new page photo pic pxl scan "
    "scanned screenshot tmp untitled".split()
)


def suffix_of(path: str) -> str:
    """Return the suffix in lower case; empty for `README` as for `minutes of 3.11`, which ends in a number."""
    suffix = PurePosixPath(path).suffix
    return suffix.lower() if _SUFFIX.fullmatch(suffix) else ""


def telling_title(title: str | None) -> str | None:
    """Return the title that a file contains, cut to `LONGEST_TITLE`; None for the defaults of programs."""
    cleaned = one_line(title or "")
    if not any(map(str.isalnum, cleaned)) or _NO_TITLE.fullmatch(cleaned):
        return None
    return cleaned if len(cleaned) <= LONGEST_TITLE else cleaned[: LONGEST_TITLE - 1].rstrip() + "…"


def title_from_name(path: str) -> str:
    """Return a title: "policies/refund-policy_2024.txt" → "refund policy 2024"; hyphens stay inside dates."""
    name = PurePosixPath(path).name
    stem = name.removesuffix(PurePosixPath(path).suffix) if suffix_of(path) else name
    return one_line(re.sub(r"[_+]|%20|(?<!\d)-|-(?!\d)", " ", stem)) or name


def reads_like_words(title: str) -> bool:
    """True if a title made of a file's name has a real word, not only hashes, numbers and camera names."""
    return any(_is_word(token) for token in re.findall(r"\w+", title.casefold()))


def _is_word(token: str) -> bool:
    if token in _NO_NAME:
        return False
    letters = re.fullmatch(r"([^\W\d_]{3,})\d{0,4}", token)
    if not letters or letters[1] in _NO_NAME:
        return bool(re.fullmatch(r"[\u3040-\u9fff\uac00-\ud7af]+", token))  # a word may be one character there
    return not letters[1].isascii() or bool(re.search("[aeiouy]", letters[1]))
