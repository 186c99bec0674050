"""AsciiDoc: reading text, blocks and lines, and nothing of its syntax."""

from __future__ import annotations

import pytest

from index.parsing.parse import parse_bytes
from index.types import Document

SOURCE = """\
= Acme Guide
Jane Doe
:product: Acme
:revdate: 2024-03-01
// unseen

== Install {product}

Use the *official* image, `acme:1`, see https://hub.example[the hub^]
or xref:other.adoc#top[the _other_ page] and <<here>>.

. Pull it:
+
[source,bash]
----
docker pull acme <1>
----
<1> The image.

. Run it
** on Linux
** on a Mac

NOTE: Keep your data,
twice.

[WARNING]
====
Two paragraphs.

Here.
====

.The plans
[%header,cols="1,1"]
|===
|Plan |Price

|Team
|$12 a
month
|===

Seat:: One person.
Is it free?::
  Yes.

[qanda]
Who pays?::
Nobody.

include::unseen.adoc[]

image::unseen.png[unseen]

++++
<b>unseen</b>
++++
"""


def parsed(source: str) -> Document:
    return parse_bytes("guide.adoc", source.encode())


def blocks(document: Document) -> list[tuple[int, str, str, str]]:
    """Return (depth, kind, label, text) of every block."""
    return [(one.depth, one.kind, one.label, document.text[one.start : one.end]) for one in document.blocks]


def test_blocks() -> None:
    document = parsed(SOURCE)
    assert [found for found in blocks(document) if found[1] not in ("list", "table")] == [
        (0, "heading", "", "Acme Guide"),
        (0, "paragraph", "", "Jane Doe"),
        (0, "heading", "", "Install Acme"),
        (0, "paragraph", "", "Use the official image, acme:1, see the hub or the other page and here."),
        (1, "item", "1.", "1. Pull it:\n  docker pull acme\n  1. The image."),
        (2, "paragraph", "", "Pull it:"),
        (2, "code", "bash", "docker pull acme"),
        (3, "item", "1.", "1. The image."),
        (4, "paragraph", "", "The image."),
        (1, "item", "2.", "2. Run it\n  - on Linux\n  - on a Mac"),
        (2, "paragraph", "", "Run it"),
        (3, "item", "-", "- on Linux"),
        (4, "paragraph", "", "on Linux"),
        (3, "item", "-", "- on a Mac"),
        (4, "paragraph", "", "on a Mac"),
        (0, "quote", "note", "Keep your data, twice."),
        (1, "paragraph", "", "Keep your data, twice."),
        (0, "quote", "warning", "Two paragraphs.\n\nHere."),
        (1, "paragraph", "", "Two paragraphs."),
        (1, "paragraph", "", "Here."),
        (0, "paragraph", "", "The plans"),
        (1, "row", "header", "Plan | Price"),
        (1, "row", "", "Team | $12 a month"),
        (0, "definition", "Seat", "Seat\n\nOne person."),
        (1, "paragraph", "", "Seat"),
        (1, "paragraph", "", "One person."),
        (0, "heading", "", "Is it free?"),
        (0, "paragraph", "", "Yes."),
        (0, "heading", "", "Who pays?"),
        (0, "paragraph", "", "Nobody."),
    ]
    assert (document.title, document.date) == ("Acme Guide", "2024-03-01")
    assert [(mark.kind, mark.target) for mark in document.marks if mark.kind == "link"] == [
        ("link", "https://hub.example"),
        ("link", "other.adoc#top"),
        ("link", "here"),
    ]
    assert "unseen" not in document.text


def test_every_word_stands_at_its_line_of_the_file() -> None:
    document = parsed(SOURCE)
    lines = SOURCE.split("\n")
    for word in (
        "Guide",
        "Install",
        "official",
        "other",
        "Pull",
        "docker",
        "Linux",
        "Keep",
        "twice",
        "Team",
        "person",
        "Yes",
    ):
        expected = next(number for number, line in enumerate(lines, start=1) if word in line)
        assert document.line_at(document.text.index(word)) == expected, word


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a __b__c, **d**e, x_y_z and 2*3*4", "a bc, de, x_y_z and 2*3*4"),
        ("press kbd:[Ctrl+C], menu:File[Open > New]", "press Ctrl+C, File > Open > New"),
        ("words footnote:[unseen] and {undefined}here", "words and here"),
        ("`+{literal}+` and \\{escaped}", "{literal} and {escaped}"),
        ("[[anchor]]words [.role]#marked#", "words marked"),
        ("_over\nlines_ and *over\nlines*", "over lines and over lines"),
        ("....\nas it  stands\n....", "as it  stands"),
        ("```js\nx\n```", "x"),
        ("ifdef::x[]\nwords\nendif::[]", "words"),
        ("----\nnever closed", "never closed"),
        ("|===\n|never |closed", "never | closed"),
        ("* [x] done\n* [ ] open", "- done\n- open"),
    ],
)
def test_no_residue(source: str, text: str) -> None:
    assert parsed(source).text == text


@pytest.mark.parametrize(
    "piece",
    [
        "*",
        "_",
        "`",
        "[",
        "<<",
        "{a",
        "http://",
        "link:",
        "a:: ",
        "====\n",
        "|===\n",
        "* ",
        "+\n",
        "* x\n+\n",
        "[a]\n",
        "#",
    ],
)
def test_repeated_syntax_is_parsed_in_time_that_grows_with_its_length(piece: str) -> None:
    parsed("words\n\n" + piece * (20_000 // len(piece)))
