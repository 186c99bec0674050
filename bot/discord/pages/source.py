"""A footnote in its surroundings, as Sources shows it. Pure: what is shown is what the journal has kept."""

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
LONGEST_QUOTE = LONGEST_DESCRIPTION  # characters that are looked at
WIDTHS = (400, 200, 100, 0)  # characters shown around a quote: as many as there is room for


def source_page(entry: JournalEntry, position: int, note: str = "", shown: Sequence[int] | None = None) -> Page:
    """The source at `position` (from 0) of an entry: the words around it, with the quote in bold, and its place.

    `note` is a line of ours that stands above, such as that the document has changed. `shown` are the positions that
    may be seen here (all for None): only these are counted. Raises IndexError where there is no such source.
    """
    source = entry.sources[position]
    citation = source.citation
    positions = sorted({position, *(range(len(entry.sources)) if shown is None else shown)})
    order = f"{positions.index(position) + 1} of {len(positions)}"
    is_passage = entry.outcome == "nothing"
    above = f"⚠️ {cut(note, LONGEST_NOTE)}\n\n" if note else ""
    where = footnote_lines(citation, "", 0, LONGEST_VALUE)
    return Page(
        title=f"Passage {order}" if is_passage else f"[{citation.number}] {title_of(citation)}",
        description=above + _surroundings(source, LONGEST_DESCRIPTION - length(above)),
        fields=(Field(title_of(citation) if is_passage else "Where it stands", where),),
        footer="" if is_passage else order,
    )


def _surroundings(source: Source, limit: int) -> str:
    """The quote between as many of the words around it as there is room for."""
    shown = "…"
    for width in WIDTHS:
        shown = _rendered(_narrowed(source, width)) or "…"
        if length(shown) <= limit:
            return shown
    return cut(shown, limit)


def _narrowed(source: Source, width: int) -> Source:
    """The source with at most `width` characters before and after the quote, cut at words."""
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
    """The quote in bold between the words around it, line by line as in the document."""
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
        else:  # in one go: what is harmless on either side may not be when it meets
            lines.append(escaped(text[first:last]))
    shown = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
    return f"{'… ' if source.cut_before else ''}{shown}{' …' if source.cut_after else ''}"


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Where each line starts and ends."""
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, start + len(line)
        start += len(line)
