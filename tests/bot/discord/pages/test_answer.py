"""Answers and abstentions as Discord shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.blocks import AnswerBlock
from bot.config.prompts import Prompts, load_prompts
from bot.discord.pages.answer import answer_pages
from bot.discord.pages.page import LARGEST_EMBED, LONGEST_CONTENT, LONGEST_NAME, LONGEST_VALUE
from bot.discord.text.splitting import length
from bot.types import Disagreement, JournalEntry, More, Note, Source
from tests.bot.discord.support.discord_markdown import links, rules
from tests.bot.discord.support.talks import ABSTENTION, ANSWER, BOLTON_SOURCE, CABELLO, CABELLO_SOURCE, transcript
from tests.bot.journal.support.entries import changed


@pytest.fixture(scope="module")
def prompts() -> Prompts:
    return load_prompts(None)


def cited(source: Source, number: int = 1, **changes: Any) -> Source:
    """Return a source with other values in its citation."""
    return replace(source, citation=replace(source.citation, number=number, **changes))


def said(text: str, citation: int = 1) -> AnswerBlock:
    """Return a paragraph of an answer."""
    return AnswerBlock("paragraph", text, citation)


def answer_of(*blocks: AnswerBlock, sources: tuple[Source, ...] = ANSWER.sources) -> JournalEntry:
    return replace(ANSWER, blocks=blocks, sources=sources)


def test_an_answer_with_its_sources_as_an_embed(prompts: Prompts) -> None:
    [page] = answer_pages(ANSWER, prompts, embeds=True)
    assert (
        transcript(page)
        == """\
John Bolton, the national security adviser of the United States, said that the talks were about nothing except \
Maduro's departure and free elections. He said so on Twitter. **[[1]](<https://example.org/talks>)**

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
def test_a_disagreement_is_shown_below_the_answer(prompts: Prompts, embeds: bool) -> None:
    values = ("1846 *or* so", "[1] `1848`")
    disagreeing = replace(ANSWER, disagreements=(Disagreement((1, 2), values),))
    [page] = answer_pages(disagreeing, prompts, embeds=embeds)
    told = page.content.split("\n\n")[2]
    assert told == r"The documents disagree: **[1]** says “1846 \*or\* so”, **[2]** says “\[1\] \`1848\`”."
    assert rules(told) == {"bold"}
    long = replace(ANSWER, disagreements=(Disagreement((1, 2), ("1846 " * 900, "\u200b")),))
    assert all(length(page.content) <= LONGEST_CONTENT for page in answer_pages(long, prompts, embeds=embeds))


def test_the_searched_question_is_shown_if_it_differs_from_the_asked_one(prompts: Prompts) -> None:
    follow_up = changed(ANSWER, text="And *Bolton*?", searched="What did *Bolton* say?")
    assert answer_pages(follow_up, prompts, embeds=True)[0].content.startswith(
        "-# searched: What did \\*Bolton\\* say?\n\nJohn Bolton"
    )
    same = changed(ANSWER, text="What  did\nBolton say?", searched="What did Bolton say?")
    assert "searched" not in answer_pages(same, prompts, embeds=True)[0].content


def test_an_answer_of_a_wider_search_shows_its_confidence(prompts: Prompts) -> None:
    for confidence, percent in ((0.344, 34), (0.001, 1), (1.0, 99)):
        wider = changed(ANSWER, surface="wider", confidence=confidence)
        asked, told, *_ = answer_pages(wider, prompts, embeds=True)[0].content.split("\n")
        assert asked == "-# asked: What did Bolton say the talks were about?"
        assert told == f"Found by searching wider. I am {percent}% sure."
    abstention = changed(ABSTENTION, surface="wider")
    assert answer_pages(abstention, prompts, embeds=True)[0].content.startswith("Searched wider, and still:\nI found")


def test_the_answer_to_a_command_repeats_the_question_if_others_see_it(prompts: Prompts) -> None:
    command = changed(ANSWER, surface="command")
    asked = "-# asked: What did Bolton say the talks were about?\n\n"
    assert answer_pages(command, prompts, embeds=True)[0].content.startswith(asked)
    for unseen in (changed(command, private=True), changed(command, server=None), changed(ANSWER, surface="reply")):
        assert "asked:" not in answer_pages(unseen, prompts, embeds=True)[0].content
    told = answer_pages(changed(ABSTENTION, surface="command"), prompts, embeds=True)[0].content
    assert "asked:" not in told  # an abstention contains it anyway


