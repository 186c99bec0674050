"""Ten thousand hostile documents have no effect on anything that shows documents."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import get_args

import pytest

from bot.blocks import AnswerBlock, Link
from bot.config.prompts import Prompts, load_prompts
from bot.discord.pages.answer import answer_pages
from bot.discord.pages.check import check_pages
from bot.discord.pages.page import Page
from bot.discord.pages.report import (
    document_page,
    documents_pages,
    gaps_pages,
    help_page,
    report_page,
    scope_page,
    status_page,
)
from bot.discord.pages.source import source_page
from bot.discord.text import lines
from bot.discord.text.markdown import escaped, escaped_block
from bot.discord.text.splitting import length
from bot.journal.gaps import Gap
from bot.types import CheckedSentence, JournalEntry, More, Outcome, Source, Verdict
from index.storage.catalog.rows import DocumentSummary
from index.types import BlockKind, Heading, Unreadable
from tests.bot.discord.support.discord_markdown import RAW, in_bold, links, read, rules
from tests.bot.discord.support.hostile_text import (
    MARKDOWN,
    URLS,
    HostileDocument,
    hostile_document,
    hostile_text,
    source_from,
)
from tests.bot.journal.support.entries import sample

DOCUMENTS = 5_000
TOGETHER = 8  # documents of one answer

# Markdown that Footnote writes itself. All other Markdown is escaped, so nothing is left of these signs.
OURS = (
    re.compile(r"\*\*(?:\[\d+\]|\[\[\d+\]\]\(<https://example\.org/[\w~.?=#%:/-]*>\))+\*\*"),  # numbers of footnotes
    re.compile(r"\[open\]\(<https://example\.org/[\w~.?=#%:/-]*>\)"),
    re.compile(r"<t:\d+:R>|`/documents`|`A1B2C3`"),
    re.compile(r"^-# ", re.MULTILINE),
    re.compile(r"\*\*(?P<kept>[^*\n]+)\*\*"),
    re.compile(r"^\[\d+\] "),  # at the start of a title
)
# Starts of lines that only these pages have.
OUR_LINES = {"Scope of": re.compile(r"^- ", re.MULTILINE), "Checked": re.compile(r"^> (?=“)", re.MULTILINE)}
ESCAPE = re.compile(r"\\[^0-9A-Za-z\s]")
SIGNS = re.compile(r"[\\*_~`|<>\[\]]|://|:[\w+-]*[A-Za-z][\w+-]*:|^ *(?:#{1,3}|-#?|\+|\d+\.)\s", re.MULTILINE)
UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)


def faults_of(text: str, title: str = "") -> str:
    """Return what Discord would make of a text apart from words and Footnote's own Markdown; empty for nothing."""
    if found := RAW.search(text):
        return f"mentions {found.group()}"
    if found := UNSEEN.search(text):
        return f"holds {found.group()!r}"
    rest = ESCAPE.sub("·", text)
    for pattern in (*OURS, *(pattern for begins, pattern in OUR_LINES.items() if title.startswith(begins))):
        rest = pattern.sub(lambda match: f"·{match.groupdict().get('kept', '')}·", rest)
    found = SIGNS.search(rest)
    return (
        f"{found.group()!r} is not escaped in {rest[max(0, found.start() - 30) : found.end() + 30]!r}" if found else ""
    )


def texts_of(page: Page) -> list[str]:
    """Return the texts of an embed that have Markdown, title first."""
    return [page.title, page.description, *(text for field in page.fields for text in (field.name, field.value))]


def check(page: Page) -> None:
    """Assert that a page is within Discord's limits, shows something, and has no Markdown of documents."""
    check_limits(page)
    for text in (page.content, *texts_of(page)):
        assert not (found := faults_of(text, page.title)), found


