"""Show a source with the words around it, from what the journal has stored. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.discord.pages.page import LONGEST_DESCRIPTION, LONGEST_VALUE, Field, Page
from bot.discord.text.footnotes import footnote_lines, title_of
from bot.discord.text.markdown import bold, escaped
from bot.discord.text.splitting import cut, length
from bot.types import JournalEntry, Source

LONGEST_NOTE = 300
LONGEST_QUOTE = LONGEST_DESCRIPTION  # characters of a quote that are read
WIDTHS = (400, 200, 100, 0)  # characters around a quote; the largest that fits is used


def source_page(entry: JournalEntry, position: int, *, note: str = "", visible: Sequence[int] | None = None) -> Page:
    """Return the source at `position` (from 0) of an entry: the quote in bold with the words around it, and its place.

    `note` is a line above it, such as that the document has changed. `visible` are the positions that may be shown here
    (all for None): only these are counted. Raises IndexError if there is no such source.
    """
    source = entry.sources[position]
    citation = source.citation
    positions = sorted({position, *(range(len(entry.sources)) if visible is None else visible)})
    order = f"{positions.index(position) + 1} of {len(positions)}"
    is_passage = entry.outcome == "nothing"
    above = f"⚠️ {cut(note, LONGEST_NOTE)}\n\n" if note else ""
    where = footnote_lines(citation, "", 0, LONGEST_VALUE)
    return Page(
        title=f"Passage {order}" if is_passage else f"[{citation.number}] {title_of(citation)}",
        description=above + _surroundings(source, LONGEST_DESCRIPTION - length(above)),
        fields=(Field(title_of(citation) if is_passage else "Location", where),),
        footer="" if is_passage else order,
    )


def _surroundings(source: Source, limit: int) -> str:
    """Return the quote with as many of the words around it as fit."""
    shown = "…"
    for width in WIDTHS:
        shown = _rendered(_narrowed(source, width)) or "…"
        if length(shown) <= limit:
            return shown
    return cut(shown, limit)


def _narrowed(source: Source, width: int) -> Source:
    """Return the source with at most `width` characters before and after the quote, cut at words."""
    before, after = source.before, source.after
    quote = source.citation.quote
    if len(quote) > LONGEST_QUOTE:
        quote, after = quote[:LONGEST_QUOTE], ""
    if len(before) > width:
        before = re.sub(r"\A\S*\s?", "", before[len(before) - width :])
    if len(after) > width:
        after = re.sub(r"\s?\S*\Z", "", after[:width])
    return replace(
        source,
        citation=replace(source.citation, quote=quote),
        before=before,
        after=after,
        cut_before=source.cut_before or before != source.before,
        cut_after=source.cut_after or after != source.after,
    )


def _rendered(source: Source) -> str:
    """Return the quote in bold between the words around it, with the lines of the document."""
    text = source.before + source.citation.quote + source.after
    start = len(source.before)
    end = start + len(source.citation.quote)
    lines: list[str] = []
    for first, last in _lines(text):
        before, after = text[first : min(last, start)], text[max(first, end) : last]
        quote = escaped(text[max(first, start) : min(last, end)])
        if quote:
            gaps = (" " if before[-1:].isspace() else "", " " if after[:1].isspace() else "")
            lines.append(f"{escaped(before)}{gaps[0]}{bold(quote)}{gaps[1]}{escaped(after)}".strip())
        else:  # in one piece: two harmless parts may form Markdown together
            lines.append(escaped(text[first:last]))
    shown = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
    return f"{'… ' if source.cut_before else ''}{shown}{' …' if source.cut_after else ''}"


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each line."""
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, start + len(line)
        start += len(line)
