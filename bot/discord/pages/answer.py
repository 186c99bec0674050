"""Show answers in Discord: the answer, the closest section, or a line that says that there is nothing. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.answering.wording import introduction, more_text, unanswered_text
from bot.blocks import AnswerBlock
from bot.config.prompts import Prompts
from bot.discord.pages.blocks import Unit, block_units
from bot.discord.pages.page import (
    LARGEST_EMBED,
    LONGEST_CONTENT,
    LONGEST_NAME,
    LONGEST_VALUE,
    MOST_FIELDS,
    Field,
    Page,
)
from bot.discord.text.amounts import counted
from bot.discord.text.footnotes import LINK_TEXT, footnote_lines, markers, quotation, title_of, titled_place
from bot.discord.text.markdown import link
from bot.discord.text.splitting import cut, excerpt, length, packed
from bot.types import JournalEntry, More, Source
from bot.wording import disagreement_text

LONGEST_QUESTION = 300
LONGEST_SAID = 100  # of a value that documents disagree about
LONGEST_EXCERPT = 300

UNSURE = "⚠️"


def answer_pages(entry: JournalEntry, prompts: Prompts, *, embeds: bool) -> list[Page]:
    """Return an entry as messages: its answer, what comes closest, or one line if there is nothing.

    The sources are in the last message: as fields of an embed, or as lines of text if `embeds` is false. The nearest
    passages of an entry without an answer are not shown: they are under Sources.
    """
    units = [*_head(entry, prompts)]
    if entry.outcome != "nothing":
        units += [*block_units(entry.blocks, entry.sources), *_below(entry)]
        units += [] if embeds else _sources_as_text(entry)
    pages = [Page(content=content) for content in packed(units, LONGEST_CONTENT)] or [Page(content="…")]
    if embeds and entry.sources and entry.outcome != "nothing":
        pages[-1] = replace(_sources_as_embed(entry), content=pages[-1].content)
    return pages


def _head(entry: JournalEntry, prompts: Prompts) -> Iterator[Unit]:
    """Yield what has to be known before the answer is read. Others don't see the words of a command."""
    if entry.outcome != "nothing" and _is_unseen(entry):
        yield "", f"-# asked: {excerpt(entry.question.text, LONGEST_QUESTION) or '…'}"
    if entry.question.surface == "wider" and entry.outcome == "nothing":
        yield "\n", "Searched wider, and still:"
    elif entry.question.surface == "wider" and entry.outcome == "answered":
        percent = min(99, max(1, round(100 * entry.confidence)))
        yield "\n", f"Found by searching wider. I am {percent}% sure."
    if entry.searched.split() != entry.question.text.split():
        yield "\n", f"-# searched: {excerpt(entry.searched, LONGEST_QUESTION) or '…'}"
    question = excerpt(entry.searched, LONGEST_QUESTION) or "…"
    line = introduction(entry.outcome, entry.note, prompts, question=question, has_passages=bool(entry.sources))
    if line:
        yield "\n", f"{UNSURE} {line}" if entry.outcome == "closest" else line


def _is_unseen(entry: JournalEntry) -> bool:
    """True if others see the answer but not the question: Discord shows only the name of a command."""
    return (
        entry.question.surface in ("command", "wider")
        and entry.question.server is not None
        and not entry.question.private
    )


def _below(entry: JournalEntry) -> Iterator[Unit]:
    """Yield what was left out, what was not answered, and what the documents disagree about."""
    if entry.more is not None:
        yield "\n\n", _more(entry.more, entry)
    if entry.unanswered:
        parts = [excerpt(part, LONGEST_QUESTION) or "…" for part in entry.unanswered]
        yield "\n\n", unanswered_text(parts)
    for disagreement in entry.disagreements:
        yield (
            "\n\n",
            disagreement_text(
                disagreement, lambda number: markers({number: None}), lambda value: excerpt(value, LONGEST_SAID) or "…"
            ),
        )


def _more(more: More, entry: JournalEntry) -> str:
    """Return the line about what was left out, with a link to the page of the last block of that kind."""
    number = next((block.citation for block in reversed(entry.blocks) if block.kind == more.kind), 1)
    url = next((source.citation.url for source in entry.sources if source.citation.number == number), None)
    linked = link(LINK_TEXT, url)
    return f"-# {more_text(more)} · {linked if linked != LINK_TEXT else 'see Sources'}"


def _sources_as_text(entry: JournalEntry) -> Iterator[Unit]:
    """Yield a line of small print for each footnote, below the answer."""
    separator = "\n\n"
    for source in entry.sources:
        citation = source.citation
        line = f"-# {markers({citation.number: citation.url})} {titled_place(citation)}"
        quote = quotation(_unsaid(source, entry.blocks), LONGEST_EXCERPT)
        yield separator, f"{line}: {quote}" if quote else line
        separator = "\n"


def _sources_as_embed(entry: JournalEntry) -> Page:
    shown = entry.sources[:MOST_FIELDS]
    room = LARGEST_EMBED // (len(shown) + 1)
    fields = tuple(_source_field(source, entry.blocks, room) for source in shown)
    more = len(entry.sources) - len(shown)
    return Page(fields=fields, footer=f"{counted(more, 'more footnote')} under Sources" if more else "")


def _unsaid(source: Source, blocks: Sequence[AnswerBlock]) -> str:
    """Return the quote of a footnote; nothing if the blocks of the answer already contain it."""
    quote = "".join(source.citation.quote.split())
    said = ["".join(block.text.split()) for block in blocks if block.citation == source.citation.number]
    return "" if said and all(words in quote for words in said) else source.citation.quote


def _source_field(source: Source, blocks: Sequence[AnswerBlock], room: int) -> Field:
    """Return a field whose name and value have at most `room` code units together (at least 220)."""
    citation = source.citation
    name = cut(f"[{citation.number}] {title_of(citation)}", min(LONGEST_NAME, room // 3))
    value_room = min(LONGEST_VALUE, room - length(name))
    return Field(name, footnote_lines(citation, _unsaid(source, blocks), value_room, value_room))
