"""Write the tokens of a Markdown file as text with blocks, marks, headings and line numbers."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from index.parsing.html.walk import HtmlWalk
from index.parsing.markdown.inline_syntax import clean_inline
from index.parsing.text.cleaning import one_line
from index.parsing.text.inline import InlineText
from index.parsing.text.writer import BlockWriter
from index.types import MarkKind

if TYPE_CHECKING:
    from markdown_it.token import Token

_HTML_UNSEEN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_HTML_TAG = re.compile(r"</?[A-Za-z!?][^<>]*>")
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_SCRIPT_TAG = re.compile(r"<(/?)(sup|sub)\b[^<>]*>", re.IGNORECASE)
_INLINE_TAG = re.compile(r"<(/?)(a|b|strong|code|kbd|samp)\b(?:[^<>]*?\bhref=[\"']?([^\"'\s<>]+))?", re.IGNORECASE)
_TAG_MARKS: dict[str, MarkKind] = {
    "a": "link",
    "b": "strong",
    "strong": "strong",
    "code": "code",
    "kbd": "code",
    "samp": "code",
}
_LANGUAGE = re.compile(r"[{.\s]*([\w+#.-]+)")


class MarkdownWalk:
    """Writes the blocks of a token stream, which is flat: openings and closings with what lies between.

    `first_line` is the line of the file that the tokens' line 0 stands at.
    """

    def __init__(self, writer: BlockWriter, *, first_line: int) -> None:
        self._writer = writer
        self._first_line = first_line
        self._heading: int | None = None  # the level of the heading we are in
        self._row: list[InlineText] | None = None  # the cells of the table row we are in
        self._in_header = False

    def walk(self, tokens: list[Token]) -> None:
        """Write all of `tokens`."""
        for token in tokens:
            match token.type:
                case "inline":
                    self._write_inline(token)
                case "fence" | "code_block":
                    self._write_code(token)
                case "html_block":
                    self._write_html(token)
                case _:
                    self._open_or_close(token)

    def _open_or_close(self, token: Token) -> None:
        writer = self._writer
        match token.type:
            case "heading_open":
                self._heading = int(token.tag[1:])
            case "heading_close":
                self._heading = None
            case "bullet_list_open" | "ordered_list_open":
                writer.open_list(int(token.attrs.get("start", 1)) if token.tag == "ol" else None)
            case "bullet_list_close" | "ordered_list_close":
                writer.close_list()
            case "list_item_open":
                writer.open_item()
            case "list_item_close":
                writer.close_item()
            case _:
                self._open_or_close_container(token)

    def _open_or_close_container(self, token: Token) -> None:
        writer = self._writer
        is_quote = token.tag == "blockquote" or (token.meta.get("paired") and token.meta["label"] is not None)
        match token.type:
            case "container_open" if token.meta.get("is_definition"):
                term = InlineText()
                self._add_inline(term, token.meta["term"])
                writer.builder.open("definition", one_line(term.text))
            case "container_close" if token.meta["key"] == "definition":
                writer.builder.close()
            case "blockquote_open" | "container_open" if is_quote:
                writer.builder.open("quote", token.meta.get("label", ""))
            case "blockquote_close" | "container_close" if is_quote:
                writer.builder.close()
            case "table_open":
                writer.open_table()
            case "table_close":
                writer.close_table()
            case "thead_open" | "thead_close":
                self._in_header = token.type == "thead_open"
            case "tr_open":
                self._row = []
            case "tr_close":
                writer.row(self._row or [], is_header=self._in_header)
                self._row = None

    def _write_inline(self, token: Token) -> None:
        inline = InlineText()
        if self._row is not None:
            self._add_inline(inline, token, break_with=" ")
            self._row.append(inline)
            return
        role = token.meta.get("role", "")
        if role in ("title", "label"):
            inline.open("strong")
        self._add_inline(inline, token)
        inline.close("strong")
        if self._heading is not None:
            self._writer.heading(self._heading, inline, anchor=token.meta.get("anchor", ""))
        else:
            self._writer.paragraph(inline, label=role if role in ("question", "label") else "")

    def _add_inline(self, inline: InlineText, token: Token, break_with: str = "\n") -> None:
        """Add the text of an inline token; a soft break becomes a space, a hard one `break_with`."""
        first = self._first_line + (token.map[0] if token.map else 0)
        for child in token.children or []:
            match child.type:
                case "link_open":
                    inline.open("link", str(child.attrs.get("href", "")))
                case "strong_open":
                    inline.open("strong")
                case "link_close":
                    inline.close("link")
                case "strong_close":
                    inline.close("strong")
                case "code_inline":
                    inline.begin_line(first + child.meta["line"])
                    inline.add_code(child.content)
                case "html_inline" if not _LINE_BREAK.match(child.content):
                    _add_tag(inline, child.content)
                case _:
                    text = _text_of(child, break_with)
                    if text == "\n":
                        inline.break_line()
                    elif text:
                        inline.begin_line(first + child.meta["line"])
                        inline.add(text)
        inline.close_script()  # a tag at the end of a paragraph goes with those of blocks

    def _write_code(self, token: Token) -> None:
        """Code as it stands in the file."""
        first = self._first_line + (token.map[0] if token.map else 0) + (token.type == "fence")
        language = _LANGUAGE.match(token.info)
        self._writer.code(
            token.content.rstrip("\n").split("\n"),
            language=language[1] if language else "",
            first_line=first + token.meta.get("skipped", 0),
        )

    def _write_html(self, token: Token) -> None:
        """Elements of HTML; what is no tree that can be read gives the words between its tags."""
        first = self._first_line + (token.map[0] if token.map else 0)
        # What goes leaves its line ends, so that the count stays right.
        source = _HTML_UNSEEN.sub(lambda match: "\n" * match[0].count("\n"), token.content)
        if "<" in source:
            if one_line(_HTML_TAG.sub("", source)):
                _write_elements(self._writer, clean_inline(source, is_jsx=False, references={}), first)
            return
        for number, line in enumerate(source.split("\n"), first):
            inline = InlineText()
            inline.begin_line(number)
            inline.add(one_line(html.unescape(line)))
            self._writer.paragraph(inline)


def _write_elements(writer: BlockWriter, source: str, first_line: int) -> None:
    from lxml import html as lxml_html  # type: ignore[import-untyped]

    parser = lxml_html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    body = lxml_html.document_fromstring(f"<div>{source}</div>", parser=parser)
    HtmlWalk(writer, first_line=first_line).walk(body)


def _add_tag(inline: InlineText, tag: str) -> None:
    """Open or close the mark that an inline tag of HTML makes."""
    if script := _SCRIPT_TAG.match(tag):
        if script[1]:
            inline.close_script()
        else:
            inline.open_script(is_raised=script[2].lower() == "sup")
    found = _INLINE_TAG.match(tag)
    if found:
        kind = _TAG_MARKS[found[2].lower()]
        if found[1]:
            inline.close(kind)
        elif kind != "link" or found[3]:
            inline.open(kind, found[3] or "")


def _text_of(child: Token, break_with: str) -> str:
    """Return what a reader sees of an inline token."""
    if child.type == "softbreak":
        return " "
    if child.type == "hardbreak" or (child.type == "html_inline" and _LINE_BREAK.match(child.content)):
        return break_with
    return child.content if child.type in ("text", "text_special") else ""