def check_limits(page: Page) -> None:
    """Assert that a page is within Discord's limits, and shows something."""
    assert length(page.content) <= 2000
    assert length(page.title) <= 256
    assert length(page.description) <= 4096
    assert length(page.footer) <= 2048
    assert len(page.fields) <= 25
    assert all(0 < length(field.name) <= 256 and 0 < length(field.value) <= 1024 for field in page.fields)
    assert page.embed_length == sum(map(length, [*texts_of(page), page.footer])) <= 6000
    assert page.content or page.has_embed
    assert re.fullmatch(r"[\w ,.]*", page.footer), page.footer
    assert all(text == text.strip() for text in (page.content, *texts_of(page)))


def check_shapes(page: Page) -> None:
    """Assert that a page has only the formatting of blocks, and that no number in a document looks like a footnote."""
    check_limits(page)
    assert not RAW.search(page.content)
    assert not UNSEEN.search(page.content.replace("\t", " "))
    assert rules(page.content) <= {"bold", "link", "address", "code", "fence", "list", "quote", "small"}
    assert all(url.startswith("https://example.org/") for url in links(page.content))
    numbers = len(re.findall(r"\*\*\[\[?\d+\]", page.content))
    assert sum(re.fullmatch(r"(?:\[\d+\])+", text) is not None for text in in_bold(page.content)) <= numbers
    # Code begins and ends only with Footnote's own fences, which are on lines of their own.
    fences = [part for part in read(page.content) if part.kind == "fence"]
    assert len(re.findall(r"^```", page.content, re.MULTILINE)) == 2 * len(fences)


def hostile_entry(
    blocks: list[AnswerBlock], sources: tuple[Source, ...], outcome: Outcome, chance: random.Random
) -> JournalEntry:
    return sample(
        text=hostile_text(chance, 5),
        searched=hostile_text(chance, 5),
        surface=chance.choice(("command", "wider")),
        outcome=outcome,
        blocks=tuple(blocks),
        sources=sources,
        more=chance.choice((None, More("item", 3))),
        unanswered=chance.choice(((), (hostile_text(chance, 5),))),
    )


def pages_of_answers(documents: list[HostileDocument], chance: random.Random, prompts: Prompts) -> Iterator[Page]:
    """Return words as a plain paragraph, so that only the numbers of footnotes are formatted."""
    sources = tuple(source_from(number, one, chance) for number, one in enumerate(documents, 1))
    blocks = [AnswerBlock("paragraph", one.citation.quote, one.citation.number) for one in sources]
    blocks.append(AnswerBlock("definition", hostile_text(chance, 9), 1, hostile_text(chance, 2)))
    for outcome in get_args(Outcome):
        entry = hostile_entry([] if outcome == "nothing" else blocks, sources, outcome, chance)
        yield from answer_pages(entry, prompts, embeds=chance.random() < 0.5)
        for position in range(1 if outcome == "nothing" else len(entry.sources)):
            yield source_page(entry, position, note=chance.choice(("", lines.DOCUMENT_CHANGED)))


def pages_of_shapes(documents: list[HostileDocument], chance: random.Random, prompts: Prompts) -> Iterator[Page]:
    """Return blocks of every kind, with strong words, code and links in random places."""
    sources = tuple(source_from(number, one, chance) for number, one in enumerate(documents, 1))
    blocks = [hostile_block(one.citation.quote, one.citation.number, chance) for one in sources]
    blocks += [hostile_block(hostile_text(chance, 9), chance.randrange(1, 9), chance) for _ in range(4)]
    blocks = [block for block in blocks for _ in range(chance.choice((1, 1, 3)))]
    entry = hostile_entry(blocks, sources, chance.choice(("answered", "closest")), chance)
    yield from answer_pages(entry, prompts, embeds=True)


def hostile_block(text: str, citation: int, chance: random.Random) -> AnswerBlock:
    kinds: tuple[BlockKind, ...] = get_args(BlockKind)

    def spans() -> tuple[tuple[int, int], ...]:
        pairs = [sorted((chance.randrange(len(text) + 1), chance.randrange(len(text) + 1))) for _ in range(2)]
        return tuple((start, end) for start, end in pairs) if chance.random() < 0.7 else ()

    return AnswerBlock(
        kind=chance.choice(kinds),
        text=text,
        citation=citation,
        label=chance.choice(("", "1.", "2.", "-", "header", "py", "note", *MARKDOWN)),
        depth=chance.choice((0, 0, 1, 2, 9)),
        strong=spans(),
        code=spans(),
        links=tuple(Link(start, end, chance.choice(URLS) or "") for start, end in spans()),
    )


