"""HTML: the article whole and in order, without what stands around it."""

from __future__ import annotations

import pytest

from index.errors import UnreadableDocument
from index.parsing.parse import parse_bytes
from index.types import Document

PAGE = """\
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Refund policy | The Shop</title>
<link rel="canonical" href="https://shop.example/refunds"><meta property="og:url" content="https://shop.example/og">
<script>var hidden = "script text";</script><style>p { color: red }</style></head><body>
<div id="cookie-banner" class="cookie-consent"><p>We use cookies to improve your stay.</p><button>Accept</button></div>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/shop">Our shop</a></li></ul></nav></header>
<main><article><h1>Refund policy</h1>
<p>Refunds are paid within <b>14 days</b> of the day on which the parcel <a href="/x">reaches our warehouse</a>, see
<code>refund.ini</code> there.</p>
<p>Short one.</p>
<h2>Exceptions</h2><p>Opened soft&shy;ware is not refunded, unless it is faulty.</p>
<ul><li>Gift cards are never refunded.</li><li>Perishable goods: no refund<ul><li>unless spoilt</li></ul></li></ul>
<ol><li>Write to us.</li><li>Wait.</li></ol>
<h3>How to ask</h3><blockquote><p>The customer is always right, says our founder.</p></blockquote>
<table><tr><th>Country</th><th>Days</th></tr><tr><td>Germany</td><td>30</td></tr></table>
<pre><code>curl -X POST https://shop.example/refund
  --data id=1</code></pre>
<p>Line one<br>line two of the address.</p>
<h2>Exceptions again</h2><p>Opened software is not refunded, unless it is faulty.</p>
<p>The last paragraph holds the final date, 3 May 2021.</p>
<div class="share-buttons"><a href="#">Share on Facebook</a> <a href="#">Tweet this</a></div></article></main>
<aside class="related"><h3>Related articles</h3><ul><li><a href="/r1">How to ship</a></li></ul></aside>
<footer><p>© 2024 Shop Ltd. All rights reserved.</p><a href="/p">Privacy</a></footer></body></html>
"""

TEXT = """\
Refund policy

Refunds are paid within 14 days of the day on which the parcel reaches our warehouse, see refund.ini there.

Short one.

Exceptions

Opened software is not refunded, unless it is faulty.

- Gift cards are never refunded.
- Perishable goods: no refund
  - unless spoilt

1. Write to us.
2. Wait.

How to ask

The customer is always right, says our founder.

Country | Days
Germany | 30

curl -X POST https://shop.example/refund
  --data id=1

Line one
line two of the address.

Exceptions again

Opened software is not refunded, unless it is faulty.

The last paragraph holds the final date, 3 May 2021."""


def parsed(source: str, encoding: str = "utf-8") -> Document:
    return parse_bytes("some-page.html", source.encode(encoding))


def test_the_article_whole_and_in_order() -> None:
    document = parsed(PAGE)
    assert document.text == TEXT
    assert (document.title, document.url, document.format) == ("Refund policy", "https://shop.example/refunds", "html")
    assert [(heading.level, heading.text) for heading in document.headings] == [
        (1, "Refund policy"),
        (2, "Exceptions"),
        (3, "How to ask"),
        (2, "Exceptions again"),
    ]
    assert all(document.text.startswith(heading.text, heading.start) for heading in document.headings)
    assert document.heading_at(TEXT.index("Germany")) == "Refund policy › Exceptions › How to ask"


@pytest.mark.parametrize(
    ("head", "url"),
    [
        (
            '<link rel="canonical" href="/refunds"><meta property="og:url" content="https://a.example/x">',
            "https://a.example/x",
        ),
        ('<link rel="canonical" href="/refunds">', None),
        ('<link rel="canonical" href="ftp://a.example/x">', None),
        ('<link rel="Canonical" href=" https://a.example/y ">', "https://a.example/y"),
        ("", None),
    ],
)
def test_only_whole_addresses_of_the_web(head: str, url: str | None) -> None:
    assert parsed(f"<html><head>{head}</head><body><p>Some words stand here.</p></body></html>").url == url


