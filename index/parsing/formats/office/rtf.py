"""RTF → headings, paragraphs, list items, rows of tables and footnotes in the order of the page."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from index.parsing.formats.office.rtf_paragraphs import Paragraphs
from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import one_line
from index.parsing.text.writer import BlockWriter

_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n\x00]+|([^\\{}\r\n\x00]+)|.",
    re.DOTALL,
)
_CODE_PAGES = {  # of the fonts' character sets
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    134: "gbk",
    136: "big5",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}
_CHARACTERS = {
    "tab": "\t",
    "emdash": "—",
    "endash": "–",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "emspace": " ",
    "enspace": " ",
    "qmspace": " ",
}
_SYMBOLS = {"~": " ", "_": "-", "{": "{", "}": "}", "\\": "\\"}
# Parts that show no text; so do all that begin with \*, but those in _READ.
_SKIPPED = frozenset(
    "colortbl pict nonshppict header headerl headerr headerf footer footerl footerr footerf sp tc xe rxe annotation "
    "author operator subject keywords doccomm company creatim revtim printim buptim hlinkbase category manager "
    "nextfile filetbl private falt panose listtable listoverridetable ftnsep ftnsepc ftncn aftnsep aftnsepc".split()
)
_READ = frozenset("shpinst shptxt fldinst footnote".split())
_SHOWN = frozenset(("text", "mark", "footnote"))
_HEADING_STYLE = re.compile(r"heading (\d)", re.IGNORECASE)
_ADDRESS = re.compile(r'HYPERLINK\s+"([^"]+)"')


@dataclass(slots=True)
class _State:
    """The state inside a group: where its text goes, how it looks, and of what kind its paragraph is."""

    target: str = "text"  # "mark" of a list item, "footnote", the name of a part, or empty where nothing is shown
    link: str = ""
    font: int = -1
    fallback: int = 1  # characters that stand in for one of Unicode
    is_bold: bool = False
    is_hidden: bool = False
    script: str = ""  # "super" or "sub"
    style: int = 0
    level: int = 0  # of a heading; 0 for other paragraphs
    in_table: bool = False


def parse_rtf(data: bytes) -> Parsed:
    """Parse an RTF document. Hidden and deleted text, headers and footers are left out."""
    builder = TextBuilder()
    paragraphs = Paragraphs(BlockWriter(builder))
    reading = _Reading(paragraphs)
    reading.read(data.decode("latin-1"))
    title = one_line(reading.parts.get("title", ""))
    return builder.build(title=title or paragraphs.title or builder.first_heading())


class _Reading:
    """Reads the tokens of a file one after the other. `parts` are the texts that are no part of the page, by name."""

    def __init__(self, paragraphs: Paragraphs) -> None:
        self.parts: dict[str, str] = {}
        self.paragraphs = paragraphs
        self.state = _State()
        self._stack: list[_State] = []
        self._bytes = bytearray()  # text that is not decoded yet
        self._text = ""  # decoded, not handed on yet
        self._skip = 0  # characters that stand in for one of Unicode
        self._is_starred = False
        self._code_page = "cp1252"
        self._fonts: dict[int, str] = {}  # their code pages
        self._styles: dict[int, tuple[int, bool]] = {}  # the level of headings, and whether it is the title's

    def read(self, source: str) -> None:
        """Read a file, whose characters are its bytes."""
        position = 0
        while found := _TOKEN.match(source, position):
            position = found.end()
            word, number, code, sign, brace, text = found.groups()
            if text or code:
                self._add(text.encode("latin-1") if text else bytes.fromhex(code))
            elif brace:
                self._flush()
                self._open() if brace == "{" else self._close()
            elif sign:
                self._read_sign(sign)
            elif word == "bin":  # bytes that are no text
                position += max(int(number or 0), 0)
            elif word:
                self._read_word(word, int(number) if number else None)
        self._flush()
        self.state.target = "text"  # also of a file with a brace too many, or too few
        self.end_paragraph()
        self.paragraphs.finish()

    def end_paragraph(self) -> None:
        """End a paragraph of the page; those of notes and marks are a line."""
        state = self.state
        if state.target == "text":
            level, is_title = self._styles.get(state.style, (0, False))
            self.paragraphs.end(level=state.level or level, is_title=is_title, in_table=state.in_table)
        else:
            self._say(" ")

    def _say(self, text: str) -> None:
        self._text += text
        self._flush()

    def _add(self, text: bytes) -> None:
        skipped = min(self._skip, len(text))
        self._skip -= skipped
        self._bytes += text[skipped:]

    def _decode(self) -> None:
        if self._bytes:
            page = self._fonts.get(self.state.font, self._code_page)
            self._text += self._bytes.decode(page, errors="replace")
            self._bytes.clear()

    def _flush(self) -> None:
        """Hand on the text that was read."""
        self._decode()
        text, self._text = self._text, ""
        state = self.state
        if not text or state.is_hidden or not state.target:
            return
        if not text.isascii():  # two numbers make one character beyond the first 65,536
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", errors="replace")
        if state.target in _SHOWN:
            self.paragraphs.add(
                text, target=state.target, is_strong=state.is_bold, link=state.link, script=state.script
            )
        else:
            self.parts[state.target] = self.parts.get(state.target, "") + text

    def _open(self) -> None:
        self._stack.append(replace(self.state))
        self._skip, self._is_starred = 0, False

    def _close(self) -> None:
        ended, self.state = self.state, self._stack.pop() if self._stack else _State(target="")
        self._skip = 0
        if ended.target == "stylesheet":
            name = self.parts.pop("stylesheet", "").strip("; ")
            is_title, found = name.lower() == "title", _HEADING_STYLE.fullmatch(name)
            level = ended.level or (int(found[1]) if found else 1 if is_title else 0)
            self._styles.setdefault(ended.style, (level, is_title))
        elif ended.target == "footnote" != self.state.target:
            self.paragraphs.end_note()

    def _read_sign(self, sign: str) -> None:
        if sign == "*":
            self._is_starred = True
        elif sign in "\r\n":
            self._flush()
            self.end_paragraph()
        elif sign in _SYMBOLS:
            self._flush()
            self._say(_SYMBOLS[sign])

    def _read_word(self, word: str, number: int | None) -> None:
        if word == "u":
            self._decode()
            self._text += chr((number or 0) % 0x10000)
            self._skip = self.state.fallback
            return
        self._flush()
        is_starred, self._is_starred = self._is_starred, False
        if word in _SKIPPED or (is_starred and word not in _READ):
            self.state.target = ""
        elif word in _CHARACTERS:
            self._say(_CHARACTERS[word])
        elif word in _WORDS:
            _WORDS[word](self, number)

    def set_code_page(self, number: int | None) -> None:
        """Set the code page of the document."""
        self._code_page = _known(f"cp{number}", self._code_page)

    def set_character_set(self, number: int | None) -> None:
        """Set the code page of the font that the table of fonts describes."""
        if number in _CODE_PAGES:
            self._fonts[self.state.font] = _known(_CODE_PAGES[number], self._code_page)

    def begin_result(self, _: int | None) -> None:
        """Begin what a field shows: the words of a link."""
        address = _ADDRESS.search(self.parts.pop("fldinst", ""))
        self.state.link = address[1] if address else ""

    def refer_to_note(self, _: int | None) -> None:
        """Write the number of a footnote, on the page but not in the footnote."""
        if self.state.target == "text":
            self.paragraphs.refer_to_note()

    def begin_paragraph(self, _: int | None) -> None:
        """Forget what kind of paragraph the one before was."""
        self.state.style, self.state.level, self.state.in_table = 0, 0, False

    def begin_plain(self, _: int | None) -> None:
        """Forget how the text before looked."""
        self.state.is_bold = self.state.is_hidden = False
        self.state.script = ""

    def on_page(self, action: Callable[[], None]) -> None:
        """Do something with the paragraph, unless the place is not on the page."""
        if self.state.target == "text":
            action()


def _known(code_page: str, default: str) -> str:
    try:
        codecs.lookup(code_page)
    except LookupError:
        return default
    return code_page


def _set(name: str, value: Callable[[int | None], object]) -> Callable[[_Reading, int | None], None]:
    """Return an action that sets a field of the state to what `value` makes of the word's number."""
    return lambda reading, number: setattr(reading.state, name, value(number))


