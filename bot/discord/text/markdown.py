"""Text of documents and people as Discord shows it: plain text, whatever is in it; and links that are ours. Pure.

All that Discord would read as more than words is escaped with backslashes, wherever in a message it is put. Only what
Footnote writes itself is bold or a link, so a "[1]" in a document can't be taken for a footnote.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, urlsplit

MOST_MARKS = 4  # combining marks in a row; no script stacks more, "zalgo" text does
LONGEST_URL = 512  # what Discord takes for a button

# A backslash before each of these makes words of it. The signs of headings and lists count only at the start of a line,
# but where a line starts is decided later, when text is cut to fit a message.
_SIGNS = re.compile(
    r"[\\*_~`|\[\]<>]"
    r"|\#(?=\#*(?:\s|$))|-(?=[\s\#]|$)|\+(?=\s|$)|(?<=\d)\.(?=\s|$)"  # headings, small print, lists
    r"|(?<=\])\("  # a link: Discord lets its text begin with a bracket of ours and end with an escaped one
    r"|(?<=:)/(?=/)"  # an address, which would become a link and have a preview
    r"|:(?=[\w~+-]+:)"  # the name of an emoji
    r"|(?<=discord)\.|(?<=discordapp)\.",  # an invitation, which needs no https:// to be one
    re.IGNORECASE,
)
_EVERYBODY = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_APART_FROM_EVERYBODY = "@\u200b"

_JOINERS = "\u200c\u200d"
# Of a line in which each character is told by one letter; see `_kind`.
_MARKS_AT_START = re.compile("^(?P<surplus>[mj]+)")
_MARKS_IN_A_ROW = re.compile(f"(?:mj*){{{MOST_MARKS}}}(?P<surplus>[mj]*m[mj]*)")
_BLANK_LETTERS = "\u2800\u3164\uffa0"
# Unicode counts these Arabic and Syriac number signs and the like as control characters, though they are to be seen.
_SEEN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?", re.IGNORECASE)
_STRAY_PERCENT = re.compile(r"%(?![0-9a-f]{2})", re.IGNORECASE)
_HARMLESS_IN_URL = "/?:;,=&+$!%"  # beside letters, digits and -._~


def visible(text: str) -> str:
    """Text on one line without characters that can't be seen, for where there is no Markdown: the names of threads."""
    return _few_marks(" ".join(_seen(text).split()))


def visible_as_written(line: str) -> str:
    """Return a line without characters that can't be seen, with all its spaces and tabs."""
    return _few_marks(_seen(line))


def escaped(text: str) -> str:
    """Text on one line that shows as what it says: no Markdown, mention, emoji, link or preview comes of it.

    Characters that can't be seen are removed, but for those that join letters or emoji.
    """
    return _EVERYBODY.sub(_APART_FROM_EVERYBODY, _SIGNS.sub(_with_backslash, visible(text)))


def _with_backslash(sign: re.Match[str]) -> str:
    return "\\" + sign.group()


def escaped_block(text: str) -> str:
    """Like `escaped`, with the line ends of the text and at most one empty line between two others."""
    lines = [escaped(line) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def bold(rendered: str) -> str:
    """Rendered text in bold, line by line."""
    return "\n".join(f"**{line}**" if line else "" for line in rendered.split("\n"))


def link(text: str, url: str | None) -> str:
    """`text`, which must be ours or a number, as a link without a preview; the text alone where the URL is not safe."""
    safe = safe_url(url) if url else None
    return f"[{text}](<{safe}>)" if safe and text else text


def safe_url(url: str) -> str | None:
    """The URL as it may stand in a link or a button: at most `LONGEST_URL` ASCII characters, none that could end it.

    None for what is no web address, and for addresses that pretend to be others (https://bank.example@evil.example).
    """
    if len(url) > LONGEST_URL:
        return None
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode("ascii")
        place = host if parts.port is None else f"{host}:{parts.port}"
        path, query, fragment = (quote(part, safe=_HARMLESS_IN_URL) for part in parts[2:])
    except ValueError:  # of all kinds: no URL, no such host, half a character
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not _HOST.fullmatch(host):
        return None
    rest = path + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")
    whole = f"{parts.scheme}://{place}{_STRAY_PERCENT.sub('%25', rest)}"
    return whole if len(whole) <= LONGEST_URL else None


def moment(seconds: float) -> str:
    """A time in seconds since 1970 as each reader's Discord says it: "3 hours ago"."""
    return f"<t:{int(seconds)}:R>"


class _Characters(dict[int, str | None]):
    """What `becomes` of each character, worked out when it is first met."""

    def __init__(self, becomes: Callable[[str], str | None]) -> None:
        super().__init__()
        self._becomes = becomes

    def __missing__(self, code: int) -> str | None:
        self[code] = kept = self._becomes(chr(code))
        return kept


def _kept(character: str) -> str | None:
    """The character, what is shown in its place, or None where it can't be seen."""
    kind = unicodedata.category(character)
    if kind == "Cs":  # half a character, which can't be sent
        return "\ufffd"
    if character in _BLANK_LETTERS:
        return " "
    if character.isspace() or character in _JOINERS or character in _SEEN:
        return character
    is_none = ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef"  # by Unicode's definition
    return None if is_none or kind in ("Cc", "Cf") else character


def _kind(character: str) -> str:
    """One letter for what a character is: a mark, a joiner, or anything else."""
    if character in _JOINERS:
        return "j"
    return "m" if unicodedata.category(character)[0] == "M" else "x"


_KEPT = _Characters(_kept)
_KINDS = _Characters(_kind)


def _seen(text: str) -> str:
    """Text without what can't be seen."""
    text = text.translate(_KEPT)
    return re.sub(f"[{_JOINERS}]", lambda found: found.group() if _joins(text, found.start()) else "", text)


def _joins(text: str, place: int) -> bool:
    """Whether the joiner at `place` does its work: between letters of a script that needs it, or between emoji."""
    before, after = text[max(place - 1, 0) : place], text[place + 1 : place + 2]
    if not before or not after:
        return False
    if _is_emoji(before) and _is_emoji(after):
        return text[place] == "\u200d"
    # Hebrew and Arabic and the scripts of India and South East Asia come after U+0590.
    return all(one >= "\u0590" and unicodedata.category(one)[0] in "LM" for one in (before, after))


def _is_emoji(character: str) -> bool:
    return character == "\ufe0f" or "\U0001f000" <= character <= "\U0001ffff" or unicodedata.category(character) == "So"


def _few_marks(line: str) -> str:
    """A line in which no more than `MOST_MARKS` combining marks follow each other, and none comes first."""
    if line.isascii():
        return line
    kinds = line.translate(_KINDS)
    for pattern in (_MARKS_AT_START, _MARKS_IN_A_ROW):
        for run in reversed(list(pattern.finditer(kinds))):
            line = line[: run.start("surplus")] + line[run.end() :]
            kinds = kinds[: run.start("surplus")] + kinds[run.end() :]
    return line