@pytest.mark.parametrize(
    ("declaration", "encoding"),
    [
        ('<meta charset="windows-1251">', "cp1251"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">', "koi8-r"),
        ('<meta charset="utf-8">', "utf-8"),
        ('<meta charset="windows-1251">', "utf-8"),  # visibly not what it declares
        ("", "utf-16"),
    ],
)
def test_the_encoding_that_a_page_declares(declaration: str, encoding: str) -> None:
    words = "Вернём деньги за 14 дней."
    assert parsed(f"<html><head>{declaration}</head><body><p>{words}</p></body></html>", encoding).text == words


def test_xhtml_with_an_xml_declaration() -> None:
    source = '<?xml version="1.0" encoding="iso-8859-1"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><body><p>Café</p></body></html>'
    assert parse_bytes("a.xhtml", source.encode("latin-1")).text == "Café"


def test_a_short_page_keeps_its_structure_and_loses_its_navigation() -> None:
    source = """<html><body><div class="navbar"><a href="/">Home</a> <a href="/b">Blog</a></div>
    <div><h1>Opening hours</h1><div>We open at nine.</div><div>We close at five.</div>
    <dl><dt>Sunday</dt><dd>closed</dd></dl></div></body></html>"""
    document = parsed(source)
    assert document.text == "Opening hours\n\nWe open at nine.\n\nWe close at five.\n\nSunday\n\nclosed"
    assert document.title == "Opening hours"


@pytest.mark.parametrize(
    "source", ["just words, no tags", "<p>just words, no tags", "<ul><li><a>just words, no tags</a></ul>"]
)
def test_fragments(source: str) -> None:
    assert parsed(source).text.removeprefix("- ") == "just words, no tags"
    assert parsed(source).title == "some page"


def test_a_long_article_loses_no_paragraph() -> None:
    numbers = range(60)
    body = "".join(
        f"<p>{'Brief' if n % 3 else 'A rather longer paragraph of the article'} number {n}.</p>" for n in numbers
    )
    links = "".join(f"<li><a href='/{n}'>Other article {n}</a></li>" for n in numbers)
    document = parsed(
        f"<html><body><ul class='menu'>{links}</ul><div class='post'><h1>T</h1>{body}</div></body></html>"
    )
    assert [f"number {n}." in document.text for n in numbers] == [True] * len(numbers)
    assert "Other article" not in document.text


def test_templates_and_front_matter_are_not_shown() -> None:
    source = """---
title: Refunds
date: 2024-05-01
---
<h1>{{ page.title }}</h1>{% if x %}<p>Paid <a href="{{ site.url }}/soon">soon</a>.</p>{% endif %}
<pre>{{ code }} {% stays %}</pre>"""
    document = parsed(source)
    assert document.text == "Paid soon.\n\n{{ code }} {% stays %}"
    assert (document.title, document.date) == ("Refunds", "2024-05-01")


LINKED = """<html><body><main><h1>Plans <a class="headerlink" href="#plans">¶</a></h1>
<p>The <b>Team</b> <code>team</code> plan is described in the <a href="https://shop.example/plans">list of plans</a>
and costs <strong>12 dollars</strong> a month, which is paid in <a href="/advance">advance</a>. Press <kbd>F5</kbd>.</p>
<ul><li>It has <a href="/seats">ten <b>seats</b></a>.</li><li><b>No</b> contract</li></ul>
<table><tr><th>Plan</th><th>Price</th></tr><tr><td><a href="/solo">Solo</a></td><td><b>5</b></td></tr></table>
<pre><code class="language-sh">shop <span>buy</span> <span>team</span>
shop pay</code></pre>
<p>Ask for <a href="mailto:a@shop.example"><code>shop buy</code></a> if you do not know how it is done by others.</p>
%s</main></body></html>"""


@pytest.mark.parametrize("more", [0, 20])  # of a short page all but the navigation is read, of a long one the article
def test_links_code_and_bold_words_are_marks(more: int) -> None:
    document = parsed(
        LINKED % "".join(f"<p>Customer {one} bought a plan and was happy with it.</p>" for one in range(more))
    )
    assert document.text.startswith(  # no word is lost, and no space
        "Plans\n\nThe Team team plan is described in the list of plans and costs 12 dollars a month, which is paid in "
        "advance. Press F5.\n\n- It has ten seats.\n- No contract\n\nPlan | Price\nSolo | 5\n\n"
        "shop buy team\nshop pay\n\nAsk for shop buy if you do not know how it is done by others."
    )
    marks = [(one.kind, document.text[one.start : one.end], one.target) for one in document.marks]
    assert marks == [
        ("strong", "Team", ""),
        ("code", "team", ""),
        ("link", "list of plans", "https://shop.example/plans"),
        ("strong", "12 dollars", ""),
        ("link", "advance", "/advance"),
        ("code", "F5", ""),
        ("link", "ten seats", "/seats"),
        ("strong", "seats", ""),
        ("strong", "No", ""),
        ("link", "Solo", "/solo"),
        ("strong", "5", ""),
        ("code", "shop buy", ""),
        ("link", "shop buy", "mailto:a@shop.example"),
    ]
    kinds = [(one.kind, one.label) for one in document.blocks if one.kind in ("code", "row")]
    assert kinds[:2] == [("row", "header"), ("row", "")]
    assert [kind for kind, _ in kinds[2:]] == ["code"]


def test_what_nobody_sees_is_not_read() -> None:
    page = (
        "<article><p>Herons <del>fly</del> stand.</p><div style='display: none'>secret</div><p hidden>hidden</p>"
        "<div class='tab-panel' style='display:none'><p>Under the second tab.</p></div>"
        "<noscript>Please enable JavaScript</noscript></article>"
    )
    assert parse_bytes("a.html", page.encode()).text == "Herons stand.\n\nUnder the second tab."


@pytest.mark.parametrize(
    "words",
    ["You need to enable JavaScript to run this app.", "This site requires JavaScript.", "JavaScript is disabled"],
)
def test_a_page_that_only_asks_for_javascript_is_refused(words: str) -> None:
    with pytest.raises(UnreadableDocument, match="save the page as the browser shows it"):
        parse_bytes("a.html", f"<html><body><p>{words}</p><div id='root'></div></body></html>".encode())
