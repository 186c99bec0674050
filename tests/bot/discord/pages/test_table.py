"""Rows of tables, always under their header."""

from __future__ import annotations

from bot.blocks import AnswerBlock, Link
from bot.discord.pages.blocks import block_units
from bot.discord.pages.page import LONGEST_CONTENT
from bot.discord.pages.table import WIDEST, table_parts
from bot.discord.text.splitting import packed
from tests.bot.discord.support.discord_markdown import rules
from tests.bot.discord.support.talks import BOLTON_SOURCE


def row(text: str, *, header: bool = False, link: str = "") -> AnswerBlock:
    links = (Link(text.index(link), text.index(link) + len(link), "https://a.b/c"),) if link else ()
    return AnswerBlock("row", text, 1, "header" if header else "", links=links)


HEADER = row("Plan | Price | Users", header=True)
FREE, TEAM = row("Free | $0 | 3"), row("Team | $12 | 20")


def test_one_row_is_a_line_for_each_cell() -> None:
    assert table_parts([HEADER, TEAM]) == ["**Plan:** Team\n**Price:** $12\n**Users:** 20"]
    assert table_parts([row("Name: | *a* `b`", header=True), row("x_y | 1")]) == [
        "**Name:** x\\_y\n**\\*a\\* \\`b\\`:** 1"
    ]


def test_several_rows_are_aligned_under_their_header() -> None:
    assert table_parts([HEADER, FREE, row("日本 | $120 | 4")]) == [
        "```\nPlan  Price  Users\n──────────────────\nFree  $0     3\n日本  $120   4\n```"
    ]


def test_rows_too_wide_for_a_phone_are_a_list_with_headers() -> None:
    wide = row("The one for enterprises | $99 | as many as you like")
    assert table_parts([HEADER, FREE, wide]) == [
        "- **Plan:** Free · **Price:** $0 · **Users:** 3",
        "- **Plan:** The one for enterprises · **Price:** $99 · **Users:** as many as you like",
    ]


def test_rows_with_links_are_a_list_so_that_the_links_stay() -> None:
    assert table_parts([HEADER, FREE, row("Team | ask us | 20", link="ask us")])[1] == (
        "- **Plan:** Team · **Price:** [ask us](<https://a.b/c>) · **Users:** 20"
    )


def test_empty_cells_extra_cells_and_columns_without_a_name() -> None:
    assert table_parts([HEADER, row("Team |  | 20 | and more")]) == ["**Plan:** Team\n**Users:** 20\nand more"]
    assert table_parts([row(" | Price", header=True), row("Team | $12")]) == ["**Team**\n**Price:** $12"]
    assert table_parts([row("| Price | Note", header=True), row("Free |")]) == ["**Free**"]
    assert table_parts([row("Plan |", header=True), row("| $0 |")]) == ["**$0**"]
    assert table_parts([HEADER]) == ["**Plan** · **Price** · **Users**"]
    assert table_parts([FREE]) == ["Free\n$0\n3"]
    assert table_parts([FREE, TEAM]) == ["```\nFree  $0   3\nTeam  $12  20\n```"]


def test_a_bar_in_code_does_not_end_a_cell() -> None:
    piped = AnswerBlock("row", "Count | ls | wc -l", 1, code=((8, 18),))
    assert table_parts([row("Task | Command", header=True), piped]) == ["**Task:** Count\n**Command:** `ls | wc -l`"]


def test_a_long_table_repeats_its_header_in_every_message() -> None:
    rows = [HEADER, *(row(f"Plan{number} | ${number} | {number}") for number in range(200))]
    pages = packed(block_units(rows, [BOLTON_SOURCE]), LONGEST_CONTENT)
    assert len(pages) > 1
    for page in pages:
        assert page.startswith("```\nPlan     Price  Users\n")
        assert rules(page) - {"bold", "link"} == {"fence"}
        assert max(map(len, page.removesuffix("**[[1]](<https://example.org/talks>)**").split("\n"))) <= WIDEST
    assert sum(page.count("Plan1") for page in pages) == 111
    assert pages[-1].endswith("```\n**[[1]](<https://example.org/talks>)**")


def test_a_second_header_starts_another_table() -> None:
    [page] = packed(block_units([HEADER, TEAM, row("Name | Age", header=True), row("Ada | 36")], []), LONGEST_CONTENT)
    assert page == "**Plan:** Team\n**Price:** $12\n**Users:** 20\n\n**Name:** Ada\n**Age:** 36 **[1]**"
