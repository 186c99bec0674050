"""Decode a file's bytes into text: Unicode where it is visibly Unicode, else the most likely older encoding."""

from __future__ import annotations

import re
from collections import Counter

from index.errors import UnreadableDocument

LONGEST_TEXT = 50_000_000  # characters of one document
MOST_CONTROL_CHARACTERS = 0.01  # a larger share of those never in text means that the bytes are none
DECODING_SAMPLE = 100_000  # bytes that an encoding is guessed from
LONGEST_SENTENCE = 1_000  # bytes before the first one outside ASCII that may belong to its sentence
MOST_OF_A_TEXT = 0.95  # of its characters belong to one or two alphabets

_BYTE_ORDER_MARKS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# The encodings before Unicode of a text in Latin letters. Where the letters outside ASCII are few, any other encoding
# would make words of them as well.
_LATIN = "cp1252 iso8859-15 cp1250 iso8859-2 cp1254 cp1257".split()
_OLD_LATIN = "cp850 mac_roman cp437 cp852".split()  # of MS-DOS and of old Macs
# How é and ü of MS-DOS (0x82, 0x81) and of old Macs (0x8e, 0x9f) look in cp1252: inside a word they give those away.
_OLD_LATIN_WORD = re.compile(
    "[a-z][\u201a\u0192\u201e\u2020\u2021\u02c6\u2030\u2039\u203a\u2022\u2122\u017d\u0178\ufffd][a-z]",
    re.IGNORECASE,
)
# Letters outside ASCII in a row, in most of their words; words in Cyrillic or Greek hold no others.
_LONGEST_ACCENTS = 2
_HIGH = re.compile(rb"[\x80-\xff]+")
_SENTENCE_END = re.compile(rb"(?<=[.!?]) |\n")
_MOST_BAD = 0.02  # of the characters outside ASCII: a text with more that are no UTF-8 is in another encoding

# Terminals and printers use the bell, the backspace, the form feed and the escape: they are seen in logs.
_NEVER_IN_TEXT = [*map(chr, range(7)), *map(chr, range(0x0E, 0x1B)), *map(chr, range(0x1C, 0x20)), "\x7f"]


def decode(data: bytes, declared: str | None = None) -> str:
    """Return the text of `data`, which is in `declared` encoding unless it is visibly in UTF-8 or UTF-16.

    Raises UnreadableDocument where the bytes are no text in any encoding, or too many.
    """
    if len(data) > 4 * LONGEST_TEXT:
        raise UnreadableDocument(f"is longer than {LONGEST_TEXT:,} characters; split it into smaller files")
    text = _decode_unicode(data)
    if text is None and declared:
        text = _try_decoding(data, "cp1252" if declared.lower() in ("iso-8859-1", "latin-1", "ascii") else declared)
    if text is None:
        text = _decode_guessing(data)
    if sum(map(text.count, _NEVER_IN_TEXT)) > MOST_CONTROL_CHARACTERS * len(text):
        raise UnreadableDocument("is not text: it looks like binary data")
    if len(text) > LONGEST_TEXT:
        raise UnreadableDocument(f"is longer than {LONGEST_TEXT:,} characters; split it into smaller files")
    return text


def _decode_unicode(data: bytes) -> str | None:
    """`data` decoded if it is in one of Unicode's encodings; None if not."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _try_decoding(data, encoding)
    if b"\x1b$" in data and (text := _try_decoding(data, "iso2022_jp")) is not None:
        return text
    unpadded = data.strip(b"\0")  # what is left of a file that a system had not finished writing
    if 0 not in unpadded:
        return _decode_utf8(unpadded) or _without_mark(unpadded)
    return _without_mark(data)


def _without_mark(data: bytes) -> str | None:
    """`data` decoded if it is UTF-32 or UTF-16 without a byte order mark; None if not.

    Control characters, which no text has so many of, are the upper half of its letters then, or zeros.
    """
    sample = data[:DECODING_SAMPLE]
    if 10 * sum(map(sample.count, range(9))) < len(sample):
        return None
    for encoding in ("utf-32-le", "utf-32-be"):
        text = _try_decoding(data, encoding)
        if text is not None:
            return text
    found = [text for encoding in ("utf-16-le", "utf-16-be") if (text := _try_decoding(data, encoding))]
    best = max(found, key=_likeness_to_text, default=None)
    return best if best is not None and _likeness_to_text(best) > MOST_OF_A_TEXT else None


def _likeness_to_text(text: str) -> float:
    """The share of letters, figures, spaces and common signs that belong to one or two alphabets."""
    sample = text[:1_000]
    alphabets = Counter(ord(sign) >> 8 for sign in sample if not sign.isascii()).most_common(2)
    known = sum(sign.isascii() and (sign.isprintable() or sign.isspace()) for sign in sample)
    return (known + sum(count for _, count in alphabets)) / max(1, len(sample))


def _decode_utf8(data: bytes) -> str | None:
    """`data` decoded if it is UTF-8, but for a few bad bytes, which become the sign for that (U+FFFD)."""
    whole = _try_decoding(data, "utf-8")
    if whole is not None:  # U+FFFD may stand in it, too
        return whole
    text = data.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    outside = sum(not sign.isascii() for sign in text[:DECODING_SAMPLE] if sign != "\ufffd")
    return text if bad <= max(1, _MOST_BAD * outside) and outside > bad else None


def _decode_guessing(data: bytes) -> str:
    """`data` in the most likely of the encodings from before Unicode.

    Only the sentences with letters outside ASCII are looked at: English around them says nothing of their encoding.
    """
    import chardet

    if 0 in data:
        raise UnreadableDocument("is not text: it looks like binary data")
    first = _HIGH.search(data)
    begin = max(0, first.start() - LONGEST_SENTENCE) if first else 0
    looked_at = data[begin : begin + DECODING_SAMPLE]
    sample = b"\n".join(part for part in _SENTENCE_END.split(looked_at) if _HIGH.search(part))
    runs = [len(run) for run in _HIGH.findall(sample)]
    in_long_runs = sum(run for run in runs if run > _LONGEST_ACCENTS)
    is_latin = in_long_runs < 0.4 * sum(runs) < 0.16 * len(sample)
    guess = chardet.detect(
        sample or looked_at,
        prefer_superset=False,
        compat_names=False,
        include_encodings=_latin_encodings(sample) if is_latin else None,
    )
    if guess["encoding"] is None:
        raise UnreadableDocument("is not text: it looks like binary data, or is in an encoding unknown here")
    return data.decode(guess["encoding"], errors="replace")


def _latin_encodings(sample: bytes) -> list[str]:
    """The encodings that a text in Latin letters may be in."""
    has_old_words = _OLD_LATIN_WORD.search(sample.decode("cp1252", errors="replace"))
    return [*_LATIN, *_OLD_LATIN] if has_old_words else _LATIN


def _try_decoding(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):  # LookupError: no such encoding
        return None