def test_a_number_in_a_document_does_not_look_like_a_footnote(prompts: Prompts) -> None:
    fake = answer_of(said("It is known. [2] **[1]** [[1]](<https://evil.example>)"))
    [page] = answer_pages(fake, prompts, embeds=True)
    assert links(page.content) == ["https://example.org/talks"]
    assert page.content == (
        r"It is known. (2) \*\*(1)\*\* \[(1)\]\(\<https:\//evil.example\>) **[[1]](<https://example.org/talks>)**"
    )


def test_an_unsafe_address_is_no_link(prompts: Prompts) -> None:
    sources = (cited(BOLTON_SOURCE, url="https://bank.example@evil.example"),)
    [page] = answer_pages(answer_of(said("They met."), sources=sources), prompts, embeds=True)
    assert "evil" not in transcript(page)


def test_a_quote_is_shown_if_the_blocks_do_not_contain_it(prompts: Prompts) -> None:
    reworded = answer_of(said("Cabello was angry.", 2), sources=(CABELLO_SOURCE,))
    quote = f"“{CABELLO.replace(chr(10), ' ')}”"
    [page] = answer_pages(reworded, prompts, embeds=True)
    assert page.fields[0].value.split("\n")[1:] == [quote]
    [page] = answer_pages(reworded, prompts, embeds=False)
    assert page.content.endswith(f"line 17: {quote}")


def test_a_quote_that_is_longer_than_the_blocks_is_not_repeated(prompts: Prompts) -> None:
    steps = (AnswerBlock("item", "Pull *it*.", 1, "1."), AnswerBlock("item", "Run it.", 1, "2."))
    source = cited(BOLTON_SOURCE, quote="1. Pull *it*.\n2. Run it.")
    [page] = answer_pages(answer_of(*steps, sources=(source,)), prompts, embeds=True)
    assert "\n“" not in page.fields[0].value
    rows = (AnswerBlock("row", "Plan | Price", 1, "header"), AnswerBlock("row", "Team | $12", 1))
    source = cited(BOLTON_SOURCE, quote="Plan | Price\nFree | $0\nTeam | $12")
    [page] = answer_pages(answer_of(*rows, sources=(source,)), prompts, embeds=True)
    assert page.content.startswith("**Plan:** Team\n**Price:** $12")
    assert "\n“" not in page.fields[0].value


def test_long_answers_are_split_with_the_sources_on_the_last_message(prompts: Prompts) -> None:
    paragraph = said("Herons wade, and “at dawn. Or later” they fish. " * 6 + "So it is.")
    pages = answer_pages(answer_of(*[paragraph] * 20), prompts, embeds=True)
    assert len(pages) > 3
    assert all(page.content.endswith("So it is.") for page in pages[:-1])
    assert pages[-1].content.endswith("So it is. **[[1]](<https://example.org/talks>)**")
    assert all(length(page.content) <= LONGEST_CONTENT for page in pages)
    assert [page.has_embed for page in pages] == [False] * (len(pages) - 1) + [True]


@pytest.mark.parametrize("embeds", [True, False])
def test_what_is_left_out_is_counted_with_a_link_to_its_page(prompts: Prompts, embeds: bool) -> None:
    steps = (AnswerBlock("item", "Pull it.", 1, "1."), AnswerBlock("paragraph", "Not so.", 2))
    cut = replace(answer_of(*steps), more=More("item", 4))
    content = answer_pages(cut, prompts, embeds=embeds)[0].content
    assert "\n\n-# … 4 more steps · [open](<https://example.org/talks>)" in content
    assert rules(content.split("\n\n")[2]) == {"small", "link"}
    unlinked = replace(cut, sources=(cited(BOLTON_SOURCE, url=None), CABELLO_SOURCE), more=More("code", 1))
    assert "\n\n-# … 1 more piece of code · see Sources" in answer_pages(unlinked, prompts, embeds=embeds)[0].content


def test_unanswered_questions_of_a_message_are_named(prompts: Prompts) -> None:
    half = replace(ANSWER, unanswered=("Who *paid*?", "\u200b"))
    [page] = answer_pages(half, prompts, embeds=True)
    assert page.content.endswith("**[2]**\n\nI found no answer to: “Who \\*paid\\*?”; “…”")


