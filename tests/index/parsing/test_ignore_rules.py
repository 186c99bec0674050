"""What is passed over in a seeds folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import SeedsError
from index.parsing.finding import find_files
from index.parsing.ignore_rules import Ignoring


def found(seeds: Path, ignored: str | bytes) -> list[str]:
    """The files that are found under a `.footnoteignore`."""
    for name in ("a.md", "notes.txt", "drafts/b.md", "drafts/keep.md", "deep/drafts/c.md", "deep/notes.txt"):
        (seeds / name).parent.mkdir(parents=True, exist_ok=True)
        (seeds / name).write_text("Text.")
    (seeds / ".footnoteignore").write_bytes(ignored.encode() if isinstance(ignored, str) else ignored)
    return [file.path for file in find_files(seeds).files]


@pytest.mark.parametrize(
    ("ignored", "left"),
    [
        ("", ["a.md", "deep/drafts/c.md", "deep/notes.txt", "drafts/b.md", "drafts/keep.md", "notes.txt"]),
        ("# a comment\n\nnotes.txt\n", ["a.md", "deep/drafts/c.md", "drafts/b.md", "drafts/keep.md"]),
        ("/notes.txt", ["a.md", "deep/drafts/c.md", "deep/notes.txt", "drafts/b.md", "drafts/keep.md"]),
        ("drafts/", ["a.md", "deep/notes.txt", "notes.txt"]),
        ("/drafts/*\n!/drafts/keep.md", ["a.md", "deep/drafts/c.md", "deep/notes.txt", "drafts/keep.md", "notes.txt"]),
        ("**/drafts/*.md", ["a.md", "deep/notes.txt", "notes.txt"]),
        (b"\xef\xbb\xbf*.md\r\nnotes.txt\r\n", []),
    ],
)
def test_patterns_are_those_of_gitignore(tmp_path: Path, ignored: str | bytes, left: list[str]) -> None:
    assert found(tmp_path, ignored) == left


def test_a_pattern_that_is_none_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(SeedsError, match=r"\.footnoteignore, line 2: '!' is no pattern"):
        found(tmp_path, "drafts\n!\n")


def test_an_ignore_file_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(SeedsError, match=r"it is not UTF-8\); fix it"):
        found(tmp_path, b"\xff\xfe\x00")


@pytest.mark.parametrize(
    ("path", "matters"),
    [
        ("a.md", True),
        ("folder/a.md", True),
        (".footnoteignore", True),
        (".git/config", False),
        ("folder/.hidden/a.md", False),
        ("folder/a.md.tmp", False),
        ("~$report.docx", False),
        ("site/package-lock.json", False),
        ("site/package.json", True),
        ("drafts/a.md", False),
        ("folder/.footnoteignore", False),
    ],
)
def test_which_changes_matter(tmp_path: Path, path: str, matters: bool) -> None:
    (tmp_path / ".footnoteignore").write_text("drafts/\n")
    assert Ignoring(tmp_path).matters(path) is matters
