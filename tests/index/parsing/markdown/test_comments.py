"""Comments of Obsidian: nobody who reads the note sees them, so they are never quoted."""

from __future__ import annotations

import pytest

from index.parsing.markdown.dialects.comments import without_comments
from index.parsing.parse import parse_bytes


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Herons %%no%% fish.", "Herons  fish."),
        ("Herons.\n\n%%\nsecret\n\nmore\n%%\n\nFish.", "Herons.\n\n\n\n\n\n\n\nFish."),
        ("%% secret\nmore %%\nFish.", "\n\nFish."),
        ("100%% sure, 50%% not.", "100%% sure, 50%% not."),
        ("`%%time%%` and %%nothing ends it", "`%%time%%` and %%nothing ends it"),
        ("```mermaid\n%% a comment of the diagram\n%%\n```", "```mermaid\n%% a comment of the diagram\n%%\n```"),
        ("%%\nnever ended", "%%\nnever ended"),
    ],
)
def test_comments_leave(source: str, text: str) -> None:
    assert without_comments(source) == text


def test_lines_and_links_of_a_vault() -> None:
    source = "# Herons\n\n%%\nsecret\n%%\n\nSee [[Lake|the lake]] and [[Pond]].\n\n![[heron.png]]\n\n![[Eggs]]\n"
    document = parse_bytes("note.md", source.encode())
    assert document.text == "Herons\n\nSee the lake and Pond.\n\nEggs"
    assert document.line_at(document.text.index("See")) == 7
