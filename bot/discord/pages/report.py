"""Show documents, status, reports, gaps and scopes as lists in Discord. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bot.discord.pages.page import LONGEST_DESCRIPTION, LONGEST_VALUE, Field, Page, list_pages
from bot.discord.text.amounts import counted
from bot.discord.text.footnotes import LINK_TEXT, UNTITLED, name_of
from bot.discord.text.lines import folder_name
from bot.discord.text.markdown import escaped, link, moment, visible
from bot.discord.text.splitting import cut, excerpt, length
from index.parsing.reasons import grouped
from index.storage.catalog.rows import DocumentSummary
from index.types import Heading, Unreadable

if TYPE_CHECKING:
    from bot.journal.gaps import Gap

DOCUMENTS_A_PAGE = 10
GAPS_A_PAGE = 10
LONGEST_NAME = 150
LONGEST_PATH = 200
LONGEST_QUESTION = 200
LONGEST_REASON = 200
LONGEST_NOTE = 500
OTHERS_SHOWN = 2
MOST_LINES = 50  # lines that are considered for a field
INDENT = "› "
MOMENT = re.compile(r"(<t:\d{1,12}:R>)")


def documents_pages(documents: Sequence[DocumentSummary]) -> list[Page]:
    """Return the documents sorted by path, ten a page, on at least one page."""
    ordered = sorted(documents, key=lambda one: (one.path.casefold(), one.path))
    if not ordered:
        return [Page(title="No documents", description="There are no documents here that I could answer from.")]
    return list_pages(counted(len(ordered), "document"), "", [_document(one) for one in ordered], DOCUMENTS_A_PAGE)


def _document(one: DocumentSummary) -> str:
    title, path = _title(one), excerpt(one.path, LONGEST_PATH) or UNTITLED
    linked = link(LINK_TEXT, one.url)
    size = f"{counted(one.chunks, 'chunk')}, {counted(one.characters, 'character')}"
    names = f"**{title}**" if title == path else f"**{title}**\n{path}"
    return f"{names}\n-# {size}" + (f" · {linked}" if linked != LINK_TEXT else "")


def _title(one: DocumentSummary) -> str:
    return name_of(one.title, one.path, LONGEST_NAME)


def document_page(document: DocumentSummary, *, headings: Sequence[Heading] = ()) -> Page:
    """Return one document: its path, size and headings."""
    linked = link(LINK_TEXT, document.url)
    facts = [escaped(document.format), counted(document.chunks, "chunk"), counted(document.characters, "character")]
    facts += [f"language {escaped(document.language or '')}"] if escaped(document.language or "") else []
    lines = [excerpt(document.path, LONGEST_PATH) or UNTITLED, ", ".join(filter(None, facts))]
    lines += [linked] if linked != LINK_TEXT else []
    highest = min((one.level for one in headings), default=1)
    shown = [_heading(one, highest) for one in headings[:MOST_LINES] if visible(one.text)]
    fields = (Field("Headings", _as_many_as_fit(shown, len(headings))),) if shown else ()
    return Page(title=_title(document), description="\n".join(lines), fields=fields)


def _heading(heading: Heading, highest: int) -> str:
    return INDENT * (heading.level - highest) + excerpt(heading.text, LONGEST_NAME)


def status_page(lines: Mapping[str, str]) -> Page:
    """Return the status of the bot. Values are plain text that may contain times (`markdown.moment`)."""
    text = "\n".join(f"**{name}:** {_with_moments(value)}" for name, value in lines.items())
    return Page(title="Status", description=cut(text or "…", LONGEST_DESCRIPTION))


def _with_moments(text: str) -> str:
    return "".join(part if MOMENT.fullmatch(part) else _spaced(part) for part in MOMENT.split(text))


def _spaced(text: str) -> str:
    """Return the text escaped, with the space at its ends."""
    return (" " if text[:1].isspace() else "") + escaped(text) + (" " if text[-1:].isspace() else "")


def report_page(counts: Mapping[str, int], unreadable: Sequence[Unreadable], *, note: str = "") -> Page:
    """Return the report of `/reindex`: a note, counts by name, and the files that could not be read."""
    shown_counts = " · ".join(f"**{count:,}** {name}" for name, count in counts.items())
    lines = [line for line in (cut(note, LONGEST_NOTE), shown_counts) if line]
    groups = grouped(unreadable)
    reasons = [
        f"{excerpt(one.path, LONGEST_PATH) or UNTITLED}: {excerpt(one.reason, LONGEST_REASON) or '…'}"
        for one in groups[:MOST_LINES]
    ]
    name = f"{counted(len(unreadable), 'file')} could not be read"
    fields = (Field(name, _as_many_as_fit(reasons, len(groups))),) if reasons else ()
    return Page(title="Re-indexing finished", description="\n".join(lines), fields=fields)


def gaps_pages(gaps: Sequence[Gap], days: int) -> list[Page]:
    """Return the questions that found no answer recently, in the order given, on at least one page."""
    title = "Questions without an answer"
    period = f"in the last {counted(days, 'day')}"
    if not gaps:
        return [Page(title=title, description=f"None {period}.")]
    total = sum(gap.count for gap in gaps)
    head = f"{counted(total, 'question')} {period}; questions that mean the same are grouped."
    return list_pages(title, head, [_gap(gap) for gap in gaps], GAPS_A_PAGE)


def _gap(gap: Gap) -> str:
    facts = [f"last asked {moment(gap.last_asked)}"]
    if gap.count > 1:
        facts.append(f"by {gap.askers} people" if gap.askers > 1 else "by one person")
    others = [f"“{excerpt(one, LONGEST_QUESTION)}”" for one in gap.others if visible(one)]
    if others:
        more = f" and {len(others) - OTHERS_SHOWN} more" if len(others) > OTHERS_SHOWN else ""
        facts.append(f"also {', '.join(others[:OTHERS_SHOWN])}{more}")
    question = excerpt(gap.question, LONGEST_QUESTION) or "…"
    return f"**{gap.count} ×** {question}\n-# {' · '.join(facts)}"


def scope_page(channel: str, folders: Sequence[str] | None, default: Sequence[str] | None) -> Page:
    """Return the folders that a channel may be answered from. `folders` is None if it has the `default` scope."""
    meant = default if folders is None else folders
    title = f"Scope of #{excerpt(channel, LONGEST_NAME) or '…'}"
    if meant is None:
        text = "Answered from all folders."
    elif not meant:
        text = "Answered from no folder: questions find no answer here."
    else:
        names = [f"- {excerpt(folder_name(one), LONGEST_PATH) or UNTITLED}" for one in meant]
        these = "this folder" if len(names) == 1 else "these folders"
        text = f"Answered only from {these}:\n{_as_many_as_fit(names, len(names))}"
    inherited = "\n-# It has no scope of its own: this is the default." if folders is None else ""
    return Page(title=title, description=text + inherited)


def help_page(text: str) -> Page:
    """Return the text of a prompt, with its Markdown."""
    return Page(description=cut(text.strip() or "…", LONGEST_DESCRIPTION))


def _as_many_as_fit(lines: Sequence[str], count: int) -> str:
    """Return as many of `count` lines as fit into a field, and the number of those left out. Each line fits."""
    shown = ""
    for number, line in enumerate(lines, 1):
        longer = f"{shown}\n{line}" if shown else line
        if length(longer) > LONGEST_VALUE - (length(_more(count)) if number < count else 0):
            return shown + _more(count - number + 1)
        shown = longer
    return shown + (_more(count - len(lines)) if count > len(lines) else "")


def _more(count: int) -> str:
    return f"\n… and {count:,} more"
