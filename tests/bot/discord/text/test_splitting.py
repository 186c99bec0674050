"""Rendered text is cut where a reader would cut it, and never inside a span that belongs together."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discord.text.markdown import escaped, escaped_block
from bot.discord.text.splitting import SHORTEST_LIMIT, cut, length, packed, split
from tests.bot.discord.support.discord_markdown import links, rules, shown

MARKER = "**[[1]](<https://example.org/herons>)**"


def words(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize(
    ("text", "expected"), [("", 0), ("abc", 3), ("é", 1), ("💡", 2), ("\ud800", 1), ("👨\u200d👩", 5)]
)
def test_lengths_are_in_utf_16_code_units(text: str, expected: int) -> None:
    assert length(text) == expected


def test_text_that_fits_is_not_cut() -> None:
    assert split(" Herons wade.\n\nThey fish. \n", 100) == ["Herons wade.\n\nThey fish."]


@pytest.mark.parametrize("text", ["", " ", "\n\n \n"])
def test_empty_text_has_no_pieces(text: str) -> None:
    assert split(text, 100) == []


def test_a_limit_that_is_too_small_is_refused() -> None:
    with pytest.raises(ValueError, match="below"):
        split("Herons wade. " * 10, SHORTEST_LIMIT - 1)


def test_paragraphs_stay_whole_if_possible() -> None:
    one, two, three = "One heron wades here. " * 2, "Two herons fish. " * 3, "Three sleep. " * 4
    assert split(f"{one}\n\n{two}\n\n{three}", 110) == [f"{one}\n\n{two.strip()}", three.strip()]


def test_a_long_paragraph_is_cut_at_lines_then_at_sentences_then_at_words() -> None:
    assert split(f"{'a' * 30}\n{'b' * 30}", 40) == ["a" * 30, "b" * 30]
    assert split("Herons wade in ponds. Do they fish? They do, at dawn.", 45) == [
        "Herons wade in ponds. Do they fish?",
        "They do, at dawn.",
    ]
    assert split("herons wade in ponds and fish at dawn where nobody looks", 40) == [
        "herons wade in ponds and fish at dawn",
        "where nobody looks",
    ]


def test_a_sentence_without_spaces_ends_too() -> None:
    assert split("鷺は片足で立つ。" * 6, 40) == ["鷺は片足で立つ。" * 5, "鷺は片足で立つ。"]


def test_the_number_of_a_footnote_stays_with_its_sentence() -> None:
    sentence = f"Herons stand on one leg. {MARKER}"
    together = f"{sentence} {sentence} {sentence}"
    for limit in range(length(sentence) + 28, length(together)):
        pieces = split(together, limit)
        assert all(piece.endswith(MARKER) for piece in pieces), limit
        assert " ".join(pieces) == together
    both = "They fish. **[1][[2]](<https://example.org>)**"
    assert split(f"{both} They sleep at dawn, all of them.", 70) == [both, "They sleep at dawn, all of them."]


def test_a_link_is_not_cut() -> None:
    text = f"herons {'wade ' * 6}[the whole of the story](<https://example.org/a/b/c>) and sleep"
    for limit in range(82, 100):
        pieces = split(text, limit)
        assert sum(len(links(piece)) for piece in pieces) == 1
        assert words(" ".join(map(shown, pieces))) == words(shown(text))


def test_a_link_longer_than_a_message_becomes_its_text() -> None:
    assert split(f"See [the story](<https://example.org/{'a' * 80}>), it is long.", 60) == [
        "See the story, it is long."
    ]


def test_bold_spans_and_quotations_that_fit_are_not_cut() -> None:
    assert split("He said something “about the herons of the pond” then.", 60) == [
        "He said something “about the herons of the pond” then."
    ]
    for opening, closing in (("“", "”"), ("**", "**")):
        said = f"{opening}the herons of the pond{closing}"
        for limit in range(54, 61):
            assert split(f"Once upon a time he said to us at dawn {said} then.", limit) == [
                "Once upon a time he said to us at dawn",
                f"{said} then.",
            ]


def test_a_bold_span_longer_than_a_message_is_bold_in_each_piece() -> None:
    pieces = split(f"**{'herons wade ' * 20}at dawn**", 60)
    assert len(pieces) > 3
    assert all(piece.startswith("**") and piece.endswith("**") and rules(piece) == {"bold"} for piece in pieces)
    assert words(" ".join(map(shown, pieces))) == words("herons wade " * 20 + "at dawn")


def test_code_longer_than_a_message_is_closed_and_reopened() -> None:
    code = "\n".join(f"    line({number})  # of many" for number in range(20))
    pieces = split(f"Before:\n```py\n{code}\n```\nafter", 100)
    assert all(length(piece) <= 100 for piece in pieces)
    assert all(piece.count("```") % 2 == 0 for piece in pieces)
    assert all(re.search(r"```py\n    line\(\d+\)", piece) for piece in pieces[1:-1])
    assert "\n".join(re.findall(r" {4}line\(\d+\)  # of many", "\n".join(pieces))) == code


def test_code_that_is_still_being_written_is_closed() -> None:
    assert split("See:\n```py\nx = 1", 100) == ["See:\n```py\nx = 1\n```"]
    assert all(piece.count("```") == 2 for piece in split("```\n" + "x = 1\n" * 40, 100))


def test_an_escape_is_not_cut() -> None:
    for limit in range(SHORTEST_LIMIT, SHORTEST_LIMIT + 4):
        pieces = split("x" + escaped("*" * 200), limit)
        assert rules("\n".join(pieces)) == set()
        assert "".join(map(shown, pieces)) == "x" + "*" * 200


@pytest.mark.parametrize("cluster", ["👨\u200d👩\u200d👧", "e\u0301\u0302", "🇩🇪", "👍🏽", "क्\u200dष", "각"])
def test_a_grapheme_is_not_cut(cluster: str) -> None:
    for limit in range(SHORTEST_LIMIT, SHORTEST_LIMIT + 9):
        pieces = split(cluster * 60, limit)
        assert "".join(pieces) == cluster * 60
        assert all(length(piece) <= limit and len(piece) % len(cluster) == 0 for piece in pieces)


def test_a_grapheme_longer_than_a_message_is_cut() -> None:
    pieces = split("a" + "\u0301" * 200, 50)
    assert "".join(pieces) == "a" + "\u0301" * 200
    assert all(length(piece) <= 50 for piece in pieces)


@pytest.mark.parametrize("sign", ["#", "##", "-#", "-", "*", "+", ">", ">>>", "1.", "23."])
def test_a_sign_inside_a_line_does_not_become_a_heading_or_list_in_the_next_message(sign: str) -> None:
    for limit in range(45, 60):
        pieces = split(f"{'heron ' * 7}and {sign} {'heron ' * 7}", limit)
        assert rules("\n".join(pieces)) == set(), limit
        assert words(" ".join(map(shown, pieces))) == words(f"{'heron ' * 7}and {sign} {'heron ' * 7}")
    assert rules("\n".join(split(f"{'heron. ' * 7}\n{sign} {'heron ' * 7}", 50))) & {
        "heading",
        "small",
        "list",
        "quote",
    }


MARKUP = ("**bold words** ", "**b**", "“said so”", "“a. b”", MARKER, " " + MARKER, "```\ncode\nmore\n```", "[a](<https://b.c>)",
          "`in line` ", "<t:1:R> ", "\n", "\n\n", ". ", "? ", "。", "heron ", "# ", "- ", "1. ", "x" * 70)  # fmt: skip
markup = st.lists(st.sampled_from(MARKUP) | st.text(max_size=20).map(escaped_block), max_size=60).map("".join)


@settings(max_examples=400, deadline=None)
@given(markup, st.integers(SHORTEST_LIMIT + 30, 200))
def test_pieces_fit_are_not_empty_and_lose_nothing(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(0 < length(piece) <= limit and piece == piece.strip() for piece in pieces)
    assert all(piece.count("```") % 2 == 0 for piece in pieces)
    assert sum(len(links(piece)) for piece in pieces) == len(links(text))
    said = re.sub(r"[\s`*\\]", "", text)
    assert re.sub(r"[\s`*\\]", "", "".join(pieces)) == said


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=400).map(escaped_block), st.integers(SHORTEST_LIMIT, 120))
def test_escaped_text_stays_escaped_however_it_is_cut(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(rules(piece) == set() and 0 < length(piece) <= limit for piece in pieces)
    assert rules(cut(text, limit)) == set()
    assert length(cut(text, limit)) <= limit


def test_cut_text_ends_with_an_ellipsis() -> None:
    assert cut("Herons wade.", 50) == "Herons wade."
    assert cut("Herons wade in the pond, and at dawn they fish.", 42) == "Herons wade in the pond, and at dawn …"
    assert (
        cut("**Herons wade in the pond, and at dawn they fish.**", 46) == "**Herons wade in the pond, and at dawn** …"
    )
    assert (
        cut("Herons wade. They fish at dawn. " * 3, 50, ending=" … (more)")
        == "Herons wade. They fish at dawn. Herons … (more)"
    )


def test_units_are_packed_into_as_few_messages_as_possible() -> None:
    units = [("\n", "a" * 40), ("\n", "b" * 40), ("\n\n", "c" * 40), ("\n", ""), (" ", "d" * 110)]
    assert packed(units, 82) == [f"{'a' * 40}\n{'b' * 40}", "c" * 40, "d" * 82, "d" * 28]
    assert packed([], 100) == []


def test_a_long_text_is_split_quickly() -> None:
    """No time limit: a quadratic algorithm would take minutes here."""
    assert len(split("Herons wade. They fish “at dawn” \\*always\\*. " * 5_000, 2000)) > 100
    assert len(split("“" * 100_000, 2000)) == 50
    assert len(split("x" * 100_000, 2000)) == 50
