"""Answers and abstentions in Discord. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.config.prompts import Prompts
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
from bot.discord.text.footnotes import footnote_lines, markers, quotation, title_of, titled_place
from bot.discord.text.splitting import cut, excerpt, length, packed
from bot.types import JournalEntry, Sentence, Source
from bot.wording import disagreement_text

LONGEST_SENTENCE = 1500  # with its footnotes; what is above it in its message has to fit beside it
LONGEST_QUESTION = 300
LONGEST_SAID = 100  # of a value that documents disagree in
LONGEST_LINKS = 600  # of one sentence; its numbers are no links where they would be longer
NEAREST_SHOWN = 3
LONGEST_EXCERPT = 300

CUT_SHORT = " … (whole in Sources)"
NO_ANSWER = "None of these passages answers the question."

# A unit of text, after what separates it from the one before.
Unit = tuple[str, str]


def answer_pages(entry: JournalEntry, prompts: Prompts, embeds: bool) -> list[Page]:
    """A question's answer, or the abstention with the nearest passages, in as many messages as it takes.

    The sources are on the last one: as fields of an embed, or with `embeds` false as lines of text.
    """
    units = [*_head(entry), *(_abstention(entry, prompts) if entry.abstained else _sentences(entry))]
    if not embeds:
        units += _nearest_as_text(entry.sources) if entry.abstained else _sources_as_text(entry)
    pages = [Page(content=content) for content in packed(units, LONGEST_CONTENT)] or [Page(content="…")]
    if embeds and entry.sources:
        last = _nearest_as_embed(entry.sources) if entry.abstained else _sources_as_embed(entry)
        pages[-1] = replace(last, content=pages[-1].content)
    return pages


def _head(entry: JournalEntry) -> Iterator[Unit]:
    """What has to be known before the answer is read. A command's own words are not to be seen by others."""
    if not entry.abstained and _is_unseen(entry):
        yield "", f"-# asked: {excerpt(entry.question.text, LONGEST_QUESTION) or '…'}"
    if entry.question.surface == "wider" and entry.abstained:
        yield "\n", "Searched wider, and still:"
    elif entry.question.surface == "wider":
        percent = min(99, max(1, round(100 * entry.confidence)))
        yield "\n", f"Found by searching wider, so take it with care: {percent}% sure."
    if entry.searched.split() != entry.question.text.split():
        yield "\n", f"-# searched: {excerpt(entry.searched, LONGEST_QUESTION) or '…'}"


def _is_unseen(entry: JournalEntry) -> bool:
    """Whether others see the answer, and not what was asked: Discord shows no more of a command than its name."""
    return (
        entry.question.surface in ("command", "wider")
        and entry.question.server is not None
        and not entry.question.private
    )


def _sentences(entry: JournalEntry) -> Iterator[Unit]:
    """The sentences with their numbers; a paragraph for each document."""
    citations = {source.citation.number: source.citation for source in entry.sources}
    before: str | None = None
    for sentence in entry.sentences:
        first = citations.get(sentence.citations[0]) if sentence.citations else None
        document = first.document if first is not None else before
        is_first = document != before or before is None
        before = document
        yield "\n\n" if is_first else " ", _sentence(sentence, {n: one.url for n, one in citations.items()})
    for disagreement in entry.disagreements:
        yield (
            "\n\n",
            disagreement_text(
                disagreement, lambda number: markers({number: None}), lambda value: excerpt(value, LONGEST_SAID) or "…"
            ),
        )


def _sentence(sentence: Sentence, urls: dict[int, str | None]) -> str:
    numbers = markers({number: urls.get(number) for number in sentence.citations})
    if length(numbers) > LONGEST_LINKS:
        numbers = markers(dict.fromkeys(sentence.citations))
    room = LONGEST_SENTENCE - length(numbers) - 1
    return f"{excerpt(sentence.text, room, CUT_SHORT) or '…'} {numbers}".rstrip()


def _abstention(entry: JournalEntry, prompts: Prompts) -> Iterator[Unit]:
    question = excerpt(entry.searched, LONGEST_QUESTION) or "…"
    yield "\n", prompts.fill("abstention" if entry.sources else "abstention_empty", question=question)


def _sources_as_text(entry: JournalEntry) -> Iterator[Unit]:
    """A line of small print for each footnote, below the answer."""
    separator = "\n\n"
    for source in entry.sources:
        citation = source.citation
        line = f"-# {markers({citation.number: citation.url})} {titled_place(citation)}"
        quote = quotation(_unsaid(source, entry.sentences), LONGEST_EXCERPT)
        yield separator, f"{line}: {quote}" if quote else line
        separator = "\n"


def _sources_as_embed(entry: JournalEntry) -> Page:
    shown = entry.sources[:MOST_FIELDS]
    room = LARGEST_EMBED // (len(shown) + 1)
    fields = tuple(_source_field(source, entry.sentences, room) for source in shown)
    more = len(entry.sources) - len(shown)
    return Page(fields=fields, footer=f"{counted(more, 'more footnote')} under Sources" if more else "")


def _unsaid(source: Source, sentences: Sequence[Sentence]) -> str:
    """The quote of a footnote, unless the sentences that rest on it say it word for word; then nothing."""
    number = source.citation.number
    said = "".join("".join(one.text.split()) for one in sentences if number in one.citations)
    return "" if "".join(source.citation.quote.split()) in said else source.citation.quote


def _nearest_as_text(sources: Sequence[Source]) -> Iterator[Unit]:
    for number, source in enumerate(sources[:NEAREST_SHOWN], 1):
        excerpt = quotation(source.citation.quote, LONGEST_EXCERPT)
        line = f"**Passage {number}** · {titled_place(source.citation)}"
        yield "\n\n", f"{line}\n{excerpt}" if excerpt else line
    if sources:
        yield "\n\n", f"-# {NO_ANSWER}"


def _nearest_as_embed(sources: Sequence[Source]) -> Page:
    fields = tuple(_nearest_field(number, source) for number, source in enumerate(sources[:NEAREST_SHOWN], 1))
    return Page(fields=fields, footer=NO_ANSWER)


def _source_field(source: Source, sentences: Sequence[Sentence], room: int) -> Field:
    """A field of at most `room` (at least 220) for its name and value together."""
    citation = source.citation
    name = cut(f"[{citation.number}] {title_of(citation)}", min(LONGEST_NAME, room // 3))
    value_room = min(LONGEST_VALUE, room - length(name))
    return Field(name, footnote_lines(citation, _unsaid(source, sentences), value_room, value_room))


def _nearest_field(number: int, source: Source) -> Field:
    citation = source.citation
    value = footnote_lines(citation, citation.quote, LONGEST_EXCERPT, LONGEST_VALUE)
    return Field(f"Passage {number} · {title_of(citation)}", value)
