"""Each kind of block as Discord shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from bot.blocks import AnswerBlock
from bot.discord.pages.blocks import LONGEST_BLOCK, block_units
from bot.discord.pages.page import LONGEST_CONTENT
from bot.discord.text.splitting import length, packed
from bot.types import Source
from index.types import BlockKind
from tests.bot.discord.support.discord_lists import listed
from tests.bot.discord.support.discord_markdown import code, in_bold, read, rules, shown
from tests.bot.discord.support.talks import BOLTON_SOURCE, CABELLO_SOURCE

NUMBER = "**[[1]](<https://example.org/talks>)**"


def block(kind: BlockKind, text: str, label: str = "", depth: int = 0, **changes: Any) -> AnswerBlock:
    return AnswerBlock(kind, text, changes.pop("citation", 1), label, depth, **changes)


def item(label: str, text: str, depth: int = 0) -> AnswerBlock:
    return block("item", text, label, depth)


def messages(blocks: Sequence[AnswerBlock], sources: Sequence[Source] = (BOLTON_SOURCE, CABELLO_SOURCE)) -> list[str]:
    return packed(block_units(blocks, sources), LONGEST_CONTENT)


def message(*blocks: AnswerBlock) -> str:
    [whole] = messages(blocks)
    return whole


STEPS = (
    block("heading", "Install"),
    block("paragraph", "Do the following:"),
    item("1.", "Pull the image:"),
    block("code", "docker pull x/y:1\n- no item", "sh"),
    item("2.", "Choose"),
    item("-", "a colour", 1),
    item("-", "a size:", 1),
    item("1.", "small", 2),
    item("2.", "large", 2),
    item("3.", "Restart."),
    block("paragraph", "Then wait."),
)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("paragraph", "It opened in 1932.[1]", "It opened in 1932.(1)"),
        ("item", "As the table [2, 3] says", "As the table (2, 3) says"),
        ("quote", "Ask the owner [12].", "Ask the owner (12)."),
    ],
)
def test_a_number_in_brackets_of_the_document_is_no_footnote(kind: BlockKind, text: str, expected: str) -> None:
    whole = message(block(kind, text, "-" if kind == "item" else ""))
    assert shown(whole).removesuffix(" [1]") == expected


def test_steps_with_code_and_lists_in_them() -> None:
    assert (
        message(*STEPS)
        == f"""\
**Install**
Do the following:
1. Pull the image:

```sh
docker pull x/y:1
- no item
```
2. Choose
   - a colour
   - a size:
     1. small
     2. large
3. Restart.

