"""Code in Discord is shown as in the document, and ends where it should."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.text.code import code_block, inline_code
from bot.discord.text.markdown import link
from bot.discord.text.splitting import split
from tests.bot.discord.support.discord_markdown import RAW, code, links, read, rules

SHELL = "docker run -v `pwd`:/data \\\n  -e A=*b* x/y:1  # [1]"
fragments = st.lists(st.sampled_from(("`", "``", "```", "\n", " ", "\\", "*", "a", "<@1>", "@here", "\u200b", "\x00")))
hostile = fragments.map("".join) | st.text()


def test_a_block_of_code_is_verbatim_with_its_language() -> None:
    assert code_block(SHELL, "sh") == f"```sh\n{SHELL}\n```"
    assert code(code_block("\tmake\n\n    all", "")) == ["\tmake\n\n    all\n"]


@pytest.mark.parametrize("language", ["no language", "`", "a\nb", "x" * 21, "é"])
def test_an_invalid_language_is_left_out(language: str) -> None:
    assert code_block("x = 1", language) == "```\nx = 1\n```"
    assert code_block("x = 1", "c++") == "```c++\nx = 1\n```"


def test_backticks_in_a_block_do_not_end_it() -> None:
    whole = code_block("```py\nx\n````\n`a` ``b``", "md")
    assert rules(whole) == {"fence"}
    assert len(read(whole)) == 1
    assert whole.replace("\u200b", "") == "```md\n```py\nx\n````\n`a` ``b``\n```"
    assert "`a` ``b``" in whole


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PORT", "`PORT`"),
        ("**a** [b](c)  \\", "`**a** [b](c) \\`"),
        ("a`b", "``a`b``"),
        ("`a`", "`` `a` ``"),
        ("a``b", "``a`\u200b`b``"),
        ("\u200b", ""),
        ("<@1> @everyone", "`<\u200b@1> @\u200beveryone`"),
        ("discord.gg/abc discord.com/developers", "`discord\u200b.gg/abc discord.com/developers`"),
    ],
)
def test_code_inside_a_sentence(text: str, expected: str) -> None:
    assert inline_code(text) == expected
    assert rules(inline_code(text)) == ({"code"} if expected else set())


@given(text=hostile)
def test_any_code_is_one_piece_of_code_and_mentions_nobody(text: str) -> None:
    for shown, kind in ((code_block(text, "py"), "fence"), (inline_code(text), "code")):
        assert [part.kind for part in read(shown)] == [kind] * bool(shown)
        assert not RAW.search(shown)


@pytest.mark.parametrize("text", ["](<https://evil.example>)", "a](https://evil.example)[b](https://b.example)"])
def test_code_after_a_link_of_footnote_does_not_end_the_link(text: str) -> None:
    for rendered in (code_block(text), inline_code(text)):
        assert links(f"{link('open', 'https://example.org')} {rendered}") == ["https://example.org"]
    assert inline_code("handlers[0](event)") == "`handlers[0](event)`"


def test_a_block_longer_than_a_message_is_closed_and_reopened() -> None:
    lines = [f"line_{number} = '``'" for number in range(300)]
    pieces = split(code_block("\n".join(lines), "py"), 2000)
    assert len(pieces) > 1
    assert all(re.fullmatch(r"```py\n[^\n][\s\S]*[^\n]\n```", piece) for piece in pieces)
    assert "\n".join(piece[6:-4] for piece in pieces) == "\n".join(lines)


def test_code_with_backticks_inside_a_sentence_is_not_cut() -> None:
    text = f"{'word ' * 15}{inline_code('a`b c d e f')} {'word ' * 15}"
    assert any("``a`b c d e f``" in piece for piece in split(text, 90))
