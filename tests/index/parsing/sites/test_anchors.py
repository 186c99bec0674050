"""Ids of headings, as the tools make them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from index.parsing.sites.anchors import AnchorStyle, with_anchors
from index.types import Document, Heading, Page
from tests.index.parsing.sites.published import published

TEXTS = [
    "Notes",
    "Set up & run: `a.b`",
    "Notes",
    "Notes 1",
    "Notes",
    "Über Größe",
    "中文",
    "C++ / C#",
    "snake_case",
    "1. First",
]


@pytest.mark.parametrize(
    ("style", "anchors"),
    [
        (
            "github",
            "notes set-up--run-ab notes-1 notes-1-1 notes-2 über-größe 中文 c--c snake_case 1-first".split(),
        ),
        (
            "python-markdown",
            "notes set-up-run-ab notes_1 notes-1 notes_2 uber-groe _1 c-c snake_case 1-first".split(),
        ),
        ("pymdownx", "notes set-up--run-ab notes_1 notes-1 notes_2 über-größe 中文 c--c snake_case 1-first".split()),
        ("docutils", "notes set-up-run-a-b id1 notes-1 id2 uber-grosze id3 c-c snake-case first".split()),
        ("none", [""] * 10),
    ],
)
def test_ids_of_headings(style: AnchorStyle, anchors: list[str]) -> None:
    found = with_anchors([Heading(number, 2, text.replace("`", "")) for number, text in enumerate(TEXTS)], style)
    assert [heading.anchor for heading in found] == anchors


def test_the_docutils_style_is_that_of_docutils() -> None:
    from docutils.core import publish_doctree
    from docutils.nodes import section

    titles = [text for text in TEXTS if text != "1. First"]
    source = "\n\n".join(f"{title}\n{'=' * 30}\n\nWords." for title in titles)
    tree = publish_doctree(
        source, settings_overrides={"auto_id_prefix": "id", "doctitle_xform": False, "report_level": 5}
    )
    found = with_anchors([Heading(number, 2, text.replace("`", "")) for number, text in enumerate(titles)], "docutils")
    assert [heading.anchor for heading in found] == [one["ids"][0] for one in tree.findall(section)]


SOURCE = """\
# The title {#top}

Words.

## Set up { #install .wide }

Words.

### Details {: #more}

**How long does it take?**

An hour.

## Set up

More words.

## Last one {/* #the-last */}

{#not-here} Words.
"""


@pytest.mark.parametrize("name", ["docs/a.md", "docs/a.mdx"])
def test_ids_that_a_file_states_stay(tmp_path: Path, name: str) -> None:
    document = published(tmp_path, {"mkdocs.yml": "site_url: https://acme.example\n", name: SOURCE})[name]
    assert [(heading.text, heading.anchor) for heading in document.headings] == [
        ("The title", ""),
        ("Set up", "install"),
        ("Details", "more"),
        ("How long does it take?", ""),
        ("Set up", "set-up"),
        ("Last one", "the-last"),
    ]
    places = {words: document.address_at(document.text.index(words)) for words in ("Words", "hour", "More words")}
    assert places == {
        "Words": "https://acme.example/a/",
        "hour": "https://acme.example/a/#more",
        "More words": "https://acme.example/a/#set-up",
    }


def test_the_address_of_a_place_in_a_pdf_names_its_page() -> None:
    document = Document(
        "a.pdf", "A", "One. Two.", "pdf", url="https://acme.example/a.pdf", pages=(Page(1, 0), Page(2, 5))
    )
    assert document.address_at(6) == "https://acme.example/a.pdf#page=2"
    assert replace(document, url=None).address_at(6) is None


def test_ids_of_a_page_of_html(tmp_path: Path) -> None:
    page = """<html><head><link rel="canonical" href="https://acme.example/guide.html"></head><body><article>
    <h1 id="guide">Guide</h1><p>All that there is to know about the guide, in many words, for a reader of it.</p>
    <section id="set-up"><h2>Set <code>it</code> up<a class="headerlink" href="#set-up">¶</a></h2>
    <p>Do this first, and then do that, until all of it is done and nothing remains to be done.</p></section>
    <h2 id="again">Again</h2><p>Whatever was done can be done again, which takes as long as the first time did.</p>
    </article></body></html>"""
    document = published(tmp_path, {"guide.html": page})["guide.html"]
    assert [(heading.text, heading.anchor) for heading in document.headings] == [
        ("Guide", ""),
        ("Set it up", "set-up"),
        ("Again", "again"),
    ]
    assert document.address_at(document.text.index("Whatever")) == "https://acme.example/guide.html#again"
