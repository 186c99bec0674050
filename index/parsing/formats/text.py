"""What all parsers share: bytes decoded, text cleaned, and a text put together with the marks that point into it.

Also the parser of plain text itself.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from index.errors import UnreadableDocument
from index.types import Heading, Line, Page

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

# Line separators that are no line end in an editor become spaces, so that line n of the text is line n of the file.
_SPACES = dict.fromkeys(map(ord, "\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029"), " ")
_DROPPED = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), 0xFEFF, 0xFFFE, 0xFFFF])
_CLEANING = {**_DROPPED, **_SPACES, ord("\t"): "\t", ord("\n"): "\n"}
_LAYOUT_CHARACTERS = dict.fromkeys((0xAD, 0x200B, 0x2060))  # soft hyphen, zero-width space, word joiner


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parser gives back: clean text with its marks, and the title and address the file itself names."""

    text: str
    title: str | None = None
    url: str | None = None
    pages: tuple[Page, ...] = ()
    headings: tuple[Heading, ...] = ()
    lines: tuple[Line, ...] = ()


@dataclass(slots=True)
class TextBuilder:
    """A text that grows at its end, and the marks set on the way.

    What is written must be clean, and must not begin with a combining character: so that the whole is NFC as well.
    """

    length: int = 0
    _parts: list[str] = field(default_factory=list)
    _pages: list[Page] = field(default_factory=list)
    _headings: list[Heading] = field(default_factory=list)
    _lines: list[Line] = field(default_factory=list)

    def write(self, text: str) -> None:
        """Append `text`."""
        self._parts.append(text)
        self.length += len(text)

    def separate(self, gap: str = "\n\n") -> None:
        """Append `gap`, unless nothing stands before it."""
        if self.length:
            self.write(gap)

    def mark_page(self, number: int) -> None:
        """What is written next stands on page `number`."""
        self._pages.append(Page(number, self.length))

    def mark_line(self, number: int) -> None:
        """What is written next stands at line `number` of the file."""
        if not self._lines or self._lines[-1].number != number:
            self._lines.append(Line(number, self.length))

    def mark_heading(self, level: int, text: str) -> None:
        """What is written next, beginning with the heading itself, stands under the heading `text`."""
        self._headings.append(Heading(self.length, min(max(level, 1), 6), text))

    def write_heading(self, level: int, text: str) -> None:
        """Append a heading as a block of its own, and mark it."""
        self.separate()
        self.mark_heading(level, text)
        self.write(text)

    def build(self, title: str | None = None, url: str | None = None) -> Parsed:
        """The text as it stands, with all marks."""
        marks = tuple(self._pages), tuple(self._headings), tuple(self._lines)
        return Parsed("".join(self._parts), title, url, *marks)


def parse_text(data: bytes) -> Parsed:
    """Parse plain text: the file's text as it stands, with a mark a line."""
    text = clean(decode(data))
    lines = [Line(1, 0)]
    lines += (Line(number, match.end()) for number, match in enumerate(re.finditer("\n", text), start=2))
    return Parsed(text, lines=tuple(lines))


def clean(text: str) -> str:
    """`text` in NFC with `\\n` line ends, and without byte order mark, surrogates and control characters but tab."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").translate(_CLEANING))


def clean_layout(text: str) -> str:
    """`text` as `clean` gives it, and without invisible marks of where a line may break."""
    return clean(text.translate(_LAYOUT_CHARACTERS))


def one_line(text: str) -> str:
    """`text` cleaned, with all runs of white space made one space."""
    return " ".join(clean_layout(text).split())


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of `data`, which is in `declared` encoding unless it is visibly in UTF-8 or UTF-16.

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
