"""Markdown → reading text, with the line of the file that each stretch of it stands at."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from index.parsing.formats.text import Parsed, TextBuilder, clean, decode, one_line

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.{0,50000}?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FRONT_MATTER_LINE = re.compile(r"^([A-Za-z_-]+):[ \t]+(.+)$", re.MULTILINE)
_ADDRESS_KEYS = ("url", "link", "canonical_url")
_HTML_UNSEEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)|</?[A-Za-z!?][^>]*>", re.DOTALL | re.IGNORECASE
)
_MANY_SPACES = re.compile(" {2,}")
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def parse_markdown(data: bytes) -> Parsed:
    """Parse Markdown (CommonMark and tables): its text without the marks of its syntax.

    Blocks are separated by blank lines; the items of a list and the rows of a table stand on a line each.
    """
    source = clean(decode(data))
    metadata, body, lines_before = split_front_matter(source)
    builder = TextBuilder()
    _MarkdownWalk(builder, first_line=lines_before + 1).walk(_markdown().parse(body, {}))
    url = next((metadata[key] for key in _ADDRESS_KEYS if key in metadata), None)
    parsed = builder.build()
    first_title = next((heading.text for heading in parsed.headings if heading.level == 1), None)
    return builder.build(metadata.get("title") or first_title, url)


def split_front_matter(source: str) -> tuple[dict[str, str], str, int]:
    """The front matter's plain values by key, the text below it, and how many lines it takes with its fences."""
    found = _FRONT_MATTER.match(source)
    if not found:
        return {}, source, 0
    metadata = _read_front_matter(found[1])
    if metadata is None:  # a text that begins with a horizontal line
        return {}, source, 0
    return metadata, source[found.end() :], source.count("\n", 0, found.end())


def _read_front_matter(block: str) -> dict[str, str] | None:
    """Its scalars by key in lower case; None if it isn't front matter. Broken YAML is read line by line instead."""
    import yaml

    try:
        # The parser of libyaml, where PyYAML was built with it: ten times as fast.
        values = yaml.load(block, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError):  # ValueError: an impossible date
        values = {key: value.strip("\"' \t") for key, value in _FRONT_MATTER_LINE.findall(block)} or "no front matter"
    if values is not None and not isinstance(values, dict):
        return None
    return {
        str(key).lower(): one_line(str(value))
        for key, value in (values or {}).items()
        if isinstance(value, str | int | float) and one_line(str(value))
    }


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    # Inline tokens know no position: these rules, which never match, note the line that each came from.
    markdown.inline.ruler.before("text", "note_lines", _note_lines)
    markdown.inline.ruler2.before("balance_pairs", "note_last_lines", _note_last_lines)
    return markdown


def _note_lines(state: StateInline, silent: bool) -> bool:
    """Before each match: tokens that came since the last time began at the place where the parser stood then."""
    if not silent:
        places = state.env.setdefault("places", {})  # (offset, line) by state: an image's description has its own
        offset, line = (0, 0) if state.pos == 0 and not state.tokens else places[id(state)]
        _note_last_lines(state)
        places[id(state)] = state.pos, line + state.src.count("\n", offset, state.pos)
    return False


def _note_last_lines(state: StateInline) -> None:
    for token in reversed(state.tokens):
        if "line" in token.meta:
            break
        token.meta["line"] = state.env["places"][id(state)][1]


