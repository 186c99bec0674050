"""The negations of a sentence."""

from __future__ import annotations

import pytest

from index.english.negations import negations


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        ("Bolton did not deny that the contacts existed.", [["deny"]]),
        ("He refused to give their names.", [["give", "names"]]),
        ("The talks were about nothing except his departure.", []),
        ("It was not only good, but cheap.", []),
        ("I don't know who came.", []),
        ("No, they came.", []),
        ("It shows a lack of awareness.", [["awareness"]]),
        ("The album No Way Out was released.", []),
    ],
)
def test_negations_reach_the_words_after_them(text: str, reached: list[list[str]]) -> None:
    assert [[word.text for word in one.reached] for one in negations(text)] == reached
