"""Answers and abstentions as they are shown in Discord."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.config.prompts import Prompts, load_prompts
from bot.discord.pages.answer import answer_pages
from bot.discord.pages.page import LARGEST_EMBED, LONGEST_CONTENT, LONGEST_NAME, LONGEST_VALUE
from bot.discord.text.splitting import length
from bot.types import Disagreement, JournalEntry, Sentence, Source
from tests.bot.discord.support.discord_markdown import links, rules, shown
from tests.bot.discord.support.talks import ABSTENTION, ANSWER, BOLTON_SOURCE, CABELLO, CABELLO_SOURCE, transcript
from tests.bot.journal.support.entries import changed


@pytest.fixture(scope="module")
def prompts() -> Prompts:
    return load_prompts(None)


def cited(source: Source, number: int = 1, **changes: Any) -> Source:
    """A source with something else in its citation."""
    return replace(source, citation=replace(source.citation, number=number, **changes))


def answer_of(*sentences: Sentence, sources: tuple[Source, ...] = ANSWER.sources) -> JournalEntry:
    return replace(ANSWER, sentences=sentences, sources=sources)


def test_an_answer_with_its_sources_as_an_embed(prompts: Prompts) -> None:
    [page] = answer_pages(ANSWER, prompts, embeds=True)
    assert (
        transcript(page)
        == """\
John Bolton, the national security adviser of the United States, said that the talks were about nothing except \
Maduro's departure and free elections. **[[1]](<https://example.org/talks>)** He said so on Twitter. \
**[[1]](<https://example.org/talks>)**

Diosdado Cabello was outraged. He called the report false and said that the Associated Press was spreading lies. **[2]**
| [1] The secret talks between Washington and Caracas
| talks.md, “What were the talks about?”, line 26
| [open](<https://example.org/talks>)
|
| [2] The Venezuelan talks, day by day
| week.txt, “THE REPLIES FROM CARACAS”, line 17"""
    )
    assert rules(page.content) == {"bold", "link"}


def test_an_answer_with_its_sources_as_text(prompts: Prompts) -> None:
    [page] = answer_pages(ANSWER, prompts, embeds=False)
    assert not page.has_embed
    assert page.content.endswith(
        """ **[2]**

-# **[[1]](<https://example.org/talks>)** The secret talks between Washington and Caracas, talks.md, “What were the \
talks about?”, line 26
-# **[2]** The Venezuelan talks, day by day, week.txt, “THE REPLIES FROM CARACAS”, line 17"""
    )


@pytest.mark.parametrize("embeds", [True, False])
def test_a_disagreement_is_said_below_the_sentences(prompts: Prompts, embeds: bool) -> None:
    values = ("1846 *or* so", "[1] `1848`")
    disagreeing = replace(ANSWER, disagreements=(Disagreement((1, 2), values),))
    [page] = answer_pages(disagreeing, prompts, embeds)
    told = page.content.split("\n\n")[2]
    assert told == r"The documents disagree: **[1]** says “1846 \*or\* so”, **[2]** says “\[1\] \`1848\`”."
    assert rules(told) == {"bold"}
    long = replace(ANSWER, disagreements=(Disagreement((1, 2), ("1846 " * 900, "\u200b")),))
    assert all(length(page.content) <= LONGEST_CONTENT for page in answer_pages(long, prompts, embeds))


def test_what_was_searched_is_told_where_it_is_not_what_was_asked(prompts: Prompts) -> None:
    follow_up = changed(ANSWER, text="And *Bolton*?", searched="What did *Bolton* say?")
    assert answer_pages(follow_up, prompts, embeds=True)[0].content.startswith(
        "-# searched: What did \\*Bolton\\* say?\n\nJohn Bolton"
    )
    same = changed(ANSWER, text="What  did\nBolton say?", searched="What did Bolton say?")
    assert "searched" not in answer_pages(same, prompts, embeds=True)[0].content


def test_an_answer_from_a_wider_search_says_how_sure_it_is(prompts: Prompts) -> None:
    for confidence, percent in ((0.344, 34), (0.001, 1), (1.0, 99)):
        wider = changed(ANSWER, surface="wider", confidence=confidence)
        asked, said, *_ = answer_pages(wider, prompts, embeds=True)[0].content.split("\n")
        assert asked == "-# asked: What did Bolton say the talks were about?"
        assert said == f"Found by searching wider, so take it with care: {percent}% sure."
    abstention = changed(ABSTENTION, surface="wider")
    assert answer_pages(abstention, prompts, embeds=True)[0].content.startswith("Searched wider, and still:\nI found")


def test_an_answer_to_a_command_says_what_was_asked_where_others_see_it(prompts: Prompts) -> None:
    command = changed(ANSWER, surface="command")
    asked = "-# asked: What did Bolton say the talks were about?\n\n"
    assert answer_pages(command, prompts, embeds=True)[0].content.startswith(asked)
    for unseen in (changed(command, private=True), changed(command, server=None), changed(ANSWER, surface="reply")):
        assert "asked:" not in answer_pages(unseen, prompts, embeds=True)[0].content
    said = answer_pages(changed(ABSTENTION, surface="command"), prompts, embeds=True)[0].content
    assert "asked:" not in said  # an abstention says it anyway


def test_a_number_in_a_document_does_not_look_like_ours(prompts: Prompts) -> None:
    fake = answer_of(Sentence("It is known. [2] **[1]** [[1]](<https://evil.example>)", (1,)))
    [page] = answer_pages(fake, prompts, embeds=True)
    assert links(page.content) == ["https://example.org/talks"]
    assert page.content == (
        r"It is known. \[2\] \*\*\[1\]\*\* \[\[1\]\](\<https:\//evil.example\>) **[[1]](<https://example.org/talks>)**"
    )


def test_the_numbers_of_a_sentence_are_bold_together(prompts: Prompts) -> None:
    [page] = answer_pages(answer_of(Sentence("They met.", (1, 2))), prompts, embeds=True)
    assert page.content == "They met. **[[1]](<https://example.org/talks>)[2]**"
    assert shown(page.content) == "They met. [1][2]"


def test_an_address_that_is_not_safe_is_no_link(prompts: Prompts) -> None:
    sources = (cited(BOLTON_SOURCE, url="https://bank.example@evil.example"),)
    [page] = answer_pages(answer_of(Sentence("They met.", (1,)), sources=sources), prompts, embeds=True)
    assert "evil" not in transcript(page)


def test_a_quote_is_shown_where_the_sentences_do_not_say_it(prompts: Prompts) -> None:
    reworded = answer_of(Sentence("Cabello was angry.", (2,)), sources=(CABELLO_SOURCE,))
    quote = f"“{CABELLO.replace(chr(10), ' ')}”"
    [page] = answer_pages(reworded, prompts, embeds=True)
    assert page.fields[0].value.split("\n")[1:] == [quote]
    [page] = answer_pages(reworded, prompts, embeds=False)
    assert page.content.endswith(f"line 17: {quote}")


def test_long_answers_are_split_between_sentences_with_the_sources_on_the_last_message(prompts: Prompts) -> None:
    sentence = Sentence("Herons wade, and “at dawn. Or later” they fish. " * 6 + "So it is.", (1,))
    pages = answer_pages(answer_of(*[sentence] * 20), prompts, embeds=True)
    assert len(pages) > 3
    assert all(page.content.endswith("So it is. **[[1]](<https://example.org/talks>)**") for page in pages)
    assert all(length(page.content) <= LONGEST_CONTENT for page in pages)
    assert [page.has_embed for page in pages] == [False] * (len(pages) - 1) + [True]


def test_a_sentence_longer_than_a_message_is_whole_in_sources(prompts: Prompts) -> None:
    [page] = answer_pages(answer_of(Sentence("wading " * 400, (1,))), prompts, embeds=True)
    assert page.content.endswith("wading … (whole in Sources) **[[1]](<https://example.org/talks>)**")


def test_numbers_are_no_links_where_the_addresses_would_fill_the_message(prompts: Prompts) -> None:
    sources = tuple(cited(BOLTON_SOURCE, number, url=f"https://example.org/{'a' * 300}") for number in (1, 2, 3))
    [page] = answer_pages(answer_of(Sentence("They met.", (1, 2, 3)), sources=sources), prompts, embeds=True)
    assert page.content == "They met. **[1][2][3]**"
    assert all(len(links(field.value)) == 1 for field in page.fields)


