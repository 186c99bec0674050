"""Notes, tips and warnings are one kind of block in every format that knows them: a quote with its kind and title."""

from __future__ import annotations

import pytest

from index.parsing.parse import parse_bytes
from index.parsing.text.admonitions import label_of_classes

BEFORE, AFTER = "The pump runs all night and is heard in the street.", "It stops in the morning, when the tank is full."
PAGE = f"<html><body><main><h1>Pump</h1><p>{BEFORE}</p>%s<p>{AFTER}</p></main></body></html>"


def quotes(path: str, source: str) -> list[tuple[str, str]]:
    document = parse_bytes(path, source.encode())
    assert BEFORE in document.text
    assert AFTER in document.text
    return [(one.label, document.text[one.start : one.end]) for one in document.blocks if one.kind == "quote"]


@pytest.mark.parametrize(
    ("source", "quote"),
    [
        ('!!! warning "Hot pipe"\n    Wear gloves.', ("warning", "Hot pipe\n\nWear gloves.")),
        (":::tip[At night]\nWear gloves.\n:::", ("tip", "At night\n\nWear gloves.")),
        ("> [!CAUTION]\n> Wear gloves.", ("warning", "Wear gloves.")),
        ('<div class="alert alert-danger">\nWear gloves.\n</div>', ("danger", "Wear gloves.")),
        ("```{versionadded} 3.2\nWear gloves.\n```", ("note", "New in version 3.2\n\nWear gloves.")),
    ],
)
def test_markdown(source: str, quote: tuple[str, str]) -> None:
    assert quotes("pump.md", f"# Pump\n\n{BEFORE}\n\n{source}\n\n{AFTER}\n") == [quote]


@pytest.mark.parametrize(
    ("source", "quote"),
    [
        ('<Aside type="danger" title="Hot pipe">\nWear gloves.\n</Aside>', ("danger", "Hot pipe\n\nWear gloves.")),
        ('<Callout type="info">Wear gloves.</Callout>', ("info", "Wear gloves.")),
        ('<Alert severity="warning">\nWear gloves.\n</Alert>', ("warning", "Wear gloves.")),
    ],
)
def test_mdx(source: str, quote: tuple[str, str]) -> None:
    assert quotes("pump.mdx", f"# Pump\n\n{BEFORE}\n\n{source}\n\n{AFTER}\n") == [quote]


@pytest.mark.parametrize(
    ("source", "quote"),
    [
        (".. warning::\n\n   Wear gloves.", ("warning", "Wear gloves.")),
        (
            ".. admonition:: Hot pipe\n   :class: danger\n\n   Wear gloves.",
            ("danger", "Hot pipe\n\nWear gloves."),
        ),
        (".. deprecated:: 2.1\n   Wear gloves.", ("warning", "Deprecated since version 2.1: Wear gloves.")),
    ],
)
def test_restructuredtext(source: str, quote: tuple[str, str]) -> None:
    assert quotes("pump.rst", f"Pump\n====\n\n{BEFORE}\n\n{source}\n\n{AFTER}\n") == [quote]


@pytest.mark.parametrize(
    ("source", "quote"),
    [
        ("NOTE: Wear gloves.", ("note", "Wear gloves.")),
        (".Hot pipe\n[WARNING]\n====\nWear gloves.\n====", ("warning", "Hot pipe\n\nWear gloves.")),
        ("[TIP]\n.At night\nWear gloves.", ("tip", "At night\n\nWear gloves.")),
    ],
)
def test_asciidoc(source: str, quote: tuple[str, str]) -> None:
    assert quotes("pump.adoc", f"= Pump\n\n{BEFORE}\n\n{source}\n\n{AFTER}\n") == [quote]


def test_the_title_of_another_asciidoc_block_stays_a_paragraph() -> None:
    document = parse_bytes("pump.adoc", b"= Pump\n\n.Start it\n[source,sh]\n----\npump start\n----\n\n.Left over\n")
    assert document.text == "Pump\n\nStart it\n\npump start\n\nLeft over"
    assert not [one for one in document.blocks if one.kind == "quote"]


@pytest.mark.parametrize(
    ("source", "quote"),
    [
        (  # Sphinx, MkDocs
            '<div class="admonition warning"><p class="admonition-title">Hot pipe</p><p>Wear gloves.</p></div>',
            ("warning", "Hot pipe\n\nWear gloves."),
        ),
        (  # Starlight
            (
                '<aside class="starlight-aside starlight-aside--tip"><p class="starlight-aside__title">Tip</p>'
                '<div class="starlight-aside__content"><p>Wear gloves.</p></div></aside>'
            ),
            ("tip", "Wear gloves."),
        ),
        (  # Asciidoctor
            (
                '<div class="admonitionblock important"><table><tr><td class="icon"><p class="title">Important</p></td>'
                '<td class="content">Wear gloves.</td></tr></table></div>'
            ),
            ("important", "Wear gloves."),
        ),
        (  # GitHub
            (
                '<div class="markdown-alert markdown-alert-caution"><p class="markdown-alert-title">Caution</p>'
                "<p>Wear gloves.</p></div>"
            ),
            ("warning", "Wear gloves."),
        ),
        ("<blockquote><p>Wear gloves.</p></blockquote>", ("", "Wear gloves.")),
    ],
)
@pytest.mark.parametrize("more", [0, 20])  # of a short page all but the navigation is read, of a long one the article
def test_html(source: str, quote: tuple[str, str], more: int) -> None:
    filler = "".join(f"<p>Day {day} was a day on which the pump ran without a fault.</p>" for day in range(more))
    assert quotes("pump.html", PAGE % (source + filler)) == [quote]


@pytest.mark.parametrize(
    ("classes", "label"),
    [
        ("theme-admonition theme-admonition-info alert alert--info", "info"),
        ("bd-callout bd-callout-danger", "danger"),
        ("note", "note"),
        ("callout", "note"),
        ("admonition-title", None),
        ("article info", None),
        ("", None),
    ],
)
def test_the_classes_of_admonitions(classes: str, label: str | None) -> None:
    assert label_of_classes(classes) == label
