"""Set up markdown-it: CommonMark with tables, the dialects of documentation tools, a line for every inline token."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

# Keyboards with "#" beside the space bar's modifier make this space; most programs take it for one.
_NBSP_HEADING = re.compile(r"^( {0,3}#{1,6})\u00a0", re.MULTILINE)


def markdown_tokens(source: str, *, is_jsx: bool) -> list[Token]:
    """Return the block tokens of Markdown; the children of inline tokens carry `meta["line"]`, counted from 0.

    In JSX (MDX) indentation makes no code, and expressions in braces are left out.
    """
    return _parser(is_jsx).parse(_NBSP_HEADING.sub(r"\1 ", source), {"is_jsx": is_jsx})


@cache
def _parser(is_jsx: bool) -> MarkdownIt:
    from markdown_it import MarkdownIt

    from index.parsing.markdown.arranging import arrange
    from index.parsing.markdown.dialects.block_rule import read_dialect
    from index.parsing.markdown.dialects.elements import read_raw_html

    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    if is_jsx:
        markdown.disable("code")
    interrupts = ["paragraph", "reference", "blockquote", "list"]
    markdown.block.ruler.before("table", "dialect", read_dialect, {"alt": interrupts})
    markdown.block.ruler.at("html_block", read_raw_html, {"alt": interrupts[:3]})
    markdown.core.ruler.after("block", "arrange", arrange)
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