Then wait. {NUMBER}"""
    )


def test_discord_shows_numbers_and_nesting_as_in_the_document() -> None:
    assert listed(message(*STEPS))[2:-1] == [
        "1. Pull the image:",
        "```",
        "2. Choose",
        "  • a colour",
        "  • a size:",
        "    1. small",
        "    2. large",
        "3. Restart.",
    ]


@pytest.mark.parametrize(
    "items",
    [
        [("4.", 0), ("5.", 0), ("6.", 0)],
        [("1.", 0), ("1.", 0), ("2.", 0), ("5.", 0)],
        [("1)", 0), ("-", 1), ("2)", 0)],
        [("-", 0), ("1.", 0), ("2.", 0), ("*", 0)],
        [("1.", 0), ("a)", 1), ("b)", 1), ("2.", 0), ("-", 1), ("iv.", 1)],
        [("-", 1), ("3.", 0), ("4.", 0), ("•", 1), ("-", 3)],
        [("10.", 0), ("-", 1), ("11.", 0), ("01.", 0), ("1.1.", 0), ("", 0)],
    ],
)
def test_every_mark_is_shown_even_if_discord_would_count_differently(items: list[tuple[str, int]]) -> None:
    given = [item(label, f"step {number}", depth) for number, (label, depth) in enumerate(items)]
    whole = message(*given).removesuffix(f" {NUMBER}")
    told = [line.strip().replace("\\", "") for line in listed(whole)]
    marks = ["•" if label in ("-", "*", "") else label for label, _ in items]
    assert told == [f"{mark} step {number}" for number, mark in enumerate(marks)]


def test_text_that_looks_like_a_mark_stays_text() -> None:
    whole = message(item("-", "1. *one*"), item("2.", "- two"))
    assert listed(whole) == [r"• 1\. \*one\*", rf"2\. \- two {NUMBER}"]


def test_code_is_verbatim_in_a_fence_with_its_number_below_it() -> None:
    text = "def f():\n\treturn '```' + `a` # **b** [1]"
    whole = message(block("paragraph", "As in this:"), block("code", text, "python"))
    assert whole == f"As in this:\n```python\n{text.replace('```', '`' + chr(8203) + '``')}\n```\n{NUMBER}"
    assert [part.kind for part in read(whole) if part.kind != "text"] == ["fence", "bold"]


def test_long_code_is_closed_and_reopened_between_messages() -> None:
    text = "\n".join(f"print({number}, '*')" for number in range(140))
    pages = messages([block("paragraph", "As in this:"), block("code", text, "python")])
    assert len(pages) > 2
    assert all(page.count("```") == 2 and page.startswith("```python\n") for page in pages[1:])
    assert [line for page in pages for part in code(page) for line in part.strip("\n").split("\n")] == text.split("\n")
    assert pages[-1].endswith(f"```\n{NUMBER}")


def test_quotes_and_admonitions() -> None:
    whole = message(
        block("quote", "To be, or *not*."),
        block("paragraph", "So he said."),
        block("quote", "Back up first.", "warning"),
        block("quote", "Then wait."),
        block("quote", "Note: it is late.", "note"),
    )
    assert whole == (
        "> To be, or \\*not\\*.\n\nSo he said.\n\n> **Warning:** Back up first.\n> Then wait.\n\n"
        f"> Note: it is late. {NUMBER}"
    )
    assert rules(whole) == {"quote", "bold", "link"}


def test_the_term_of_a_definition_is_bold_and_close_to_what_is_said_of_it() -> None:
    whole = message(block("definition", "Seat"), block("paragraph", "One person."), block("definition", "Desk"))
    assert whole == f"**Seat**\nOne person.\n\n**Desk** {NUMBER}"


def test_every_message_of_a_long_quote_starts_with_its_mark() -> None:
    pages = messages([block("quote", "It is so. " * 250)])
    assert len(pages) > 1
    assert all(line.startswith("> ") for page in pages for line in page.split("\n"))


def test_the_words_that_answer_are_bold_unless_they_are_the_whole_block() -> None:
    one, two = "It opened in March. It closed in May.", "It closed in May."
    whole = message(block("paragraph", one, strong=((0, 19),)), block("item", two, "-", strong=((0, len(two)),)))
    assert in_bold(whole) == ["It opened in March.", "[1]"]


def test_the_number_follows_the_last_block_of_each_citation() -> None:
    whole = message(
        block("paragraph", "One."),
        block("paragraph", "Two."),
        block("paragraph", "Three.", citation=2),
        block("paragraph", "Four.", citation=9),
    )
    assert whole == f"One.\n\nTwo. {NUMBER}\n\nThree. **[2]**\n\nFour. **[9]**"


def test_a_long_paragraph_continues_in_the_next_message() -> None:
    pages = messages([block("paragraph", "It is so. " * 250)])
    assert [page.endswith("It is so.") for page in pages] == [True] * (len(pages) - 1) + [False]
    assert pages[-1].endswith(f"It is so. {NUMBER}")
    assert sum(page.count("It is so.") for page in pages) == 250


@pytest.mark.parametrize("kind", ["paragraph", "item", "quote", "code", "row", "heading", "definition"])
def test_huge_blocks_are_cut_and_refer_to_sources(kind: BlockKind) -> None:
    for text in ("wading\n" * 3000, "w" * 20_000, "| " * 9000, "* " * 9000):
        pages = messages([block(kind, text)])
        assert sum(map(length, pages)) < 4 * LONGEST_BLOCK
        assert "complete under Sources" in pages[-1]
        assert pages[-1].endswith(NUMBER)


def test_blocks_without_visible_characters() -> None:
    kinds: list[BlockKind] = ["paragraph", "code", "item", "row", "quote", "heading"]
    whole = message(*(block(kind, "\u200b", citation=number) for number, kind in enumerate(kinds, 1)))
    assert shown(whole).split() == ["…", "[1]", "…", "[2]", "…", "[3]", "…", "[4]", "…", "[5]", "…", "[6]"]
