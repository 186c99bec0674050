"""Blocks as plain text: nothing but a footnote's marker looks like one, and admonitions say what they are."""

from __future__ import annotations

import pytest

from bot.blocks import AnswerBlock, text_of


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("The bridge opened in 1932.[1][2]", "The bridge opened in 1932.(1)(2)"),
        ("See [3] and [4, 5] or [6–8].", "See (3) and (4, 5) or (6–8)."),
        ("[12] Smith, On birds", "(12) Smith, On birds"),
        ("Reported in [2024] ECR 17", "Reported in [2024] ECR 17"),
        ("Tick [x] or [ ]", "Tick [x] or [ ]"),
        ("The value is rows[1].name or f[2](x)", "The value is rows[1].name or f[2](x)"),
    ],
)
def test_a_number_in_brackets_becomes_one_in_parentheses(text: str, shown: str) -> None:
    block = AnswerBlock("paragraph", text, 1)
    assert block.displayed().text == shown
    assert len(shown) == len(text)
    assert text_of([block]) == f"{shown} [1]"
    assert block.text == text


def test_code_stays_as_it_is_and_is_indented() -> None:
    inline = AnswerBlock("paragraph", "Use argv[1] here [1].", 1, code=((4, 11),))
    assert inline.displayed().text == "Use argv[1] here (1)."
    assert text_of([inline, AnswerBlock("code", "[1]\nprint(a[2])", 1)]) == (
        "Use argv[1] here (1).\n    [1]\n    print(a[2])\n[1]"
    )


@pytest.mark.parametrize(
    ("label", "text", "shown"),
    [
        ("note", "The shop closes at five.", "Note: The shop closes at five. [1]"),
        ("danger", "Danger of shock", "Danger of shock [1]"),
        ("", "Birds fly.", "Birds fly. [1]"),
    ],
)
def test_an_admonition_says_its_kind(label: str, text: str, shown: str) -> None:
    assert text_of([AnswerBlock("quote", text, 1, label)]) == shown
