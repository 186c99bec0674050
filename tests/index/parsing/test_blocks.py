"""Blocks and marks of every format: their kinds and labels, exact offsets, and how they nest."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st

from index.parsing.parse import parse_bytes
from index.types import Document

MARKDOWN = """\
# Install

Use the **official** image, see [the hub](https://hub.example "Hub").

1. Pull it:

   ```bash
   docker pull acme
     --quiet
   ```

2. Run `acme up`
   - on Linux
   - on a Mac

> Keep your data.
> Twice.

| Plan | Price |
|------|-------|
| Team | $12 |
|  | none |

    indented code
"""

HTML = """<html><body><h1>Install</h1><p>Use the <b>official</b> image, see
<a href="https://hub.example">the hub</a>.</p>
<ol><li>Pull it:<pre><code class="language-bash">docker pull acme
  --quiet</code></pre></li><li>Run <code>acme up</code><ul><li>on Linux</li><li>on a Mac</li></ul></li></ol>
<blockquote><p>Keep your data.</p></blockquote>
<table><tr><th>Plan</th><th>Price</th></tr><tr><td>Team</td><td>$12</td></tr></table>
<dl><dt>Seat</dt><dd>One person.</dd></dl></body></html>"""

TEXT = """\
Install Acme in two steps:
1. Pull the image,
   which is large.
2. Run it.
   - on Linux
   - on a Mac

   This takes a minute.

Then type

$ acme up
$ acme status

    if (ready) { start(); }

Plan | Price
Team | $12
"""


def blocks(document: Document) -> list[tuple[int, str, str, str]]:
    """Return (depth, kind, label, text) of every block."""
    return [(one.depth, one.kind, one.label, document.text[one.start : one.end]) for one in document.blocks]


def marks(document: Document) -> list[tuple[str, str, str]]:
    """Return (kind, target, text) of every mark."""
    return [(mark.kind, mark.target, document.text[mark.start : mark.end]) for mark in document.marks]


def assert_exact(document: Document) -> None:
    """Assert that blocks and marks are spans without white space at their ends, sorted, and nested as `depth` says."""
    ends: list[int] = []
    starts = [one.start for one in document.blocks]
    assert starts == sorted(starts)
    for block in document.blocks:
        text = document.text[block.start : block.end]
        assert text
        assert text == text.strip()
        while ends and ends[-1] <= block.start:
            ends.pop()
        assert block.depth == len(ends)
        assert not ends or block.end <= ends[-1]
        ends.append(block.end)
    for mark in document.marks:
        text = document.text[mark.start : mark.end]
        assert text
        assert text == text.strip()
    heading_starts = {one.start for one in document.blocks if one.kind == "heading"}
    assert len(heading_starts) <= len(document.headings)


def test_blocks_of_markdown() -> None:
    document = parse_bytes("a.md", MARKDOWN.encode())
    assert blocks(document) == [
        (0, "heading", "", "Install"),
        (0, "paragraph", "", "Use the official image, see the hub."),
        (
            0,
            "list",
            "",
            "1. Pull it:\n  docker pull acme\n  --quiet\n2. Run acme up\n  - on Linux\n  - on a Mac",
        ),
        (1, "item", "1.", "1. Pull it:\n  docker pull acme\n  --quiet"),
        (2, "paragraph", "", "Pull it:"),
        (2, "code", "bash", "docker pull acme\n  --quiet"),
        (1, "item", "2.", "2. Run acme up\n  - on Linux\n  - on a Mac"),
        (2, "paragraph", "", "Run acme up"),
        (2, "list", "", "- on Linux\n  - on a Mac"),
        (3, "item", "-", "- on Linux"),
        (4, "paragraph", "", "on Linux"),
        (3, "item", "-", "- on a Mac"),
        (4, "paragraph", "", "on a Mac"),
        (0, "quote", "", "Keep your data. Twice."),
        (1, "paragraph", "", "Keep your data. Twice."),
        (0, "table", "", "Plan | Price\nTeam | $12\n | none"),
        (1, "row", "header", "Plan | Price"),
        (1, "row", "", "Team | $12"),
        (1, "row", "", "| none"),
        (0, "code", "", "indented code"),
    ]
    assert marks(document) == [
        ("strong", "", "official"),
        ("link", "https://hub.example", "the hub"),
        ("code", "", "acme up"),
    ]
    assert_exact(document)


def test_blocks_of_html() -> None:
    document = parse_bytes("a.html", HTML.encode())
    found = blocks(document)
    assert [(depth, kind, label) for depth, kind, label, _ in found] == [
        (0, "heading", ""),
        (0, "paragraph", ""),
        (0, "list", ""),
        (1, "item", "1."),
        (2, "paragraph", ""),
        (2, "code", "bash"),
        (1, "item", "2."),
        (2, "paragraph", ""),
        (2, "list", ""),
        (3, "item", "-"),
        (4, "paragraph", ""),
        (3, "item", "-"),
        (4, "paragraph", ""),
        (0, "quote", ""),
        (1, "paragraph", ""),
        (0, "table", ""),
        (1, "row", "header"),
        (1, "row", ""),
        (0, "definition", "Seat"),
        (1, "paragraph", ""),
        (1, "paragraph", ""),
    ]
    assert found[5][3] == "docker pull acme\n  --quiet"
    assert found[-3][3] == "Seat\n\nOne person."
    assert_exact(document)


def test_blocks_of_plain_text() -> None:
    document = parse_bytes("a.txt", TEXT.encode())
    assert document.text == TEXT
    assert [(depth, kind, label, text) for depth, kind, label, text in blocks(document) if kind != "list"] == [
        (0, "paragraph", "", "Install Acme in two steps:"),
        (1, "item", "1.", "1. Pull the image,\n   which is large."),
        (2, "paragraph", "", "Pull the image,\n   which is large."),
        (1, "item", "2.", "2. Run it.\n   - on Linux\n   - on a Mac\n\n   This takes a minute."),
        (2, "paragraph", "", "Run it."),
        (3, "item", "-", "- on Linux"),
        (4, "paragraph", "", "on Linux"),
        (3, "item", "-", "- on a Mac"),
        (4, "paragraph", "", "on a Mac"),
        (2, "paragraph", "", "This takes a minute."),
        (0, "paragraph", "", "Then type"),
        (0, "code", "", "$ acme up\n$ acme status"),
        (0, "code", "", "if (ready) { start(); }"),
        (0, "table", "", "Plan | Price\nTeam | $12"),
        (1, "row", "header", "Plan | Price"),
        (1, "row", "", "Team | $12"),
    ]
    assert_exact(document)


@pytest.mark.parametrize(
    "text",
    [
        "We met Smith in\n1999. Then he left.",
        "It was written by\nA. Smith, a clockmaker.",
        "See section\n3. It tells more.",
        "A verse\n    is indented\n    as poems are.",
        "either | or",
    ],
)
def test_plain_text_that_looks_like_a_list_or_code_by_chance(text: str) -> None:
    assert {kind for _, kind, _, _ in blocks(parse_bytes("a.txt", text.encode()))} == {"paragraph"}


def test_blocks_of_word_documents() -> None:
    word = docx.Document()
    word.add_heading("Install", 1)
    paragraph = word.add_paragraph("Use the ")
    paragraph.add_run("official").bold = True
    paragraph.add_run(" image.")
    word.add_paragraph("Pull it", style="List Number")
    word.add_paragraph("on Linux", style="List Bullet 2")
    word.add_paragraph("Run it", style="List Number")
    table = word.add_table(2, 2)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells), "Plan Price Team $12".split(), strict=True
    ):
        cell.text = text
    stream = BytesIO()
    word.save(stream)
    document = parse_bytes("a.docx", stream.getvalue())
    assert [found for found in blocks(document) if found[1] != "list"] == [
        (0, "heading", "", "Install"),
        (0, "paragraph", "", "Use the official image."),
        (1, "item", "1.", "1. Pull it"),
        (2, "paragraph", "", "Pull it"),
        (1, "item", "-", "- on Linux"),
        (2, "paragraph", "", "on Linux"),
        (1, "item", "2.", "2. Run it"),
        (2, "paragraph", "", "Run it"),
        (0, "table", "", "Plan | Price\nTeam | $12"),
        (1, "row", "header", "Plan | Price"),
        (1, "row", "", "Team | $12"),
    ]
    assert marks(document) == [("strong", "", "official")]
    assert_exact(document)


def test_blocks_of_a_pdf() -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=12)
    pdf.multi_cell(0, 6, "Install Acme like this.\n\n1. Pull the image.\n2. Run it.\n\nThat is all there is.")
    document = parse_bytes("a.pdf", bytes(pdf.output()))
    assert [found for found in blocks(document) if found[1] != "paragraph"] == [
        (0, "list", "", "1. Pull the image.\n2. Run it."),
        (1, "item", "1.", "1. Pull the image."),
        (1, "item", "2.", "2. Run it."),
    ]
    assert_exact(document)


# Questions become sections


def sections(document: Document) -> list[tuple[int, str]]:
    return [(heading.level, heading.text) for heading in document.headings]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.md", "# FAQ\n\n**Is it free?**\n\nYes, it is.\n\n**Who pays?**\n\nNobody.\n\n# More\n\nx\n"),
        ("a.md", "# FAQ\n\n**Is it free?**\nYes, it is.\n\n**Who pays?** Nobody.\n\n# More\n\nx\n"),
        ("a.md", "# FAQ\n\nQ: Is it free?\nA: Yes, it is.\n\nQ: Who pays?\n\nA: Nobody.\n\n# More\n\nx\n"),
        (
            "a.md",
            "# FAQ\n\n**Q:** Is it free?\n**A:** Yes, it is.\n\n**Q: Who pays?**\n\n**A:** Nobody.\n# More\n\nx\n",
        ),
        ("a.md", "# FAQ\n\n## Q. Is it free?\n\nA. Yes, it is.\n\n## Q. Who pays?\n\nA. Nobody.\n\n# More\n\nx\n"),
        (
            "a.html",
            "<h1>FAQ</h1><dl><dt>Is it free?<dd>Yes, it is.<dt>Who pays?<dd>Nobody.</dl><h1>More</h1>x",
        ),
        (
            "a.html",
            "<h1>FAQ</h1><p><b>Is it free?</b></p><p>Yes, it is.</p><p><b>Who pays?</b><br>Nobody.</p><h1>More</h1>x",
        ),
    ],
)
def test_questions_become_headings_of_their_answers(name: str, source: str) -> None:
    document = parse_bytes(name, source.encode())
    assert sections(document) == [(1, "FAQ"), (2, "Is it free?"), (2, "Who pays?"), (1, "More")]
    assert [(kind, text) for _, kind, _, text in blocks(document)] == [
        ("heading", "FAQ"),
        ("heading", "Is it free?"),
        ("paragraph", "Yes, it is."),
        ("heading", "Who pays?"),
        ("paragraph", "Nobody."),
        ("heading", "More"),
        ("paragraph", "x"),
    ]
    for heading in document.headings:
        line_end = document.text.find("\n", heading.start)
        assert document.text[heading.start : line_end].endswith(heading.text)
    assert document.heading_at(document.text.index("Nobody")) == "FAQ › Who pays?"
    assert_exact(document)


def test_questions_in_plain_text_and_without_any_heading() -> None:
    source = "Q: Do you support SSO?\nA: Yes, on the Team plan.\n\nQ: Is it free?\nA: No.\nQ: Why?\nA: Rent is due.\n"
    document = parse_bytes("a.txt", source.encode())
    assert document.text == source
    assert sections(document) == [(2, "Do you support SSO?"), (2, "Is it free?"), (2, "Why?")]
    assert [text for _, kind, _, text in blocks(document) if kind == "paragraph"] == [
        "Yes, on the Team plan.",
        "No.",
        "Rent is due.",
    ]
    assert_exact(document)


def test_a_bold_line_that_names_what_follows_is_a_heading() -> None:
    document = parse_bytes("a.md", b"# Setup\n\n**On Windows:**\n\n- Run it.\n\n###### Six\n\n**Below six**\n\nwords\n")
    assert sections(document) == [(1, "Setup"), (2, "On Windows"), (6, "Six"), (6, "Below six")]


@pytest.mark.parametrize(
    "source",
    [
        "**This whole sentence is set in bold, it is no heading.**\n\nwords",
        "**Note:**\n\nwords",
        "**in the middle of nothing**\n\nwords",
        "**At the end**",
        "- **Is it free?**\n\n  Yes.",
        "**Bold** words.\n\nwords",
        "Q: results were good\n\nwords",
        "**[A link](https://x.example)**\n\nwords",
    ],
)
def test_a_bold_line_that_is_no_heading(source: str) -> None:
    assert sections(parse_bytes("a.md", source.encode())) == []


PIECES = (
    "word,*,**,`,[,](u),\n,\n\n,# ,- ,1. ,> ,a | b,|-,<b>,<details>,<summary>,</summary>,&,e\u0301,\u0301, ,    ,```\n,"
    "---\n,![,\t,\r\n,a: b,Q: ,A: ,?,<dl><dt>,<dd>,<li>,<ul>,<p>,<td>,$ x,:::note\n,:::\n,"
    "!!! tip\n,{% tab x %},<Tab>,</Tab>,{{ x }},{.a},> [!NOTE],/// tip\n,///\n,|===\n,====\n,a:: ,.. note::,\n   ,"
    "======\n,----\n,key: ,key:\n  - ,+\n"
).split(",")
SOURCES = st.lists(st.sampled_from(PIECES), max_size=40).map(lambda pieces: "".join(["word ", *pieces]))


@given(SOURCES, st.sampled_from(["a.md", "a.mdx", "a.txt", "a.html", "a.rst", "a.adoc", "a.yml"]))
def test_any_source_gives_exact_blocks(source: str, name: str) -> None:
    assert_exact(parse_bytes(name, source.encode()))
