"""Characters that no reader sees."""

from __future__ import annotations

import pytest

from index.parsing.text.cleaning import clean


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("\x1b[1;31mError\x1b[0m: no heron", "Error: no heron"),
        ("\x1b]8;;https://a.example\x07heron\x1b]8;;\x07", "heron"),
        ("\x1b]0;title\x1b\\heron", "heron"),
        ("\x1b(Bheron", "(Bheron"),
        ("user\u202egnp.exe", "usergnp.exe"),
        ("\u2066heron\u2069", "heron"),
        ("a\x07b", "ab"),
    ],
)
def test_codes_for_terminals_and_turned_directions_leave(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned
