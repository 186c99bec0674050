"""Verdicts on the sentences of a message."""

from __future__ import annotations

from bot.discord.pages.check import check_pages, summary
from bot.discord.pages.page import LONGEST_DESCRIPTION
from bot.discord.text.splitting import length
from bot.types import CheckedSentence
from tests.bot.discord.support.discord_markdown import rules
from tests.bot.discord.support.talks import BOLTON_SOURCE, CABELLO_SOURCE, transcript

CHECKED = [
    CheckedSentence("The talks were about free elections.", "supported", BOLTON_SOURCE, ""),
    CheckedSentence("Cabello was *pleased*.", "contradicted", CABELLO_SOURCE, "the documents say outraged"),
    CheckedSentence("It rained that week.", "not mentioned", CABELLO_SOURCE, ""),
    CheckedSentence("Nobody danced.", "not mentioned", None, ""),
    CheckedSentence("Hello <@1>!", "not checked", None, ""),
]


def test_every_sentence_has_its_verdict_with_the_quote_behind_it() -> None:
    [page] = check_pages(CHECKED)
    assert (
        transcript(page)
        == """\
| # Checked against the documents
|
| 1 supported, 1 contradicted, 2 not mentioned, 1 not checked
|
| ✅ “The talks were about free elections.”
| **Supported**
| > “John Bolton, the national security adviser of the United States, said that the talks were about nothing except \
Maduro's departure and free elections. He said so on Twitter.”
| -# The secret talks between Washington and Caracas, talks.md, “What were the talks about?”, line 26 · \
[open](<https://example.org/talks>)
|
| ❌ “Cabello was \\*pleased\\*.”
| **Contradicted**: the documents say outraged
| > “Diosdado Cabello was outraged. He called the report false and said that the Associated Press was spreading lies.”
| -# The Venezuelan talks, day by day, week.txt, “THE REPLIES FROM CARACAS”, line 17
|
| ➖ “It rained that week.”
| **Not mentioned**
| -# nearest: The Venezuelan talks, day by day, week.txt, “THE REPLIES FROM CARACAS”, line 17
|
| ➖ “Nobody danced.”
| **Not mentioned**
|
| · “Hello \\<@1\\>!”
| **Not checked**"""
    )
    assert rules(page.description) == {"bold", "quote", "small", "link"}


def test_the_summary_names_only_verdicts_that_occur() -> None:
    assert summary(CHECKED[:1]) == "1 supported"
    assert summary([]) == ""


def test_a_message_without_sentences_to_check() -> None:
    [page] = check_pages([])
    assert page.description == "There is no sentence in this message that I can check."


def test_a_long_message_takes_several_pages_each_sentence_whole_on_one() -> None:
    pages = check_pages([CheckedSentence("So it is. " * 50, "supported", CABELLO_SOURCE, "why " * 90)] * 60)
    assert len(pages) > 3
    assert pages[0].description.startswith("60 supported\n\n✅")
    assert all(page.description.startswith("✅") for page in pages[1:])
    assert all(page.description.count("✅") == page.description.count("line 17") for page in pages)
    assert all(length(page.description) <= LONGEST_DESCRIPTION for page in pages)
    assert [page.footer for page in pages] == [f"page {n} of {len(pages)}" for n in range(1, len(pages) + 1)]
