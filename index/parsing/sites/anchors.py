"""Anchors: the ids that tools give to headings on the pages they make."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Literal

from index.types import Heading

AnchorStyle = Literal["github", "python-markdown", "pymdownx", "docutils", "none"]

_NUMBERED = re.compile(r"(.*)_(\d+)", re.DOTALL)
_KEPT_CATEGORIES = ("L", "M", "Nd", "Nl", "Pc")


def with_anchors(headings: Iterable[Heading], style: AnchorStyle) -> tuple[Heading, ...]:
    """Return the headings of a document, in order, with anchors in the given style.

    An anchor that the document states stays. The title at the top has none: what stands below it is at the top of the
    page.
    """
    slug, number = _STYLES[style]
    taken: dict[str, int] = {}  # ids, and how many duplicates were made of each
    found = []
    for place, heading in enumerate(headings):
        anchor = heading.anchor or slug(heading.text)
        if not heading.anchor and style != "none":
            anchor = number(anchor, taken)
        taken.setdefault(anchor, 0)
        found.append(replace(heading, anchor="" if place == 0 and heading.level == 1 else anchor))
    return tuple(found)


def github_slug(text: str) -> str:
    """Return the words of a text as github-slugger writes them: in lower case, with a hyphen for each space."""
    kept = (
        character
        for character in text.lower()
        if character in " -" or unicodedata.category(character).startswith(_KEPT_CATEGORIES)
    )
    return "".join(kept).replace(" ", "-")


def _python_markdown_slug(text: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", ascii_only).strip().lower())


def _docutils_slug(text: str) -> str:
    from docutils.nodes import make_id

    return str(make_id(text))


def _with_hyphen(slug: str, taken: dict[str, int]) -> str:
    """As github-slugger does: notes, notes-1, notes-2."""
    found = slug
    while found in taken:
        taken[slug] = taken.get(slug, 0) + 1
        found = f"{slug}-{taken[slug]}"
    return found


def _with_underscore(slug: str, taken: dict[str, int]) -> str:
    """As Python-Markdown does: notes, notes_1, notes_2; _1 for a heading without a letter."""
    while slug in taken or not slug:
        found = _NUMBERED.fullmatch(slug)
        slug = f"{found[1]}_{int(found[2]) + 1}" if found else f"{slug}_1"
    return slug


def _by_counting(slug: str, taken: dict[str, int]) -> str:
    """As docutils does under Sphinx: notes, id1, id2."""
    number = 0
    found = slug
    while found in taken or not found:
        number += 1
        found = f"id{number}"
    return found


_STYLES: Mapping[AnchorStyle, tuple[Callable[[str], str], Callable[[str, dict[str, int]], str]]] = MappingProxyType(
    {
        "github": (github_slug, _with_hyphen),
        "python-markdown": (_python_markdown_slug, _with_underscore),
        "pymdownx": (github_slug, _with_underscore),
        "docutils": (_docutils_slug, _by_counting),
        "none": (lambda _: "", lambda slug, _: slug),
    }
)
ANCHOR_STYLES: tuple[AnchorStyle, ...] = tuple(_STYLES)