class _MarkdownWalk:
    """Writes the blocks of a token stream, which is flat: openings and closings with what lies between."""

    def __init__(self, builder: TextBuilder, first_line: int) -> None:
        self._builder = builder
        self._first_line = first_line
        self._lists: list[int | None] = []  # of the lists we are in, the next item's number; None in bulleted ones
        self._prefix = ""  # what the next block begins with: the mark of its list item
        self._heading: int | None = None  # the level of the heading we are in
        self._row: list[Token] | None = None  # the cells of the table row we are in
        self._in_item_line = False  # the next block belongs to a list or table that has begun: no blank line before it

    def walk(self, tokens: list[Token]) -> None:
        """Write all of `tokens`."""
        for token in tokens:
            match token.type:
                case "inline" if self._row is not None:
                    self._row.append(token)
                case "inline":
                    self._write_block(self._inline_lines(token))
                case "fence" | "code_block":
                    self._write_block(self._code_lines(token))
                case "html_block":
                    self._write_block(self._html_lines(token))
                case _:
                    self._open_or_close(token)

    def _open_or_close(self, token: Token) -> None:
        match token.type:
            case "heading_open":
                self._heading = int(token.tag[1:])
            case "heading_close":
                self._heading = None
            case "bullet_list_open":
                self._lists.append(None)
            case "ordered_list_open":
                self._lists.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
                self._in_item_line = bool(self._lists)
                self._prefix = ""
            case "list_item_open":
                self._open_item()
            case "tr_open":
                self._row = []
            case "tr_close":
                self._write_row()
            case "table_close":
                self._in_item_line = bool(self._lists)

    def _open_item(self) -> None:
        number = self._lists[-1]
        indent = "  " * (len(self._lists) - 1)
        self._prefix = f"{indent}- " if number is None else f"{indent}{number}. "
        if number is not None:
            self._lists[-1] = number + 1

    def _write_row(self) -> None:
        """A row of a table on a line of its own; a blank line only before the first."""
        cells, self._row = self._row or [], None
        text = " | ".join(" ".join(line for _, line in self._inline_lines(cell)) for cell in cells).rstrip()
        if text.strip(" |") and cells[0].map:
            self._write_block(iter([(cells[0].map[0] + self._first_line, text)]))
            self._in_item_line = True

    def _write_block(self, lines: Iterator[tuple[int, str]]) -> None:
        """Write lines with their numbers; those of a paragraph already hold the space or line end between them."""
        fragments = [(number, fragment) for number, fragment in lines if fragment]
        text = "".join(fragment for _, fragment in fragments)
        if not text.strip():
            return
        builder = self._builder
        builder.separate("\n" if self._in_item_line else "\n\n")
        if self._heading is not None:
            builder.mark_heading(self._heading, one_line(text))
        builder.mark_line(fragments[0][0])
        builder.write(self._prefix)
        self._prefix = "  " * len(self._lists)  # of further blocks in the same item
        self._in_item_line = bool(self._lists)
        for number, fragment in fragments:
            builder.mark_line(number)
            builder.write(fragment)

    def _inline_lines(self, token: Token) -> Iterator[tuple[int, str]]:
        """The text of an inline token by lines of the file; each but the last ends in a space, or a line end."""
        first = self._first_line + (token.map[0] if token.map else 0)
        line, fragment, space = 0, "", True  # space: what is yielded so far ends in white space
        for child in token.children or []:
            text = _text_of(child)
            if text and child.meta["line"] != line and fragment:
                yield first + line, _MANY_SPACES.sub(" ", clean(fragment))
                fragment, space = "", fragment[-1].isspace()
            if text:
                line = child.meta["line"]
                fragment += text if fragment or not space else text.lstrip(" ")
        yield first + line, _MANY_SPACES.sub(" ", clean(fragment))

    def _code_lines(self, token: Token) -> Iterator[tuple[int, str]]:
        first = self._first_line + (token.map[0] if token.map else 0) + (token.type == "fence")
        lines = token.content.rstrip("\n").split("\n")
        for number, line in enumerate(lines):
            yield first + number, line + "\n" * (number < len(lines) - 1)

    def _html_lines(self, token: Token) -> Iterator[tuple[int, str]]:
        """The words between the tags; a tag over several lines leaves its line ends, so that the count stays right."""
        first = self._first_line + (token.map[0] if token.map else 0)
        text = _HTML_UNSEEN.sub(lambda match: "\n" * match[0].count("\n"), token.content)
        lines = [(first + number, one_line(html.unescape(line))) for number, line in enumerate(text.split("\n"))]
        seen = [(number, line) for number, line in lines if line]
        for position, (number, line) in enumerate(seen):
            yield number, line + "\n" * (position < len(seen) - 1)


def _text_of(child: Token) -> str:
    """What a reader sees of an inline token."""
    if child.type == "softbreak":
        return " "
    if child.type == "hardbreak" or (child.type == "html_inline" and _LINE_BREAK.match(child.content)):
        return "\n"
    return child.content if child.type in ("text", "text_special", "code_inline") else ""
