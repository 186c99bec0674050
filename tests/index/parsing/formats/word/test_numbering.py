"""Numbers in front of the paragraphs and headings of Word documents."""

from __future__ import annotations

from io import BytesIO

import docx
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from index.parsing.parse import parse_bytes
from index.types import Document


def with_list(number: int, *levels: tuple[str, str, int], start: int | None = None) -> WordDocument:
    """Return a document with a list: the kind, text and start of each level, and the start that its use states."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    inside = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="{first}"/><w:numFmt w:val="{kind}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (kind, text, first) in enumerate(levels)
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}">{inside}</w:abstractNum>'))
    again = f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{start}"/></w:lvlOverride>' if start else ""
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{number}"/>{again}</w:num>')
    )
    return document


def add(document: WordDocument, number: int, depth: int, text: str, *, style: str | None = None) -> None:
    """Add a paragraph of the list."""
    properties = document.add_paragraph(text, style=style)._p.get_or_add_pPr()
    properties.append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')
    )


def parsed(document: WordDocument) -> Document:
    file = BytesIO()
    document.save(file)
    return parse_bytes("a.docx", file.getvalue())


def test_numbers_are_written_as_word_shows_them() -> None:
    document = with_list(90, ("decimal", "§ %1", 6), ("lowerLetter", "%2)", 1), ("upperRoman", "(%3)", 1))
    for depth, text in (
        (0, "Fees"),
        (1, "members"),
        (1, "guests"),
        (2, "children"),
        (2, "dogs"),
        (0, "Keys"),
        (1, "boat"),
    ):
        add(document, 90, depth, text)
    assert parsed(document).text.split("\n") == [
        "§ 6 Fees",
        "  a) members",
        "  b) guests",
        "    (I) children",
        "    (II) dogs",
        "§ 7 Keys",
        "  a) boat",
    ]


def test_a_heading_has_its_number() -> None:
    document = with_list(91, ("decimal", "%1.", 1), ("decimal", "%1.%2", 1))
    for depth, text in ((0, "Members"), (1, "Joining"), (1, "Leaving"), (0, "Boats"), (1, "Renting")):
        add(document, 91, depth, text, style=f"Heading {depth + 1}")
        document.add_paragraph(f"About {text.lower()}.")
    assert [heading.text for heading in parsed(document).headings] == [
        "1. Members",
        "1.1 Joining",
        "1.2 Leaving",
        "2. Boats",
        "2.1 Renting",
    ]


def test_a_list_that_starts_elsewhere_and_one_of_bullets() -> None:
    document = with_list(92, ("decimal", "%1.", 1), ("bullet", "o", 1), start=4)
    for depth, text in ((0, "oars"), (1, "long"), (0, "sails")):
        add(document, 92, depth, text)
    assert parsed(document).text == "4. oars\n  - long\n5. sails"


def test_a_level_above_that_was_never_counted_shows_its_first_number() -> None:
    document = with_list(93, ("decimal", "%1", 3), ("upperLetter", "%1.%2", 27), ("lowerLetter", "%3", 10**9))
    add(document, 93, 1, "oars")
    add(document, 93, 2, "of ash")
    assert parsed(document).text.split() == ["3.AA", "oars", "1000000000", "of", "ash"]