def pages_of_checks(documents: list[HostileDocument], chance: random.Random, prompts: Prompts) -> Iterator[Page]:  # noqa: ARG001
    verdicts: tuple[Verdict, ...] = get_args(Verdict)
    yield from check_pages(
        [
            CheckedSentence(one.text, verdict, source_from(1, one, chance), one.heading)
            for one, verdict in zip(documents, cycle(verdicts), strict=False)
        ]
    )


def pages_of_lists(documents: list[HostileDocument], chance: random.Random, prompts: Prompts) -> Iterator[Page]:  # noqa: ARG001
    summaries = [DocumentSummary(one.path, one.title, "md", one.heading[:2], one.url, 12, 3) for one in documents]
    yield from documents_pages(summaries)
    for one, document in zip(summaries, documents, strict=True):
        yield document_page(one, headings=[Heading(0, 2, document.heading)] * 5)
    yield report_page(
        {"added": 1}, [Unreadable(one.path, one.text) for one in documents], note=lines.indexed(5, 4, 3.0)
    )
    yield from gaps_pages([Gap(one.title, 3, 1e9, (one.heading, one.path, one.title), 2) for one in documents], 30)
    folders = [one.path for one in documents]
    yield scope_page(documents[0].title, folders, None)
    yield scope_page(documents[0].title, None, folders)
    yield status_page({"embedder": documents[0].text, "index": f"{documents[1].title} <t:5:R>"})
    yield help_page(escaped_block(documents[0].text))


def pages_of_lines(documents: list[HostileDocument], chance: random.Random, prompts: Prompts) -> Iterator[Page]:  # noqa: ARG001
    texts = [one.text for one in documents]
    yield Page(lines.not_asked(texts[0]))
    yield Page(lines.not_forgotten(texts[1]))
    yield Page(lines.not_indexed(texts[2]))
    yield Page(lines.no_document(texts[0]))
    yield Page(lines.unknown_folder(texts[0], texts))
    yield Page(lines.forum_set(texts[1], "found"))
    yield Page(lines.not_allowed(texts))
    yield Page(lines.failure_line("A1B2C3"))


@pytest.mark.parametrize(
    ("pages", "checked"),
    [
        (pages_of_answers, check),
        (pages_of_shapes, check_shapes),
        (pages_of_checks, check),
        (pages_of_lists, check),
        (pages_of_lines, check),
    ],
)
def test_hostile_documents_have_no_effect(
    pages: Callable[[list[HostileDocument], random.Random, Prompts], Iterator[Page]], checked: Callable[[Page], None]
) -> None:
    chance = random.Random(f"hostile {pages.__name__}")
    prompts = load_prompts(None)
    for _ in range(0, DOCUMENTS, TOGETHER):
        documents = [hostile_document(chance) for _ in range(TOGETHER)]
        for page in pages(documents, chance, prompts):
            checked(page)


def test_thread_names_of_hostile_questions_are_short_and_visible() -> None:
    chance = random.Random("threads")
    for _ in range(500):
        name = lines.thread_name(hostile_text(chance, 12))
        assert 0 < length(name) <= 100
        assert name == name.strip()
        assert not UNSEEN.search(name)


@pytest.mark.parametrize(
    "text",
    [
        "<@1>",
        "@everyone",
        "*a*",
        "a_b_",
        "[a](https://b.c)",
        "[1]",
        "```",
        "# a",
        "a\n- b",
        "https://a.b",
        ":smile:",
        "\u202e",
    ],
)
def test_the_check_itself_finds_text_that_is_not_escaped(text: str) -> None:
    assert faults_of(text)
    assert not faults_of(escaped(text))
    assert rules(escaped(text)) == set()
