"""Text of documents and people is shown by Discord as plain text."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.discord.text.markdown import LONGEST_URL, bold, escaped, escaped_block, link, moment, safe_url, visible
from tests.bot.discord.support.discord_markdown import RAW, links, rules, shown

FRAGMENTS = (
    "*", "**", "_", "__", "~~", "`", "```", "||", "[", "]", "(", ")", "<", ">", "\\", "#", "##", "-", "-#", "+", "1.",
    ">>>", " ", "\n", "\t", "<@1>", "<@!1>", "<@&2>", "<#3>", "</ask:4>", "<:e:5>", "<a:e:5>", "<t:1:R>", "<id:home>",
    "@everyone", "@here", "@", "everyone", "https://", "http", "://", "a.b", "discord", ".gg/", "x", ":", "smile",
    "[1]", "[1](https://evil.example)", "```py\n", "\u200b", "\u202e", "\u200d", "\u200c", "\ufeff", "\u0301", "é", "ش",
    "💡", "\ud800", "\U000e0041", "\x00", "\x1b", "\u2028", "\x85", "¯\\_(ツ)_/¯", "…", "”", "“",
)  # fmt: skip
hostile = st.lists(st.sampled_from(FRAGMENTS) | st.characters(), max_size=20).map("".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two *stars* and a_b_c", r"two \*stars\* and a\_b\_c"),
        ("# no heading", r"\# no heading"),
        ("-# no small print", r"\-\# no small print"),
        ("a well-known 5 - 3 + 2", r"a well-known 5 \- 3 \+ 2"),
        ("1. no list", r"1\. no list"),
        ("> no quote", r"\> no quote"),
        ("||no spoiler||", r"\|\|no spoiler\|\|"),
        ("```no code```", r"\`\`\`no code\`\`\`"),
        ("[a](https://b.example/c)", r"\[a\]\(https:\//b.example/c)"),
        ("<https://b.example>", r"\<https:\//b.example\>"),
        ("come to discord.gg/abc", r"come to discord\.gg/abc"),
        ("<@1> <@&2> <#3> </ask:4>", r"\<@1\> \<@&2\> \<#3\> \</ask:4\>"),
        ("@everyone and @HERE", "@\u200beveryone and @\u200bHERE"),
        ("at 10:30:45 :smile:", r"at 10\:30:45 \:smile:"),
        ("a back\\slash", r"a back\\slash"),
        ("a\n\n b\tc\u00a0d\u2028e", "a b c d e"),
        ("as shown in [1]", r"as shown in \[1\]"),
    ],
)
def test_markdown_is_escaped(text: str, expected: str) -> None:
    assert escaped(text) == expected
    assert rules(escaped(text)) == set()


@pytest.mark.parametrize("text", ["a](https://evil.example)", "](<https://b.example>)", "]\u200b(https://b.example)"])
def test_words_after_a_link_of_ours_do_not_end_it(text: str) -> None:
    assert links(f"{link('open', 'https://example.org')} {escaped(text)}") == ["https://example.org"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zero\u200bwidth\ufeff and \u00adsoft", "zerowidth and soft"),
        ("right\u202eto\u2066left\u200f", "righttoleft"),
        ("\x1b[31mred\x07", "[31mred"),
        ("half \ud83d a pair", "half \ufffd a pair"),
        ("hidden\U000e0068\U000e0069 words", "hidden words"),
        ("blank\u2800letter\u3164s", "blank letter s"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("a\u200db \u200c c\u200d", "ab c"),
        ("👨\u200d👩\u200d👧 🏳️\u200d🌈 👍🏽", "👨\u200d👩\u200d👧 🏳️\u200d🌈 👍🏽"),
        ("Z\u0301\u0302\u0303\u0304\u0305\u0306\u0307 algo", "Z\u0301\u0302\u0303\u0304 algo"),
        ("\u0301\u0302first", "first"),
        ("ب\u064b\u200d\u064b\u200d\u064b\u200d\u064b\u200d\u064b\u200d\u064b", "ب" + "\u064b\u200d" * 4),
    ],
)
def test_invisible_characters_are_removed_and_joiners_are_kept(text: str, expected: str) -> None:
    assert visible(text) == expected


@settings(max_examples=600, deadline=None)
@given(hostile)
@example("\\\\*a*")
@example("`\\`*a*`")
@example("@\u200beveryone")
@example("<@\u200b1>")
@example("https:\u200b//a.b")
@example("discord\u200b.gg/a")
def test_escaped_text_shows_as_plain_text(text: str) -> None:
    rendered = escaped(text)
    assert rules(rendered) == set()
    assert RAW.search(rendered) is None
    assert shown(rendered).replace("@\u200b", "@") == visible(text).replace("@\u200b", "@")
    assert "\n" not in rendered
    rendered.encode()


@settings(max_examples=300, deadline=None)
@given(hostile, hostile)
def test_escaped_text_is_safe_in_any_position(one: str, other: str) -> None:
    whole = f"**{escaped(one) or 'x'}** {escaped(other)}\n{escaped(other)} · {escaped(one)}"
    assert rules(whole) == {"bold"}
    assert rules(f"-# {bold('[1]')} {escaped(one)}") == {"small", "bold"}


@settings(max_examples=300, deadline=None)
@given(hostile)
def test_a_block_keeps_its_lines_and_each_is_safe(text: str) -> None:
    rendered = escaped_block(text)
    assert rules(rendered) == set()
    assert rules(bold(rendered)) <= {"bold"}
    assert "\n\n\n" not in rendered
    assert [line for line in rendered.split("\n") if line] == [e for line in text.splitlines() if (e := escaped(line))]


def test_a_block_has_at_most_one_empty_line_between_two_others() -> None:
    assert escaped_block("\n\n a\r\n\n\n\n# b\n-# c\n") == "a\n\n\\# b\n\\-\\# c"


def test_a_link_shows_its_text_and_has_no_preview() -> None:
    assert link("open", "https://example.org/a?b=c#d") == "[open](<https://example.org/a?b=c#d>)"
    assert rules(link("[1]", "https://example.org")) == {"link"}
    assert shown(link("[1]", "https://example.org")) == "[1]"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/a b(c)", "https://example.org/a%20b%28c%29"),
        ("https://example.org/*[a]*", "https://example.org/%2A%5Ba%5D%2A"),
        ("https://example.org/>)<@1>@everyone", "https://example.org/%3E%29%3C%401%3E%40everyone"),
        ("https://example.org/\"'\\`|", "https://example.org/%22%27%5C%60%7C"),
        ("https://example.org/a%20b%zz", "https://example.org/a%20b%25zz"),
        ("https://example.org/ü\u202e?q=é#ß", "https://example.org/%C3%BC%E2%80%AE?q=%C3%A9#%C3%9F"),
        ("HTTP://Example.ORG:8080/A", "http://example.org:8080/A"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://example.org?a", "https://example.org?a"),
        (" https://example.org/a\n ", "https://example.org/a"),
    ],
)
def test_characters_that_could_end_a_link_are_encoded(url: str, expected: str) -> None:
    assert safe_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//example.org",
        "https://",
        "https:///a",
        "https://bank.example@evil.example",
        "https://user:word@example.org",
        "https://example.org\\@evil.example",
        "https://exa mple.org",
        "https://example.org:port",
        "https://example.org:99999",
        "https://[::1",
        "https://*",
        "https://a..b",
        f"https://{'a' * 64}.example",
        "https://example.org/\ud800",
        "https://example.org/" + "a" * LONGEST_URL,
        "https://example.org/" + "ü" * 200,
    ],
)
def test_unsafe_addresses_are_no_links(url: str) -> None:
    assert safe_url(url) is None
    assert link("open", url) == "open"


def test_without_an_address_there_is_no_link() -> None:
    assert link("open", None) == "open"


@settings(max_examples=300, deadline=None)
@given(hostile)
def test_a_link_is_one_link_whatever_its_url_contains(rest: str) -> None:
    rendered = link("open", f"https://example.org/{rest}")
    assert rendered == "open" or links(f"{rendered} and more") == [rendered[len("[open](<") : -len(">)")]]
    assert not re.search("<@|@everyone|@here", rendered)
    assert re.fullmatch(r"open|\[open\]\(<https://example\.org/[A-Za-z0-9._~/?#:;,=&+$!%-]*>\)", rendered)


def test_a_moment_is_shown_in_each_readers_time() -> None:
    assert moment(1_700_000_000.9) == "<t:1700000000:R>"
    assert rules(moment(0)) == {"moment"}
