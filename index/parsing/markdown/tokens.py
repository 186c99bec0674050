"""Set up markdown-it so that every inline token knows the line of the file that it came from."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline


@cache
def markdown_parser() -> MarkdownIt:
    """Return the parser for CommonMark with tables and strikethrough; inline tokens carry `meta["line"]`, from 0."""
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