@pytest.mark.parametrize("count", [1, 5, 24, 25, 40])
def test_sources_fit_into_an_embed_however_many_they_are(prompts: Prompts, count: int) -> None:
    sources = tuple(
        cited(
            CABELLO_SOURCE, number, title="T" * 400, heading="H" * 400, quote="q " * 900, url=f"https://a.b/{'c' * 400}"
        )
        for number in range(1, count + 1)
    )
    sentences = [Sentence("They met.", (number,)) for number in range(1, count + 1)]
    page = answer_pages(answer_of(*sentences, sources=sources), prompts, embeds=True)[-1]
    assert len(page.fields) == min(count, 25)
    assert page.embed_length <= LARGEST_EMBED
    assert all(length(field.name) <= LONGEST_NAME and length(field.value) <= LONGEST_VALUE for field in page.fields)
    assert page.footer == ("15 more footnotes under Sources" if count == 40 else "")


def test_a_document_in_whose_title_nothing_can_be_seen_is_called_by_its_path(prompts: Prompts) -> None:
    sources = (cited(CABELLO_SOURCE, title="\u200b\u202e"),)
    assert answer_pages(replace(ANSWER, sources=sources), prompts, embeds=True)[0].fields[0].name == "[1] week.txt"
    sources = (cited(CABELLO_SOURCE, title="\u200b", document="\u200b"),)
    assert answer_pages(replace(ANSWER, sources=sources), prompts, embeds=True)[0].fields[0].name == "[1] untitled"


def test_an_abstention_with_the_nearest_passages_as_an_embed(prompts: Prompts) -> None:
    [page] = answer_pages(ABSTENTION, prompts, embeds=True)
    assert (
        transcript(page)
        == """\
I found no clear answer to “Who paid for the \\*flights\\*?” in the documents.
These passages come closest:
| Passage 1 · The secret talks between Washington and Caracas
| talks.md, “What were the talks about?”, line 26
| “John Bolton, the national security adviser of the United States, said that the talks were about nothing except \
Maduro's departure and free elections. He said so on Twitter.”
| [open](<https://example.org/talks>)
|
| Passage 2 · The Venezuelan talks, day by day
| week.txt, “THE REPLIES FROM CARACAS”, line 17
| “Diosdado Cabello was outraged. He called the report false and said that the Associated Press was spreading lies.”
|
| (None of these passages answers the question.)"""
    )


def test_an_abstention_with_the_nearest_passages_as_text(prompts: Prompts) -> None:
    [page] = answer_pages(ABSTENTION, prompts, embeds=False)
    assert page.content.endswith(
        """
These passages come closest:

**Passage 1** · The secret talks between Washington and Caracas, talks.md, “What were the talks about?”, line 26
“John Bolton, the national security adviser of the United States, said that the talks were about nothing except \
Maduro's departure and free elections. He said so on Twitter.”

**Passage 2** · The Venezuelan talks, day by day, week.txt, “THE REPLIES FROM CARACAS”, line 17
“Diosdado Cabello was outraged. He called the report false and said that the Associated Press was spreading lies.”

-# None of these passages answers the question."""
    )


def test_of_many_near_passages_three_are_shown_and_no_more_than_a_few_lines_of_each(prompts: Prompts) -> None:
    many = replace(ABSTENTION, sources=tuple(cited(CABELLO_SOURCE, n, quote="near " * 120) for n in range(1, 11)))
    [page] = answer_pages(many, prompts, embeds=True)
    assert [field.name[:9] for field in page.fields] == ["Passage 1", "Passage 2", "Passage 3"]
    assert all(length(field.value.split("\n")[1]) <= 300 for field in page.fields)


def test_an_abstention_without_any_near_passage(prompts: Prompts) -> None:
    [page] = answer_pages(replace(ABSTENTION, sources=()), prompts, embeds=True)
    assert transcript(page) == (
        "I found nothing in the documents about “Who paid for the \\*flights\\*?”.\n"
        "Try other words, or add a document that answers it."
    )


def test_an_entry_that_is_not_as_it_should_be_is_shown_as_far_as_it_goes(prompts: Prompts) -> None:
    assert (
        answer_pages(answer_of(Sentence("They met.", (7,)), sources=()), prompts, True)[0].content
        == "They met. **[7]**"
    )
    assert answer_pages(answer_of(Sentence("They met.", ())), prompts, embeds=True)[0].content == "They met."
    assert answer_pages(answer_of(Sentence("\u200b", (1,)), sources=()), prompts, True)[0].content == "… **[1]**"
    assert answer_pages(answer_of(sources=()), prompts, embeds=True)[0].content == "…"
