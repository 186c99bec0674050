"""Answers on a terminal: every kind of block, what is emphasised, and nothing that a terminal would obey."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from bot.blocks import AnswerBlock, Link
from bot.cli.answer_text import answer_text, block_text, blocks_text, citation_text, whole_answer_text
from bot.config.prompts import load_prompts
from bot.types import Answer, Disagreement, More, Note
from bot.wording import CONTROL_CHARACTERS
from index.types import BlockKind
from tests.bot.cli.answers import CITATION, NOTHING, TEXT, answer_of, paragraphs

PROMPTS = load_prompts(None)
FOOTNOTE = "[1] On birds, birds/herons.md, “Wading”, line 7"


def shown(answer: Answer) -> str:
    """Return what `footnote ask` prints."""
    return whole_answer_text(answer, PROMPTS).plain


def styled(text: Text, style: str) -> list[str]:
    """Return the parts of a text that are set in a style."""
    return [text.plain[span.start : span.end] for span in text.spans if span.style == style]


# Outcomes


def test_an_answer_has_its_marker_and_its_footnote_below() -> None:
    assert shown(paragraphs("Herons stand\non one leg.", "They fish.")) == (
        f"Herons stand on one leg.\n\nThey fish. [1]\n\n{FOOTNOTE}"
    )


def test_what_comes_closest_is_marked_as_unsure() -> None:
    closest = replace(paragraphs(TEXT), outcome="closest")
    assert shown(closest) == f"This is the closest I found in the documents:\n\n{TEXT} [1]\n\n{FOOTNOTE}"


def test_nothing_is_one_line_without_passages() -> None:
    assert shown(NOTHING) == (
        "searched: Who fishes at noon?\n\nI found no answer to “Who fishes at noon?” in the documents."
    )
    assert "I found nothing" in shown(replace(NOTHING, passages=()))


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("greeting", "Hi! Ask me"),
        ("thanks", "You're welcome!"),
        ("capabilities", "I answer"),
        ("vague", "a little more"),
    ],
)
def test_a_message_that_asks_nothing_gets_a_friendly_line(note: Note, said: str) -> None:
    answer = replace(NOTHING, searched=NOTHING.question, passages=(), note=note)
    assert said in shown(answer)
    assert "\n" not in shown(answer)


def test_what_was_searched_is_shown_where_it_differs() -> None:
    answer = replace(paragraphs(TEXT), searched="Who fishes at noon?")
    assert shown(answer).startswith("searched: Who fishes at noon?\n\nHerons")


def test_parts_of_a_message_without_an_answer_are_named() -> None:
    answer = replace(paragraphs(TEXT), unanswered=("Who\x1b[1m dances?", "Why?"))
    assert shown(answer) == f"{TEXT} [1]\n\nI found no answer to: “Who[1m dances?”; “Why?”\n\n{FOOTNOTE}"


def test_a_disagreement_stands_between_the_answer_and_its_footnotes() -> None:
    answer = replace(paragraphs(TEXT), disagreements=(Disagreement((1, 2, 3), ("18\x1b46", "1848", "1850")),))
    assert shown(answer).split("\n\n") == [
        f"{TEXT} [1]",
        "The documents disagree: [1] says “1846”, [2] says “1848”, [3] says “1850”.",
        FOOTNOTE,
    ]


def test_what_is_left_out_is_counted() -> None:
    steps = answer_of(AnswerBlock("item", "Pull the image", 1, "1."))
    assert "\n… 4 more steps\n" in shown(replace(steps, more=More("item", 4)))
    assert "\n… 1 more row\n" in shown(replace(steps, more=More("row", 1)))
    assert "\n… 2 more parts\n" in shown(replace(steps, more=More("quote", 2)))


# Blocks


def test_steps_keep_their_numbers_and_stand_on_neighbouring_lines() -> None:
    text = blocks_text(
        [
            AnswerBlock("paragraph", "Install it so:", 1),
            AnswerBlock("item", "Pull it:", 1, "1."),
            AnswerBlock("code", "docker pull acme\n\tx", 1, "bash", 0),
            AnswerBlock("item", "Run it", 1, "2."),
            AnswerBlock("item", "on Linux", 1, "-", 1),
            AnswerBlock("item", "on a Mac", 1, "-", 1),
            AnswerBlock("paragraph", "Done.", 1),
        ]
    )
    assert text.plain == (
        "Install it so:\n"
        "\n"
        "1. Pull it:\n"
        "    docker pull acme\n"
        "        x\n"
        "\n"
        "2. Run it\n"
        "  - on Linux\n"
        "  - on a Mac\n"
        "\n"
        "Done. [1]"
    )


@pytest.mark.parametrize(
    ("block", "shown"),
    [
        (AnswerBlock("code", "acme up", 1, "sh", 1), "    acme up"),
        (AnswerBlock("paragraph", "It is large.", 1, depth=1), "  It is large."),
        (AnswerBlock("quote", "It needs root.", 1, "warning", 1), "  │ Warning: It needs root."),
    ],
)
def test_what_belongs_to_a_step_stands_below_it(block: AnswerBlock, shown: str) -> None:
    blocks = [AnswerBlock("item", "Pull it", 1, "1."), block, AnswerBlock("item", "Run it", 1, "2.")]
    assert blocks_text(blocks).plain == f"1. Pull it\n{shown}\n2. Run it [1]"
    several = [*blocks[:2], AnswerBlock("paragraph", "Wait.", 1, depth=1), AnswerBlock("paragraph", "Done.", 1)]
    assert blocks_text(several).plain == f"1. Pull it\n{shown}\n  Wait.\n\nDone. [1]"


def test_code_keeps_its_lines_and_the_marker_stands_below() -> None:
    text = blocks_text([AnswerBlock("code", "if x:\n    y()\n\nz()", 1, "python")])
    assert text.plain == "    if x:\n        y()\n\n    z()\n[1]"


def test_a_table_has_padded_columns_and_its_header_in_bold() -> None:
    text = blocks_text(
        [
            AnswerBlock("row", "Plan | Price | Seats", 1, "header"),
            AnswerBlock("row", "Team | $12 | 20", 1),
            AnswerBlock("row", "Enterprise | on request | many", 1),
        ]
    )
    assert text.plain.split("\n") == [
        "Plan        Price       Seats",
        "Team        $12         20",
        "Enterprise  on request  many [1]",
    ]
    assert styled(text, "bold") == ["Plan        Price       Seats"]


def test_a_table_that_is_too_wide_is_wrapped_in_its_columns() -> None:
    rows = [
        AnswerBlock("row", "Code | Meaning", 1, "header"),
        AnswerBlock("row", "H-1 | The server is full of players and birds", 1),
        AnswerBlock("row", "H-2 | Wait", 1),
    ]
    assert blocks_text(rows, width=24).plain == (
        "Code  Meaning\nH-1   The server is full\n      of players and\n      birds\nH-2   Wait [1]"
    )
    assert blocks_text(rows, width=80).plain == blocks_text(rows).plain


@pytest.mark.parametrize("width", [1, 15, 20, 33])
def test_no_word_of_a_table_is_lost(width: int) -> None:
    words = "H-1 | 世界世界世界世界世界 fishes atdawnwithoutanyspacebetween | c d e f g h i j k l m n"
    text = blocks_text([AnswerBlock("row", words, 1)], width=width).plain.removesuffix(" [1]")
    assert sorted("".join(text.split())) == sorted("".join(words.replace("|", "").split()))


@pytest.mark.parametrize(
    ("links", "shown"),
    [
        ([(0, 4, "https://a.example/x")], "Open <https://a.example/x> the page or https://b.example now"),
        ([(17, 34, "https://b.example")], "Open the page or https://b.example now"),
        (
            [(5, 13, "https://c.example"), (35, 38, "https://d.example")],
            "Open the page <https://c.example> or https://b.example now <https://d.example>",
        ),
        ([(0, 1, "https://a.example"), (1, 2, "https://b.ex"), (2, 3, "https://c.ex")], None),
    ],
)
def test_links_show_their_addresses_where_they_are_few(links: list[tuple[int, int, str]], shown: str | None) -> None:
    text = "Open the page or https://b.example now"
    block = AnswerBlock("paragraph", text, 1, links=tuple(Link(*one) for one in links))
    assert block_text(block).plain == (shown or text)


def test_the_term_of_a_definition_is_bold_and_close_to_what_is_said_of_it() -> None:
    text = blocks_text([AnswerBlock("definition", "Seat", 1), AnswerBlock("paragraph", "One person.", 1)])
    assert (text.plain, styled(text, "bold")) == ("Seat\nOne person. [1]", ["Seat"])


@pytest.mark.parametrize(
    ("block", "is_bold"),
    [
        (AnswerBlock("paragraph", "macOS", 1, "label"), True),
        (AnswerBlock("paragraph", "macOS", 1), False),
        (AnswerBlock("quote", "macOS", 1, "note"), False),
    ],
)
def test_the_label_of_what_follows_is_bold(block: AnswerBlock, is_bold: bool) -> None:
    assert (styled(block_text(block), "bold") == ["macOS"]) == is_bold


def test_a_cell_that_is_very_wide_does_not_widen_the_others() -> None:
    wide = "x" * 100
    text = blocks_text([AnswerBlock("row", f"{wide} | a", 1), AnswerBlock("row", "y | b", 1)])
    first, second = text.plain.split("\n")
    assert first == f"{wide}  a"
    assert second == f"y{' ' * 47}  b [1]"


def test_rows_of_different_length_can_be_shown() -> None:
    text = blocks_text([AnswerBlock("row", "a | b | c", 1), AnswerBlock("row", "d", 1)])
    assert text.plain == "a  b  c\nd [1]"


def test_a_quote_has_a_bar_and_a_heading_is_bold() -> None:
    assert block_text(AnswerBlock("quote", "Keep your data.", 1)).plain == "│ Keep your data."
    heading = block_text(AnswerBlock("heading", "On Linux", 1))
    assert (heading.plain, styled(heading, "bold")) == ("On Linux", ["On Linux"])


@pytest.mark.parametrize(
    ("label", "text", "shown"),
    [
        ("warning", "Back up first.", "│ Warning: Back up first."),
        ("tip", "Tip: press Tab twice.", "│ Tip: press Tab twice."),
        ("", "All birds are wary.", "│ All birds are wary."),
    ],
)
def test_an_admonition_says_its_kind_once(label: str, text: str, shown: str) -> None:
    assert block_text(AnswerBlock("quote", text, 1, label)).plain == shown


def test_the_paragraphs_of_a_quote_stand_together_and_two_admonitions_apart() -> None:
    blocks = [
        AnswerBlock("quote", "Restart.", 1, "tip"),
        AnswerBlock("quote", "Then wait.", 1),
        AnswerBlock("quote", "Never unplug it.", 1, "danger"),
    ]
    assert blocks_text(blocks).plain == "│ Tip: Restart.\n│ Then wait.\n\n│ Danger: Never unplug it. [1]"


def test_a_number_in_brackets_of_the_document_is_no_footnote() -> None:
    text = blocks_text(
        [AnswerBlock("paragraph", "It opened in 1932.[1] See [2].", 1), AnswerBlock("row", "[3] | b", 1)]
    )
    assert text.plain == "It opened in 1932.(1) See (2).\n\n(3)  b [1]"


def test_the_words_that_answer_are_bold_unless_they_are_everything() -> None:
    part = block_text(AnswerBlock("paragraph", TEXT, 1, strong=((25, 43),)))
    assert styled(part, "bold") == ["They fish at dawn."]
    whole = block_text(AnswerBlock("paragraph", TEXT, 1, strong=((0, len(TEXT)),)))
    assert styled(whole, "bold") == []


def test_words_set_as_code_are_coloured_whatever_white_space_stands_before_them() -> None:
    text = "Run\r\n\x1bthe\tacme up\x07 now"
    start = text.index("acme")
    block = block_text(AnswerBlock("paragraph", text, 1, code=((start, start + 7),)))
    assert styled(block, "cyan") == ["acme up"]


def test_every_citation_has_one_marker_behind_its_last_block() -> None:
    text = blocks_text(
        [AnswerBlock("paragraph", "A.", 1), AnswerBlock("paragraph", "B.", 1), AnswerBlock("paragraph", "C.", 2)]
    )
    assert text.plain == "A.\n\nB. [1]\n\nC. [2]"


def test_a_footnote_shows_its_address_and_its_quote_only_where_nothing_else_does() -> None:
    citation = replace(CITATION, url="https://example.org/h", page=3, line=None, heading=None)
    assert citation_text(citation).plain == (
        "[1] On birds, birds/herons.md, page 3\n    https://example.org/h\n    “Herons stand on one leg.”"
    )
    assert "“" not in citation_text(citation, shown=[AnswerBlock("paragraph", TEXT, 1)]).plain
    assert "“" in citation_text(citation, shown=[AnswerBlock("paragraph", TEXT, 2)]).plain


def test_a_number_in_the_documents_own_text_is_not_taken_for_a_footnote() -> None:
    answer = answer_text(paragraphs("As shown in [1] and [2], herons stand."))
    assert answer.plain.startswith("As shown in (1) and (2), herons stand. [1]\n")
    markers = [span.start for span in answer.spans if span.style == "bold cyan"]
    assert markers[0] == answer.plain.index(". [1]") + 2


KINDS: tuple[BlockKind, ...] = ("heading", "paragraph", "item", "code", "row", "quote", "definition")


@given(
    st.lists(
        st.builds(
            AnswerBlock,
            kind=st.sampled_from(KINDS),
            text=st.text(min_size=1, max_size=60),
            citation=st.just(1),
            label=st.sampled_from(["", "1.", "-", "header"]),
            depth=st.integers(0, 3),
            strong=st.just(((0, 1),)),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_nothing_in_a_block_drives_the_terminal(blocks: list[AnswerBlock]) -> None:
    text = answer_text(answer_of(*blocks)).plain
    assert not CONTROL_CHARACTERS.search(text)
    assert text.count("[1] On birds") == 1