def _part(name: str) -> Callable[[_Reading, int | None], None]:
    return _set("target", lambda _: name)


_WORDS: Mapping[str, Callable[[_Reading, int | None], None]] = {
    "par": lambda reading, _: reading.end_paragraph(),
    "sect": lambda reading, _: reading.end_paragraph(),
    "page": lambda reading, _: reading.end_paragraph(),
    "line": lambda reading, _: reading.on_page(reading.paragraphs.break_line),
    "cell": lambda reading, _: reading.on_page(reading.paragraphs.end_cell),
    "row": lambda reading, _: reading.on_page(reading.paragraphs.end_row),
    "nestcell": lambda reading, _: reading.paragraphs.add(" ", target=reading.state.target, is_strong=False, link=""),
    "pard": _Reading.begin_paragraph,
    "plain": _Reading.begin_plain,
    "intbl": _set("in_table", lambda _: True),
    "outlinelevel": _set("level", lambda number: (number or 0) + 1 if (number or 0) < 9 else 0),
    "s": _set("style", lambda number: number or 0),
    "b": _set("is_bold", lambda number: number != 0),
    "super": _set("script", lambda number: "super" if number != 0 else ""),
    "sub": _set("script", lambda number: "sub" if number != 0 else ""),
    "nosupersub": _set("script", lambda _: ""),
    "v": _set("is_hidden", lambda number: number != 0),
    "deleted": _set("is_hidden", lambda number: number != 0),
    "uc": _set("fallback", lambda number: min(max(number or 0, 0), 100)),
    "f": _set("font", lambda number: number or 0),
    "ansicpg": _Reading.set_code_page,
    "fcharset": _Reading.set_character_set,
    "fonttbl": _part("fonttbl"),
    "stylesheet": _part("stylesheet"),
    "info": _part("info"),
    "title": _part("title"),
    "fldinst": _part("fldinst"),
    "fldrslt": _Reading.begin_result,
    "listtext": _part("mark"),
    "pntext": _part("mark"),
    "footnote": _part("footnote"),
    "chftn": _Reading.refer_to_note,
}
