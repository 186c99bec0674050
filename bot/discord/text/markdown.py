"""Show text of documents and people as plain text in Discord, whatever it contains; and make safe links. Pure.

Everything that Discord would interpret is escaped with backslashes, in any position of a message. Only text that
Footnote writes itself is bold or a link, so a "[1]" in a document can't be mistaken for a footnote.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, urlsplit

MOST_MARKS = 4  # combining marks in a row: no script stacks more, only "zalgo" text does
LONGEST_URL = 512  # characters that Discord accepts for a button

# A backslash before each of these makes it plain text. Discord interprets the signs of headings and lists only at the
# start of a line, but lines are decided later, when text is cut to fit a message.
_SIGNS = re.compile(
    r"[\\*_~`|\[\]<>]"
    r"|\#(?=\#*(?:\s|$))|-(?=[\s\#]|$)|\+(?=\s|$)|(?<=\d)\.(?=\s|$)"  # headings, small print, lists
    r"|(?<=\])\("  # a link: for Discord its text may begin with Footnote's bracket and end with an escaped one
    r"|(?<=:)/(?=/)"  # an address, which would become a link with a preview
    r"|:(?=[\w~+-]+:)"  # the name of an emoji
    r"|(?<=discord)\.|(?<=discordapp)\.",  # an invitation, which works without https://
    re.IGNORECASE,
)
_EVERYBODY = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_APART_FROM_EVERYBODY = "@\u200b"

_JOINERS = "\u200c\u200d"
# Patterns over a line in which each character is replaced by the letter of its kind; see `_kind`.
_MARKS_AT_START = re.compile("^(?P<surplus>[mj]+)")
_MARKS_IN_A_ROW = re.compile(f"(?:mj*){{{MOST_MARKS}}}(?P<surplus>[mj]*m[mj]*)")
_BLANK_LETTERS = "\u2800\u3164\uffa0"
# Visible Arabic and Syriac signs that Unicode classifies as control characters.
_SEEN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?", re.IGNORECASE)
_STRAY_PERCENT = re.compile(r"%(?![0-9a-f]{2})", re.IGNORECASE)
_HARMLESS_IN_URL = "/?:;,=&+$!%"  # in addition to letters, digits and -._~


def visible(text: str) -> str:
    """Return the text on one line without invisible characters, for places without Markdown (names of threads)."""
    return _few_marks(" ".join(_seen(text).split()))


def visible_as_written(line: str) -> str:
    """Return a line without invisible characters, with all its spaces and tabs."""
    return _few_marks(_seen(line))


def escaped(text: str) -> str:
    """Return the text on one line, escaped: Discord shows no Markdown, mention, emoji, link or preview.

    Invisible characters are removed, except those that join letters or emoji.
    """
    return _EVERYBODY.sub(_APART_FROM_EVERYBODY, _SIGNS.sub(_with_backslash, visible(text)))


def _with_backslash(sign: re.Match[str]) -> str:
    return "\\" + sign.group()


def escaped_block(text: str) -> str:
    """Return the text escaped, with its lines, and at most one empty line between two others."""
    lines = [escaped(line) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def bold(rendered: str) -> str:
    """Return rendered text in bold, line by line."""
    return "\n".join(f"**{line}**" if line else "" for line in rendered.split("\n"))


def link(text: str, url: str | None) -> str:
    """Return `text` as a link without a preview; without a link if the URL is not safe.

    `text` must come from Footnote itself, not from a document.
    """
    safe = safe_url(url) if url else None
    return f"[{text}](<{safe}>)" if safe and text else text


def safe_url(url: str) -> str | None:
    """Return the URL for a link or a button: at most `LONGEST_URL` ASCII characters, none of which could end it.

    None if it is no web address, or pretends to be another one (https://bank.example@evil.example).
    """
    if len(url) > LONGEST_URL:
        return None
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode("ascii")
        server = host if parts.port is None else f"{host}:{parts.port}"
        path, query, fragment = (quote(part, safe=_HARMLESS_IN_URL) for part in parts[2:])
    except ValueError:  # not a URL, an impossible host, a lone surrogate
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not _HOST.fullmatch(host):
        return None
    rest = path + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")
    whole = f"{parts.scheme}://{server}{_STRAY_PERCENT.sub('%25', rest)}"
    return whole if len(whole) <= LONGEST_URL else None


def moment(seconds: float) -> str:
    """Return a time (seconds since 1970) that Discord shows in each reader's words: "3 hours ago"."""
    return f"<t:{int(seconds)}:R>"


class _Characters(dict[int, str | None]):
    """A translation table that computes and caches the replacement of each character."""

    def __init__(self, replacement_of: Callable[[str], str | None]) -> None:
        super().__init__()
        self._replacement_of = replacement_of

    def __missing__(self, code: int) -> str | None:
        self[code] = replacement = self._replacement_of(chr(code))
        return replacement


def _kept(character: str) -> str | None:
    """Return the character, or what is shown instead, or None if it is invisible."""
    kind = unicodedata.category(character)
    if kind == "Cs":  # a lone surrogate, which can't be sent
        return "\ufffd"
    if character in _BLANK_LETTERS:
        return " "
    if character.isspace() or character in _JOINERS or character in _SEEN:
        return character
    is_noncharacter = ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef"  # by Unicode's definition
    return None if is_noncharacter or kind in ("Cc", "Cf") else character


def _kind(character: str) -> str:
    """Return the kind of a character as a letter: m for a combining mark, j for a joiner, x for anything else."""
    if character in _JOINERS:
        return "j"
    return "m" if unicodedata.category(character)[0] == "M" else "x"


_KEPT = _Characters(_kept)
_KINDS = _Characters(_kind)


def _seen(text: str) -> str:
    """Return the text without invisible characters."""
    text = text.translate(_KEPT)
    return re.sub(f"[{_JOINERS}]", lambda found: found.group() if _joins(text, found.start()) else "", text)


def _joins(text: str, offset: int) -> bool:
    """True if the joiner at `offset` has an effect: between letters of a script that needs it, or between emoji."""
    before, after = text[max(offset - 1, 0) : offset], text[offset + 1 : offset + 2]
    if not before or not after:
        return False
    if _is_emoji(before) and _is_emoji(after):
        return text[offset] == "\u200d"
    # Hebrew, Arabic, and the scripts of India and South East Asia begin at U+0590.
    return all(one >= "\u0590" and unicodedata.category(one)[0] in "LM" for one in (before, after))


def _is_emoji(character: str) -> bool:
    return character == "\ufe0f" or "\U0001f000" <= character <= "\U0001ffff" or unicodedata.category(character) == "So"


def _few_marks(line: str) -> str:
    """Return the line with at most `MOST_MARKS` combining marks in a row, and none at the start."""
    if line.isascii():
        return line
    kinds = line.translate(_KINDS)
    for pattern in (_MARKS_AT_START, _MARKS_IN_A_ROW):
        for run in reversed(list(pattern.finditer(kinds))):
            line = line[: run.start("surplus")] + line[run.end() :]
            kinds = kinds[: run.start("surplus")] + kinds[run.end() :]
    return line
