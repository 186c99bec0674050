"""The words of a block: only what Footnote formats is formatted."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import AnswerBlock, Link
from bot.discord.text.inline import bold_words, part_of, words
from bot.discord.text.markdown import visible
from index.types import BlockKind
from tests.bot.discord.support.discord_markdown import RAW, in_bold, links, rules, shown
from tests.bot.discord.text.test_markdown import hostile

URL = "https://example.org/a_b?c=*d*"
SAFE = "https://example.org/a_b?c=%2Ad%2A"


def block(
    text: str,
    *,
    kind: BlockKind = "paragraph",
    strong: Sequence[str] = (),
    in_code: Sequence[str] = (),
    linked: Sequence[tuple[str, str]] = (),
) -> AnswerBlock:
    """Return a block some of whose words answer, are code, or are links to an address."""

    def span(part: str) -> tuple[int, int]:
        return text.index(part), text.index(part) + len(part)

    return AnswerBlock(
        kind,
        text,
        1,
        strong=tuple(map(span, strong)),
        code=tuple(map(span, in_code)),
        links=tuple(Link(*span(part), url) for part, url in linked),
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (block("Set *PORT* to\n8000, or a."), r"Set \*PORT\* to 8000, or a."),
        (block("Set PORT first.", in_code=["PORT"]), "Set `PORT` first."),
        (block("Use a`b`.", in_code=["a`b`"]), "Use `` a`b` ``."),
        (block("It opened then. It closed later.", strong=["It opened then."]), "**It opened then.** It closed later."),
        (block("It opened in March.", strong=["It opened in March"]), "It opened in March."),
        (block("Yes. Set PORT now.", strong=["Set PORT now"], in_code=["PORT"]), "Yes. **Set** `PORT` **now**."),
        (block("See the manual.", linked=[("the manual", URL)]), f"See [the manual](<{SAFE}>)."),
        (block("See PORT.", linked=[("PORT", URL)], in_code=["PORT"]), f"See [`PORT`](<{SAFE}>)."),
        (block("See a*b.", linked=[("a*b", URL)], in_code=["a*b"]), rf"See [a\*b](<{SAFE}>)."),
        (
            block("No. See the manual, chapter 3, for it.", strong=["the manual, chapter 3"], linked=[("manual", URL)]),
            f"No. See **the [manual](<{SAFE}>), chapter 3**, for it.",
        ),
        (block("Founded then.[1] Closed.", strong=["Founded then.[1]"]), r"**Founded then.**\[1\] Closed."),
        (block("Why PORT?", kind="heading", in_code=["PORT"]), "**Why** `PORT`**?**"),
    ],
)  # fmt: skip
def test_formatted_words(given: AnswerBlock, expected: str) -> None:
    assert words(given) == expected


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("here", "javascript:alert(1)"),
        ("here", "https://bank.example@evil.example"),
        ("[1]", "https://evil.example"),
        ("1", "https://evil.example"),
        ("a [ b", "https://evil.example"),
        ("\u200b", "https://evil.example"),
        ("https://bank.example", "https://evil.example"),
        ("www.bank.example", "https://evil.example"),
        ("w" * 300, "https://example.org"),
    ],
)
def test_unsafe_or_dishonest_links_are_words(text: str, url: str) -> None:
    shown_words = words(block(f"Go {text} now.", linked=[(text, url)]))
    assert links(shown_words) == []
    assert rules(shown_words) == set()
    assert shown(shown_words).split() == visible(f"Go {text} now.").split()


def test_an_address_in_the_text_is_linked_unchanged() -> None:
    given = block("Open https://example.org now.", linked=[("https://example.org", "https://example.org/")])
    assert words(given) == "Open <https://example.org/> now."


def test_a_link_that_partly_answers_is_bold_as_a_whole() -> None:
    given = block("You want to see the long manual first.", strong=["the long"], linked=[("long manual", URL)])
    assert in_bold(words(given)) == ["the long manual"]


def test_a_part_of_a_block_keeps_its_formatting() -> None:
    whole = block("One PORT, two links here.", strong=["PORT, two"], in_code=["PORT"], linked=[("links", URL)])
    start = whole.text.index("ORT")
    part = part_of(whole, start, len(whole.text) - len("ks here."))
    assert words(part) == f"`ORT`**, two** [lin](<{SAFE}>)"
    assert words(part_of(whole, 0, 3)) == "One"


spans = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda pair: (min(pair), max(pair))), max_size=3)


@given(text=hostile, strong=spans, in_code=spans, linked=spans)
def test_formatting_does_not_change_the_words(
    text: str, strong: list[tuple[int, int]], in_code: list[tuple[int, int]], linked: list[tuple[int, int]]
) -> None:
    all_links = tuple(Link(start, end, URL) for start, end in linked)
    beyond = AnswerBlock("paragraph", text, 1, strong=tuple(strong), code=tuple(in_code), links=all_links)
    everything = part_of(beyond, 0, len(text))
    for rendered in (words(everything), bold_words(everything)):
        assert rules(rendered) <= {"bold", "code", "link"}
        assert set(links(rendered)) <= {SAFE}
        assert not RAW.search(rendered)
        assert "\n" not in rendered
        assert _letters(shown(rendered)) == _letters(visible(text))


def _letters(text: str) -> str:
    """Generate text without spaces and joining characters, which spans may cut apart."""
    return re.sub(r"[\s\u200b\u200c\u200d\u0300-\u036f]", "", text)
