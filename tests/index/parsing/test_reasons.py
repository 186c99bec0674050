"""What could not be read, in few lines."""

from __future__ import annotations

from index.parsing.reasons import grouped
from index.types import Unreadable


def without_parser(*paths: str) -> list[Unreadable]:
    return [Unreadable(path, f"no parser for .{path.rpartition('.')[2]} files; Footnote reads .md") for path in paths]


def test_files_of_unknown_formats_are_counted_with_images_last() -> None:
    broken = Unreadable("zebra.pdf", "is damaged")
    found = grouped([*without_parser("a.png", "b.PNG", "c.jpg", "d.pages"), broken, *without_parser("e.pages")])
    assert found == [
        broken,
        Unreadable("5 files", "of other formats (2 .pages; images and the like: 2 .png, 1 .jpg); Footnote reads .md"),
    ]


def test_two_of_them_are_named() -> None:
    files = without_parser("a.png", "b.pages")
    assert grouped(files) == files
    assert grouped([]) == []
