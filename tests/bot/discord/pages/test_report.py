"""Lists of documents and gaps, status, scopes and help."""

from __future__ import annotations

from bot.config.prompts import load_prompts
from bot.discord.pages.page import LONGEST_DESCRIPTION, LONGEST_VALUE
from bot.discord.pages.report import (
    document_page,
    documents_pages,
    gaps_pages,
    help_page,
    report_page,
    scope_page,
    status_page,
)
from bot.discord.text import lines
from bot.discord.text.splitting import length
from bot.journal.gaps import Gap
from index.storage.catalog.rows import DocumentSummary
from index.types import Heading, Unreadable
from tests.bot.discord.support.talks import transcript

TALKS = DocumentSummary("talks.md", "The *secret* talks", "markdown", "en", "https://example.org/talks", 3456, 9)
CABELLO = DocumentSummary("profiles/cabello.html", "profiles/cabello.html", "html", None, None, 1, 1)


def test_documents_are_listed_by_path() -> None:
    [page] = documents_pages([TALKS, CABELLO])
    assert (
        transcript(page)
        == """\
| # 2 documents
|
| **profiles/cabello.html**
| -# 1 chunk, 1 character
| **The \\*secret\\* talks**
| talks.md
| -# 9 chunks, 3,456 characters · [open](<https://example.org/talks>)"""
    )


def test_ten_documents_are_on_a_page() -> None:
    documents = [DocumentSummary(f"{n:03}.md", f"Title {n}", "markdown", "en", None, 1, 1) for n in range(25)]
    pages = documents_pages(documents)
    assert [page.description.count("-# ") for page in pages] == [10, 10, 5]
    assert [page.footer for page in pages] == ["page 1 of 3", "page 2 of 3", "page 3 of 3"]
    assert {page.title for page in pages} == {"25 documents"}


def test_an_empty_list_of_documents() -> None:
    assert [page.title for page in documents_pages([])] == ["No documents"]


def test_one_document_with_its_headings() -> None:
    headings = [
        Heading(0, 2, "Do the talks exist?"),
        Heading(9, 3, "- Who says so"),
        Heading(20, 2, "What has been denied?"),
    ]
    assert (
        transcript(document_page(TALKS, headings=headings))
        == """\
| # The \\*secret\\* talks
|
| talks.md
| markdown, 9 chunks, 3,456 characters, language en
| [open](<https://example.org/talks>)
|
| Headings
| Do the talks exist?
| › \\- Who says so
| What has been denied?"""
    )
    assert document_page(CABELLO).fields == ()


def test_the_first_of_many_headings_are_shown_and_the_others_counted() -> None:
    [field] = document_page(
        TALKS, headings=[Heading(n, 1, f"Heading {n:04} of many headings") for n in range(3000)]
    ).fields
    assert length(field.value) <= LONGEST_VALUE
    shown = field.value.split("\n")
    assert shown[0] == "Heading 0000 of many headings"
    assert shown[-1] == f"… and {3000 - len(shown) + 1:,} more"


def test_the_status_is_plain_text_except_for_times() -> None:
    page = status_page({"index": "published <t:1700000000:R>, by *me*", "embedder": "a_b <@1>"})
    assert page.description == "**index:** published <t:1700000000:R>, by \\*me\\*\n**embedder:** a\\_b \\<@1\\>"


def test_a_report_names_unreadable_files() -> None:
    page = report_page(
        {"added": 3, "changed": 1_200}, [Unreadable("a_b.pdf", "it is encrypted")], note=lines.indexed(120, 30, 12.2)
    )
    assert (
        transcript(page)
        == """\
| # Re-indexing finished
|
| Done in 13 seconds: 120 chunks in the index, 30 newly embedded.
| **3** added · **1,200** changed
|
| 1 file could not be read
| a\\_b.pdf: it is encrypted"""
    )
    [field] = report_page({}, [Unreadable("a.pdf", "it is encrypted")] * 1_000).fields
    assert field.name == "1,000 files could not be read"
    assert length(field.value) <= LONGEST_VALUE
    assert field.value.endswith(f"… and {1_000 - field.value.count('a.pdf')} more")


def test_gaps_are_listed_with_other_wordings() -> None:
    gaps = [
        Gap("Who paid?", 4, 1.7e9, ("Who *paid* it?", "Paid by whom?", "Payer?"), 2),
        Gap("When?", 2, 1.7e9, ("At what time?",), 1),
        Gap("# Why?", 1, 1.7e9, (), 1),
    ]
    [page] = gaps_pages(gaps, 30)
    assert (
        transcript(page)
        == """\
| # Questions without an answer
|
| 7 questions in the last 30 days; questions that mean the same are grouped.
|
| **4 ×** Who paid?
| -# last asked <t:1700000000:R> · by 2 people · also “Who \\*paid\\* it?”, “Paid by whom?” and 1 more
| **2 ×** When?
| -# last asked <t:1700000000:R> · by one person · also “At what time?”
| **1 ×** \\# Why?
| -# last asked <t:1700000000:R>"""
    )
    assert gaps_pages([], 1)[0].description == "None in the last 1 day."


def test_a_scope_names_its_folders() -> None:
    assert transcript(scope_page("talks", ("talks", "a_b", ""), None)).split("\n")[2:] == [
        "| Answered only from these folders:",
        "| - talks",
        "| - a\\_b",
        "| - (outside any folder)",
    ]
    assert scope_page("talks", ("a",), None).description == "Answered only from this folder:\n- a"
    assert scope_page("talks", (), None).description == "Answered from no folder: questions find no answer here."


def test_a_channel_without_a_scope_has_the_default() -> None:
    inherited = "-# It has no scope of its own: this is the default."
    assert scope_page("a_b", None, None).title == "Scope of #a\\_b"
    assert scope_page("talks", None, None).description == f"Answered from all folders.\n{inherited}"
    assert scope_page("talks", None, ("a",)).description == f"Answered only from this folder:\n- a\n{inherited}"


def test_help_is_the_text_of_its_prompt() -> None:
    text = load_prompts(None).fill("discord_help", days=30)
    assert help_page(text).description == text
    assert length(help_page("Herons wade. " * 1_000).description) <= LONGEST_DESCRIPTION
    assert help_page(" ").description == "…"
