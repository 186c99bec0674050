"""Words that every surface uses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wording import place_of, plain


@pytest.mark.parametrize(
    ("document", "title", "page", "heading", "line", "place"),
    [
        ("herons.md", "Herons", None, None, None, "herons.md"),
        ("a/b.pdf", "On birds", 3, None, None, "On birds, a/b.pdf, page 3"),
        ("b.md", "On birds", None, "On birds", 4, "On birds, b.md, line 4"),
        ("b.md", "On\nbirds\x1b[1m", None, "A\x07 B", 4, "On birds[1m, b.md, “A B”, line 4"),
    ],
)
def test_where_words_stand(
    document: str, title: str, page: int | None, heading: str | None, line: int | None, place: str
) -> None:
    assert place_of(document, title, page, heading, line) == place


@given(st.text())
def test_plain_text_is_one_line_without_anything_that_a_terminal_obeys(text: str) -> None:
    shown = plain(text)
    assert shown == " ".join(shown.splitlines())
    assert not any(ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0 for sign in shown)


def test_plain_text_keeps_words_apart_and_everything_else() -> None:
    assert plain(" a\r\nb\x0bc\td  é 中 🎉\u202e ") == "a b c d é 中 🎉"
