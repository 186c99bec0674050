"""Decode a file's bytes into text: Unicode where it is visibly Unicode, else the most likely older encoding."""

from __future__ import annotations

import re

from index.errors import UnreadableDocument

LONGEST_TEXT = 50_000_000  # characters of one document
MOST_CONTROL_CHARACTERS = 0.01  # a larger share of those never in text means that the bytes are none
DECODING_SAMPLE = 100_000  # bytes that an encoding is guessed from

_BYTE_ORDER_MARKS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_WESTERN = frozenset("ca da de en es fi fr ga gl is it nl nn no pt sv".split())
_CENTRAL_EUROPEAN = frozenset("cs hr hu pl sk sl".split())
_OTHER_LATIN = {"tr": "cp1254", "et": "cp1257", "lt": "cp1257", "lv": "cp1257"}
_HIRAGANA = re.compile("[\u3041-\u3096]")
# How é and ü of MS-DOS (0x82, 0x81) and of old Macs (0x8e, 0x9f) look in cp1252: inside a word they give those away.
_NO_WESTERN_WORD = re.compile(
    "[a-z][\u201a\u0192\u201e\u2020\u2021\u02c6\u2030\u2039\u203a\u2022\u2122\u017d\u0178][a-z]"
)
_LATIN_9 = re.compile("[a-zß-ÿ]½|½[a-zß-ÿ]|¤ ?[0-9]|[0-9] ?¤")  # œ and € of ISO-8859-15 as they look in cp1252

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
    sample = data[:DECODING_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) > len(sample) // 5 and min(even, odd) < max(even, odd) // 10:  # a mark is missing
        return _try_decoding(data, "utf-16-be" if even > odd else "utf-16-le")
    return _try_decoding(data, "utf-8")


def _decode_guessing(data: bytes) -> str:
    """`data` in the most likely of the encodings from before Unicode.

    The guess by statistics is good where most letters lie outside ASCII (Cyrillic, Greek, Japanese, Chinese). A few
    accents among ASCII letters are too little for it, while the language of the text settles what they are.
    """
    from charset_normalizer import from_bytes

    sample = data[:DECODING_SAMPLE]
    for encoding in ("cp932", "euc_jp"):
        japanese = _try_decoding(data, encoding) or ""
        if len(_HIRAGANA.findall(japanese)) > 0.1 * len(japanese):  # no wrongly decoded text has so much of it
            return japanese
    western = data.decode("cp1252", errors="replace")
    letters = sum(map(str.isalpha, western[:DECODING_SAMPLE]))
    if 0 not in data and sum(byte >= 0x80 for byte in sample) < 0.4 * letters:
        latin = _latin_encoding(western, sample)
        if latin and (text := _try_decoding(data, latin)) is not None:
            return text
    guess = from_bytes(sample).best()
    if guess is not None:
        return data.decode(guess.encoding, errors="replace")
    if "\ufffd" not in western:
        return western
    raise UnreadableDocument("is not text: it looks like binary data, or is in an encoding unknown here")


def _latin_encoding(western: str, sample: bytes) -> str | None:
    """The encoding of a text in Latin letters, told by its language; `western` is the text as cp1252 has it."""
    from index.parsing.language import detect_language

    language = detect_language(western)
    has_windows_signs = re.search(rb"[\x80-\x9f]", sample) is not None
    if language in _CENTRAL_EUROPEAN:
        polish_a = language == "pl" and b"\xb9" in sample  # cp1250's; in ISO-8859-2 it is a letter of Czech
        return "cp1250" if has_windows_signs or polish_a else "iso8859-2"
    if language in _OTHER_LATIN:
        return _OTHER_LATIN[language]
    if (language is not None and language not in _WESTERN) or _NO_WESTERN_WORD.search(western):
        return None
    return "iso8859-15" if _LATIN_9.search(western) and not has_windows_signs else "cp1252"


def _try_decoding(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):  # LookupError: no such encoding
        return None
