"""Markdown: reading text, headings, and the line of the file that each stretch of it stands at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import UnreadableDocument
from index.parsing.parse import parse_bytes
from index.types import Document, Heading

SOURCE = """\
---
title: "Refund policy"
link: https://shop.example/refunds
tags: [a, b]
---
# Heading *one*

Alpha with **bold** and a [linked
bravo](https://x.example
"title over lines") charlie
![picture](a.png) delta\\
echo &amp; \\*entity\\*.

Setext
foxtrot
-------

- golf one
  hotel goes on
- india two

  juliet

  1. kilo
  2. lima
     - mike

3. november
4. oscar

> papa
> quebec

| romeo | b |
|-------|---|
| sierra | *2* `x` |
| tango |  |

```python
uniform = "**verbatim**"

    victor = 2
```

<details>
<summary>whiskey &lt;here</summary>
xray <br> next
</details>

<!-- unseen
over lines -->
Inline <span
class="x">yankee</span> line
zulu <https://auto.example> ~~gone~~.
"""

TEXT = """\
Heading one

Alpha with bold and a linked bravo charlie delta
echo & *entity*.

Setext foxtrot

- golf one hotel goes on
- india two
  juliet
  1. kilo
  2. lima
    - mike

3. november
4. oscar

papa quebec

romeo | b
sierra | 2 x
tango |

uniform = "**verbatim**"

    victor = 2

whiskey <here

xray
next

Inline yankee line zulu https://auto.example gone."""


def parsed(source: str) -> Document:
    return parse_bytes("notes/some-notes.md", source.encode())


def test_text_without_the_marks_of_the_syntax() -> None:
    assert parsed(SOURCE).text == TEXT


def test_every_word_stands_at_its_line_of_the_file() -> None:
    document = parsed(SOURCE)
    words = (
        "Heading Alpha linked bravo charlie delta echo entity Setext foxtrot golf hotel india juliet kilo lima mike "
        "november oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu auto.example"
    )
    lines = SOURCE.split("\n")
    for word in words.split():
        (expected,) = (number for number, line in enumerate(lines, start=1) if word in line)
        assert document.line_at(document.text.index(word)) == expected, word


def test_headings_begin_at_their_own_line() -> None:
    document = parsed(SOURCE)
    assert document.headings == (
        Heading(0, 1, "Heading one"),
        Heading(TEXT.index("Setext"), 2, "Setext foxtrot"),
    )
    assert document.heading_at(TEXT.index("oscar")) == "Heading one › Setext foxtrot"


def test_a_no_break_space_behind_the_number_signs_makes_a_heading_too() -> None:
    document = parsed("Herons.\n\n##\u00a0In the shallows\n\nThey stand there, # 1.\n")
    assert document.headings == (Heading(document.text.index("In the"), 2, "In the shallows"),)
    assert "#\u00a0" not in document.text


def test_front_matter_names_title_and_address() -> None:
    document = parsed(SOURCE)
    assert (document.title, document.url, document.format) == (
        "Refund policy",
        "https://shop.example/refunds",
        "markdown",
    )


@pytest.mark.parametrize(
    ("source", "title", "url", "line_of_words"),
    [
        (
            "---\ntitle: Returns: how to\nurl: https://a.example\n---\nwords\n",
            "Returns: how to",
            "https://a.example",
            5,
        ),
        ("---\ntitle: [a, b\n---\nwords\n", "[a, b", None, 4),
        ("---\ntitle: 2024\nurl: /about/\n---\nwords\n", "2024", None, 5),
        ("---\ndate: 2024-13-45\n---\n# One\nwords\n", "One", None, 5),
        ("---\r\ntitle: Windows\r\n---\r\nwords\r\n", "Windows", None, 4),
        ("---\n---\nwords\n", "some notes", None, 3),
        ("---\n\nno front matter\n\n---\n\nwords\n", "some notes", None, 7),
        ("---\ntitle: never closed\n\nwords\n", "some notes", None, 4),
        ("# Untitled\n\nwords\n", "some notes", None, 3),
        ("## Second level\n\nwords\n", "some notes", None, 3),
    ],
)
def test_front_matter_of_all_sorts(source: str, title: str, url: str | None, line_of_words: int) -> None:
    document = parsed(source)
    assert (document.title, document.url) == (title, url)
    assert document.line_at(document.text.index("words")) == line_of_words


def test_the_description_in_front_matter_is_text_unless_the_page_repeats_it() -> None:
    description = "---\ntitle: T\ndescription: How refunds are paid and when.\n---\n"
    document = parsed(f"{description}# Refunds\n\nwords\n")
    assert document.text == "How refunds are paid and when.\n\nRefunds\n\nwords"
    assert [document.line_at(document.text.index(word)) for word in ("How", "Refunds", "words")] == [3, 5, 7]
    assert parsed(f"{description}How **refunds** are paid, and when!\n").text == "How refunds are paid, and when!"
    assert parsed("---\ndescription: About refunds\n---\nwords\n").text == "words"


def test_a_file_of_nothing_but_front_matter() -> None:
    with pytest.raises(UnreadableDocument, match="holds no words"):
        parsed("---\ntitle: Empty\n---\n")


PIECES = (
    ("word|*|**|`|[|](u)|\n|\n\n|# |- |1. |> |\\| |\\|-|<b|>|<!--|&|e\u0301|\u0301| |    |```\n|---\n|![|\t|\r\n|a: b")
    .replace("\\|", "\0")
    .split("|")
)
MARKDOWN = st.lists(st.sampled_from([piece.replace("\0", "|") for piece in PIECES]), max_size=40).map(
    lambda pieces: "".join(["word ", *pieces])
)


@given(MARKDOWN)
def test_any_markdown_is_parsed_with_consistent_marks(source: str) -> None:
    document = parsed(source)
    starts = [line.start for line in document.lines]
    assert starts == sorted(starts)
    assert starts[0] == 0
    assert all(1 <= line.number <= source.count("\n") + 1 for line in document.lines)
    assert all(document.text[heading.start :].strip() for heading in document.headings)