@pytest.mark.parametrize("count", [1, 5, 24, 25, 40])
def test_any_number_of_sources_fits_into_an_embed(prompts: Prompts, count: int) -> None:
    sources = tuple(
        cited(
            CABELLO_SOURCE, number, title="T" * 400, heading="H" * 400, quote="q " * 900, url=f"https://a.b/{'c' * 400}"
        )
        for number in range(1, count + 1)
    )
    blocks = [said("They met.", number) for number in range(1, count + 1)]
    page = answer_pages(answer_of(*blocks, sources=sources), prompts, embeds=True)[-1]
    assert len(page.fields) == min(count, 25)
    assert page.embed_length <= LARGEST_EMBED
    assert all(length(field.name) <= LONGEST_NAME and length(field.value) <= LONGEST_VALUE for field in page.fields)
    assert page.footer == ("15 more footnotes under Sources" if count == 40 else "")


def test_a_document_with_an_invisible_title_is_called_by_its_path(prompts: Prompts) -> None:
    sources = (cited(CABELLO_SOURCE, title="\u200b\u202e"),)
    assert answer_pages(replace(ANSWER, sources=sources), prompts, embeds=True)[0].fields[0].name == "[1] week.txt"
    sources = (cited(CABELLO_SOURCE, title="\u200b", document="\u200b"),)
    assert answer_pages(replace(ANSWER, sources=sources), prompts, embeds=True)[0].fields[0].name == "[1] untitled"


@pytest.mark.parametrize("embeds", [True, False])
def test_without_an_answer_there_is_one_line_and_no_passage(prompts: Prompts, embeds: bool) -> None:
    [page] = answer_pages(ABSTENTION, prompts, embeds=embeds)
    assert transcript(page) == "I found no answer to “Who paid for the \\*flights\\*?” in the documents."


@pytest.mark.parametrize("embeds", [True, False])
def test_without_an_answer_and_without_near_passages(prompts: Prompts, embeds: bool) -> None:
    [page] = answer_pages(replace(ABSTENTION, sources=()), prompts, embeds=embeds)
    assert transcript(page) == (
        "I found nothing in the documents about “Who paid for the \\*flights\\*?”.\n"
        "Try other words, or add a document that answers it."
    )


def test_the_closest_section_is_marked_as_unsure_and_has_its_sources(prompts: Prompts) -> None:
    closest = replace(ANSWER, outcome="closest", blocks=ANSWER.blocks[1:], sources=(CABELLO_SOURCE,), confidence=0.4)
    [page] = answer_pages(closest, prompts, embeds=True)
    assert (
        transcript(page)
        == """\
⚠️ This is the closest I found in the documents:

Diosdado Cabello was outraged. He called the report false and said that the Associated Press was spreading lies. **[2]**
| [2] The Venezuelan talks, day by day
| week.txt, “THE REPLIES FROM CARACAS”, line 17"""
    )
    [page] = answer_pages(closest, prompts, embeds=False)
    assert page.content.startswith("⚠️ This is the closest")
    assert page.content.endswith(
        "-# **[2]** The Venezuelan talks, day by day, week.txt, “THE REPLIES FROM CARACAS”, line 17"
    )


def test_the_closest_section_repeats_the_question_if_others_do_not_see_it(prompts: Prompts) -> None:
    asked = (
        "-# asked: What did Bolton say the talks were about?\n⚠️ This is the closest I found in the documents:\n\nJohn"
    )
    for surface in ("command", "wider"):
        closest = changed(ANSWER, outcome="closest", surface=surface)
        assert answer_pages(closest, prompts, embeds=True)[0].content.startswith(asked)


@pytest.mark.parametrize("note", ["greeting", "thanks", "capabilities", "vague"])
def test_a_message_without_a_question_gets_its_line(prompts: Prompts, note: Note) -> None:
    [page] = answer_pages(changed(ABSTENTION, note=note, sources=(), surface="command"), prompts, embeds=True)
    assert transcript(page) == prompts.fill(note)


def test_an_incomplete_entry_is_shown_as_far_as_possible(prompts: Prompts) -> None:
    assert (
        answer_pages(answer_of(said("They met.", 7), sources=()), prompts, embeds=True)[0].content
        == "They met. **[7]**"
    )
    assert answer_pages(answer_of(said("They met.", 0)), prompts, embeds=True)[0].content == "They met."
    assert answer_pages(answer_of(said("\u200b"), sources=()), prompts, embeds=True)[0].content == "… **[1]**"
    assert answer_pages(answer_of(sources=()), prompts, embeds=True)[0].content == "…"
