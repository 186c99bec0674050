"""Passages that only say where to look."""

from __future__ import annotations

import pytest

from index.reader.answers.pointers import only_points
from tests.index.reader.passages import passage_of


@pytest.mark.parametrize(
    "sentences",
    [
        ["See the transit benefit page."],
        ["Please refer to our refund policy."],
        ["Learn more in the guide to backups.", "For more information, visit the help center."],
        ["This page moved to the handbook."],
    ],
)
def test_a_passage_that_only_points(sentences: list[str]) -> None:
    assert only_points(passage_of(*sentences))


@pytest.mark.parametrize(
    "sentences",
    [
        ["Refunds take a week.", "See the refund policy."],
        ["Go to Settings and press Export."],
        ["Seeds are sown in March."],
        ["See the harbour master before you moor: " + "he assigns the berths. " * 3],
        [],
    ],
)
def test_a_passage_that_says_something(sentences: list[str]) -> None:
    assert not only_points(passage_of(*sentences))
