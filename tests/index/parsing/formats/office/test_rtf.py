r"""RTF documents, as word processors write them: \par ends a paragraph, braces hold what is alike."""

from __future__ import annotations

import pytest

from index.errors import UnreadableDocument
from index.parsing.parse import parse_bytes
from index.types import Document

HEAD = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\froman Times;}{\f1\fcharset204 Arial;}{\f2\fcharset128 Mincho;}}"
    r"{\colortbl;\red255\green0\blue0;}"
    r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 Chapter;}{\s2 heading 2;}{\s3 Title;}}"
    r"{\*\generator Words 1.0;}{\header Top of the page\par}"
)


def parsed(body: str, *, head: str = HEAD) -> Document:
    return parse_bytes("some-file.rtf", (head + body + "}").encode("latin-1"))


def test_headings_paragraphs_and_marks() -> None:
    document = parsed(
        r"\pard\s3 Handbook\par\pard\s1 Returns\par\pard\s2 Money\par\pard\plain We {\b pay} within 14~days,"
        "\n"
        r"see {\field{\*\fldinst{HYPERLINK "
        r'"https://example.org/a"}}{\fldrslt{\ul our page}}}.\line Second line\par\par'
        r"\pard\outlinelevel1 More\par\pard{\v hidden}{\deleted gone}{\*\bkmkstart x}Shown\emdash here\par"
    )
    assert document.text == (
        "Handbook\n\nReturns\n\nMoney\n\nWe pay within 14~days,see our page.\nSecond line\n\nMore\n\nShown—here"
    )
    assert [(heading.level, heading.text) for heading in document.headings] == [
        (1, "Handbook"),
        (1, "Returns"),
        (2, "Money"),
        (2, "More"),
    ]
    marks = [(mark.kind, mark.target, document.text[mark.start : mark.end]) for mark in document.marks]
    assert marks == [("strong", "", "pay"), ("link", "https://example.org/a", "our page")]
    assert document.title == "Handbook"


def test_the_title_of_the_properties() -> None:
    assert parsed(r"{\info{\title Terms}{\author Ada}}\pard Words\par").title == "Terms"
    assert parsed(r"{\info{\title Terms}{\author Ada}}\pard Words\par").text == "Words"


def test_lists_keep_their_numbers() -> None:
    item = r"\pard{\listtext\tab %s\tab}%s\par"
    marks = [("1.", "Write"), ("2.", "Wait"), ("\\'b7", "soon"), ("\\u8226?", "later"), ("3.", "Read"), ("a)", "aloud")]
    document = parsed("".join(item % pair for pair in marks))
    assert document.text == "1. Write\n2. Wait\n\n- soon\n- later\n\n3. Read\n\na) aloud"


def test_tables_have_a_header() -> None:
    row = r"\trowd\cellx1\cellx2\pard\intbl %s\cell %s\cell\row"
    document = parsed(
        r"\pard Before\par" + row % ("Land", "Days") + row % (r"Malta\par Gozo", "30") + r"\pard After\par"
    )
    assert document.text == "Before\n\nLand | Days\nMalta Gozo | 30\n\nAfter"
    assert [(block.kind, block.label) for block in document.blocks][1:4] == [
        ("table", ""),
        ("row", "header"),
        ("row", ""),
    ]


def test_footnotes_stand_below_their_paragraph() -> None:
    document = parsed(r"\pard 25{\super\chftn}{\footnote\pard{\super\chftn} Of a {\i week}.\par} days\par Next\par")
    assert document.text == "25[1] days\n\n[1] Of a week.\n\nNext"


def test_characters_of_every_kind() -> None:
    body = r"caf\'e9 \u8364?5 \uc2\u-10179??\u-8704?? {\f1 \'cf\'f0\'e8\'e2\'e5\'f2} {\f2 \'93\'fa\'83A} \{x\} 14\~days"
    assert parsed(rf"\pard {body}\par").text == "café €5 😀 Привет 日ア {x} 14 days"


def test_text_boxes_are_read_and_pictures_are_not() -> None:
    box = r"{\shp{\*\shpinst{\sp{\sn name}{\sv value}}{\shptxt\pard Boxed\par}}}"
    picture = r"{\*\shppict{\pict\pngblip 89504e47}}{\pict\bin5 {}}}}words}"
    assert parsed(rf"\pard {box}{picture}Text\par").text == "Boxed\n\nText"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"\pard Words", "Words"),
        (r"\pard Words}}}}unseen", "Words"),
        (r"\pard Words\u\uc-5\s\f-9\bin-3\'zz {{{{", "Wordsz"),
        (r"\pard Words\u55357? \ansicpg99999\'e9", "Words\ufffd é"),
        (r"\pard Words\cell\row\row\cell", "Words"),
    ],
)
def test_broken_files(body: str, text: str) -> None:
    assert parsed(body).text == text


def test_hostile_files() -> None:
    assert parsed("{" * 100_000 + r"\pard deep" + "}" * 100_000).text == "deep"
    for body in ("", r"{\field{\*\fldinst{HYPERLINK " * 5_000 + r"\pard x"):
        with pytest.raises(UnreadableDocument, match="holds no words"):
            parsed(body)
    with pytest.raises(UnreadableDocument, match="is not an RTF document, whatever its name says"):
        parse_bytes("a.rtf", b"words")
