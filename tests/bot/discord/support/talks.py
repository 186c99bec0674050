"""Answers about the example documents, to show in Discord."""

from __future__ import annotations

from pathlib import Path

from bot.answering.sources import source_of
from bot.blocks import AnswerBlock
from bot.discord.pages.page import Page
from bot.types import Citation, JournalEntry, Source
from index.types import Document
from tests.bot.journal.support.entries import changed, sample

SEEDS = Path(__file__).parents[4] / "seeds"
TALKS = Document(
    path="talks.md",
    title="The secret talks between Washington and Caracas",
    text=(SEEDS / "talks.md").read_text(encoding="utf-8"),
    format="markdown",
    url="https://example.org/talks",
)
WEEK = Document(
    "week.txt", "The Venezuelan talks, day by day", (SEEDS / "week.txt").read_text(encoding="utf-8"), "text"
)

BOLTON = (
    "John Bolton, the national security adviser of the United States, said that the talks were about nothing except "
    "Maduro's\ndeparture and free elections."
)
TWITTER = "He said so on Twitter."
AUTHORIZED = "Maduro said that the meetings had his express authorization as president of Venezuela."
CABELLO = (
    "Diosdado Cabello was outraged. He called the report false and said that the\nAssociated Press was spreading lies."
)


def source(number: int, document: Document, quote: str, heading: str | None = None, line: int | None = None) -> Source:
    """Return words of a document as a source."""
    start = document.text.index(quote)
    citation = Citation(
        number=number,
        document=document.path,
        title=document.title,
        url=document.url,
        page=None,
        heading=heading,
        line=line,
        start=start,
        end=start + len(quote),
        quote=quote,
        score=0.9,
    )
    return source_of(citation, document)


BOLTON_SOURCE = source(1, TALKS, f"{BOLTON} {TWITTER}", "What were the talks about?", 26)
CABELLO_SOURCE = source(2, WEEK, CABELLO, "THE REPLIES FROM CARACAS", 17)

QUESTION = "What did Bolton say the talks were about?"
ANSWER: JournalEntry = sample(
    surface="mention",
    text=QUESTION,
    searched=QUESTION,
    blocks=(AnswerBlock("paragraph", f"{BOLTON} {TWITTER}", 1), AnswerBlock("paragraph", CABELLO, 2)),
    sources=(BOLTON_SOURCE, CABELLO_SOURCE),
)
ABSTENTION = changed(
    ANSWER,
    text="Who paid for the *flights*?",
    searched="Who paid for the *flights*?",
    outcome="nothing",
    blocks=(),
    confidence=0.2,
)


def transcript(page: Page) -> str:
    """Return a page as text: its content, then its embed behind a bar."""
    embed = [page.title and f"# {page.title}", page.description]
    embed += [f"{field.name}\n{field.value}" for field in page.fields]
    embed += [page.footer and f"({page.footer})"]
    barred = "\n\n".join(filter(None, embed)).split("\n") if page.has_embed else []
    return "\n".join([*page.content.split("\n")] * bool(page.content) + [f"| {line}".rstrip() for line in barred])
